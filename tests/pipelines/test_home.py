"""The state folder, and how far a run is: what the commands do before and while they run."""

import os
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from stamina.instrumentation import get_on_retry_hooks, set_on_retry_hooks

from pipelines.home import prepare_home
from pipelines.progress import progress_logger, stage_progress
from pipelines.run import main
from resources.storage.folders import Folders
from tests.reconciling import CHECKOUT, Site, declaration, site_at

OLDER = """\
# The Dagster instance of one machine. It is copied into DAGSTER_HOME on first use; edit the copy there.
# Without a `storage` section Dagster keeps runs and events in SQLite files beside it.
telemetry:
  enabled: false
nux:
  enabled: false
# A run whose process is gone is ended by the next run of Tieout that starts, within a minute. This is for what even \
that
# cannot see, such as a run that never got as far as saying that it is alive; it needs the daemon.
run_monitoring:
  enabled: true
  max_runtime_seconds: 43200
"""


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Folders]:
    """Folders that a command finds in its environment. What a command sets for its process is put back afterwards."""
    hooks = get_on_retry_hooks()
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TIEOUT_OUT", str(tmp_path / "out"))
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "1")
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", "1000")
    yield Folders.from_environment()
    set_on_retry_hooks(hooks)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with site_at(tmp_path, declaration()) as made:
        yield made


def test_home_is_private_and_dagster_is_pointed_at_it(folders: Folders) -> None:
    prepare_home(folders)
    assert folders.home.stat().st_mode & 0o777 == 0o700
    assert os.environ["DAGSTER_HOME"] == str(folders.home)
    assert (folders.home / "dagster.yaml").read_text() == (CHECKOUT / "deploy/dagster.yaml").read_text()


def test_settings_that_a_person_has_edited_stay(folders: Folders) -> None:
    folders.home.mkdir(mode=0o755)
    (folders.home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    prepare_home(folders)
    assert (folders.home / "dagster.yaml").read_text() == "telemetry: {enabled: false}\n"
    assert folders.home.stat().st_mode & 0o777 == 0o700


def test_settings_of_an_older_version_are_made_anew(folders: Folders) -> None:
    """What was handed out before this version, to the byte, and so by nobody edited."""
    folders.home.mkdir()
    settings = folders.home / "dagster.yaml"
    settings.write_text(OLDER)
    prepare_home(folders)
    assert settings.read_text() == (CHECKOUT / "deploy/dagster.yaml").read_text()
    settings.write_text(OLDER + "# mine\n")
    prepare_home(folders)
    assert settings.read_text() == OLDER + "# mine\n"


def test_progress_shows_what_the_stages_say(site: Site) -> None:
    job = site.definitions.resolve_job_def("acme_reconcile")
    shown = StringIO()
    with stage_progress(Console(file=shown, width=140), job) as loggers:
        assert list(loggers) == ["progress"]
        listening = job.with_logger_defs({"progress": progress_logger})
        assert listening.execute_in_process(instance=site.instance, run_config={"loggers": loggers}).success
    said = [" ".join(line.split()) for line in shown.getvalue().splitlines()]
    assert "netsuite_customers 3 NetSuite rows, 2 of them customers" in said
    assert (
        "customer_matches 1 linked, 2 matched, 0 ambiguous, 1 unmatched, 0 global, 0 conflict, 0 broken, 0 held" in said
    )


def test_check_and_validate_read_and_run_nothing(folders: Folders, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["example", "--check"]) == 0
    assert main(["--validate"]) == 0
    output = capsys.readouterr().out.splitlines()
    assert output == [
        "✓ examples/stripe_customers.csv: 417 Stripe customers.",
        "✓ examples/netsuite_customers.csv: 450 NetSuite rows.",
        "Every declaration is good.",
    ]
    assert not folders.out.exists()


@pytest.mark.usefixtures("folders")
def test_check_of_nobody_names_those_that_are_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nobody", "--check"]) == 1
    assert capsys.readouterr().err == "✗ There is no declaration 'nobody'; there are: example.\n"
