"""What is older than declared goes; what could not be undone without it stays, and the newest of everything."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import dagster as dg

from pipelines.prune import pruned, would_be_pruned
from pipelines.retention import Old, old_history
from resources.ledger import Journal
from resources.storage.plans import read_plan
from schemas.attempts import Attempt, ChangeResult
from schemas.plan import changes_of
from tests.pipelines.api_world import sentences
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
        before = everything(site)
        would = list(would_be_pruned(then, site.instance))
        assert everything(site) == before
        said = list(pruned(then, site.instance))
        size = re.compile(r" \(\d[\d.]* (bytes|kB|MB)\)")
        assert [bool(size.search(each)) for each in would] == [True, True, True, False]
        assert [size.sub("", each) for each in would] == [
            re.sub(r"\b(?:was|were) removed", "would be removed", each)
            .replace("were older", "are older")
            .replace("was older", "is older")
            for each in said
        ]
        assert list(would_be_pruned(then, site.instance)) == said[-1:], "of what stays"
        assert [sentence.partition(" of acme")[0].partition(" ")[2] for sentence in said] == [
            "frames",
            "result files",
            "plan",
            "plan",
        ]
        assert sorted(site.sync.plans.named("")) == sorted([last, applied])
        assert untried not in (last, applied)
        assert [file.name for file in site.results.iterdir()] == ["mine.txt"]
        assert not list((site.sync.folders.home / "frames" / "acme").rglob("*.parquet"))
        assert len(site.instance.get_runs()) == 4  # ten runs of each job stay

        [history] = old_history(then, site.instance, ["acme_reconcile", "acme_override"], spared=1)
        assert isinstance(history, Old)
        assert history.would_go.startswith("2 runs of acme are older than 60 days and would be removed, with their")
        history.remove()
        left = {run.run_id for run in site.instance.get_runs()}
        assert (len(left), decisions[-1] in left) == (2, True)
        assert site.plan_hash() == last
        assert site.reconcile().success


def test_runs_of_single_assets_go_if_all_they_name_is_of_this_declaration(tmp_path: Path) -> None:
    ours, theirs = dg.AssetKey(["acme", "write_plan"]), dg.AssetKey(["beta", "write_plan"])
    named: dict[str, tuple[set[dg.AssetKey] | None, set[dg.AssetCheckKey] | None]] = {
        "ours": ({ours, dg.AssetKey(["acme", "review_queue"])}, None),
        "a check of ours": (set(), {dg.AssetCheckKey(ours, "schema")}),
        "ours and others'": ({ours, theirs}, None),
        "ours and a check of others": ({ours}, {dg.AssetCheckKey(theirs, "schema")}),
        "others'": ({theirs}, None),
        "nothing said": (None, None),
        "ours, under way": ({ours}, None),
        "ours, the newest": ({ours}, None),
    }
    with site_at(tmp_path, declaration(keep=KEEP)) as site:
        for name, (assets, checks) in named.items():
            ended = dg.DagsterRunStatus.STARTED if "under way" in name else dg.DagsterRunStatus.SUCCESS
            run = dg.DagsterRun(
                "__ASSET_JOB",
                str(uuid4()),
                tags={"name": name},
                status=ended,
                asset_selection=None if assets is None else frozenset(assets),
                asset_check_selection=None if checks is None else frozenset(checks),
            )
            site.instance.add_run(run)
        later = datetime.now(UTC) + timedelta(days=61)
        [found] = old_history(replace(site.sync, clock=lambda: later), site.instance, [], spared=1)
        assert isinstance(found, Old)
        found.remove()
        left = {run.tags["name"] for run in site.instance.get_runs()}
    assert found.gone.startswith("2 runs of acme were older")
    assert named.keys() - left == {"ours", "a check of ours"}


def test_the_job_removes_what_it_is_asked_to_and_says_so(tmp_path: Path) -> None:
    with site_at(tmp_path, declaration(keep=KEEP)) as made:
        assert made.reconcile().success
        later = datetime.now(UTC) + timedelta(days=61)
        site = replace(made, sync=replace(made.sync, clock=lambda: later))
        frames = made.sync.folders.home / "frames" / "acme"

        unknown = prune(site, only=["frames", "ledger"])
        assert sentences(unknown) == [
            "only: 'ledger' is none of inputs, frames, results, plans, history; nothing was removed."
        ]
        assert list(frames.rglob("*.parquet"))

        with site.sync.ledger() as ledger, ledger.lease("make prune acme", "theirs"):
            held = prune(site)
        assert sentences(held) == ["acme is being pruned by the run theirs; wait until it has ended."]

        would = told(prune(site, dry_run=True), "would_be_removed")
        assert re.fullmatch(
            r"\d+ frames of acme \(\d.*\) are older than 60 days and would be removed; the next run reads anew\.\n\n"
            r"\d+ result files of acme \(\d.*\) are older than 60 days and would be removed\.",
            would,
        )
        assert list(frames.rglob("*.parquet"))

        assert removed(prune(site, only=["results"])).endswith(
            "result files of acme were older than 60 days and were removed."
        )
        assert list(frames.rglob("*.parquet"))
        assert "frames of acme were older" in removed(prune(site))
        assert not list(frames.rglob("*.parquet"))
        assert removed(prune(site)) == "Nothing was old enough."


def prune(site: Site, **config: object) -> dg.ExecuteInProcessResult:
    asked = {"ops": {"acme__prune_old": {"config": config}}}
    job = site.definitions.resolve_job_def("acme_prune")
    return job.execute_in_process(instance=site.instance, run_config=asked, raise_on_error=False)


def everything(site: Site) -> dict[str, bytes]:
    """All files of the installation but the ledger."""
    files = (path for path in site.sync.folders.root.rglob("*") if path.is_file() and "ledger" not in path.name)
    return {str(path): path.read_bytes() for path in files} | {run.run_id: b"" for run in site.instance.get_runs()}


def removed(result: dg.ExecuteInProcessResult) -> str:
    return told(result, "removed")


def told(result: dg.ExecuteInProcessResult, key: str) -> str:
    assert result.success, sentences(result)
    [event] = [event for event in result.all_node_events if event.is_successful_output]
    return str(event.step_output_data.metadata[key].value)


def decide(site: Site) -> str:
    job = site.definitions.resolve_job_def("acme_override")
    return job.execute_in_process(instance=site.instance, run_config={"ops": DECISION}, raise_on_error=False).run_id
