"""A run of a command belongs to the code location as a run of the UI does, and only that run."""

from pathlib import Path
from uuid import uuid4

from rich.console import Console

from pipelines.notifications.events import COMMAND_TAG
from pipelines.run import execute
from tests.reconciling import declaration, site_at

CONFIG = {"acme__decide": {"config": {"customer": "cus_none", "record": "never", "who": "ada", "why": "a test"}}}


def test_a_run_of_a_command_has_the_origin_by_which_the_ui_finds_it(tmp_path: Path) -> None:
    with site_at(tmp_path, declaration()) as site:
        job = site.definitions.resolve_job_def("acme_override")
        execute(job, str(uuid4()), site.instance, Console(quiet=True), CONFIG, "make decide")
        other = job.execute_in_process(instance=site.instance, run_config={"ops": CONFIG}, raise_on_error=False)
        [without, made] = site.instance.get_runs()
    assert made.remote_job_origin is not None
    assert (made.remote_job_origin.job_name, made.remote_job_origin.location_name) == ("acme_override", "tieout")
    assert made.tags_for_storage()[".dagster/repository"] == "__repository__@tieout"
    assert made.tags[COMMAND_TAG] == "make decide"
    assert (without.run_id, without.remote_job_origin) == (other.run_id, None)
