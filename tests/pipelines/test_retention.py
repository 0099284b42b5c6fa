"""What is older than declared goes; what could not be undone without it stays, and the newest of everything."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipelines.prune import pruned
from pipelines.retention import prune_history
from resources.ledger import Journal
from resources.storage.plans import read_plan
from schemas.attempts import Attempt, ChangeResult
from schemas.plan import changes_of
from tests.reconciling import Site, declaration, site_at

KEEP = {"frames_days": 60, "results_days": 60, "plans_days": 60, "history_days": 60}
DECISION = {"acme__decide": {"config": {"customer": "cus_none", "record": "never", "who": "ada", "why": "a test"}}}


def test_what_is_old_goes_and_what_is_needed_stays(tmp_path: Path) -> None:
    with site_at(tmp_path, declaration(keep=KEEP)) as site:
        assert site.reconcile().success
        decisions = [decide(site) for _ in range(3)]
        last = site.plan_hash()
        plan = read_plan(site.sync.plans.path(last))
        untried, applied = site.sync.plans.keep(plan.head(1)), site.sync.plans.keep(plan.head(2))
        with site.sync.ledger() as ledger:
            attempt = Attempt(applied, changes_of(plan)[0], "apply")
            Journal(ledger, site.sync.declared_accounts).intend([attempt], "run")
            Journal(ledger, site.sync.declared_accounts).settle([(attempt, ChangeResult("applied"))])
        mine = site.results / "mine.txt"
        mine.write_text("a note")

        assert list(pruned(site.sync, site.instance)) == []  # nothing is old

        later = datetime.now(UTC) + timedelta(days=61)
        then = replace(site.sync, clock=lambda: later)
        said = list(pruned(then, site.instance))
        assert [sentence.partition(" of acme")[0].partition(" ")[2] for sentence in said] == [
            "frames",
            "result files",
            "plans",
            "plans",
        ]
        assert sorted(site.sync.plans.named("")) == sorted([last, applied])
        assert untried not in (last, applied)
        assert [file.name for file in site.results.iterdir()] == ["mine.txt"]
        assert not list((site.sync.folders.home / "frames" / "acme").rglob("*.parquet"))
        assert len(site.instance.get_runs()) == 4  # ten runs of each job stay

        [history] = prune_history(then, site.instance, ["acme_reconcile", "acme_override"], spared=1)
        assert history.startswith("2 runs of acme")
        left = {run.run_id for run in site.instance.get_runs()}
        assert (len(left), decisions[-1] in left) == (2, True)
        assert site.plan_hash() == last
        assert site.reconcile().success


def decide(site: Site) -> str:
    job = site.definitions.resolve_job_def("acme_override")
    return job.execute_in_process(instance=site.instance, run_config={"ops": DECISION}, raise_on_error=False).run_id
