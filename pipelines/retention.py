"""What `make prune` removes beside inputs: frames, results, plans and Dagster's history that are older than declared.

The ledger is never touched, nor a plan of which something is in effect: without it that could not be undone.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import dagster as dg
from dagster._core.definitions.assets.job.asset_job import IMPLICIT_ASSET_JOB_NAME

from assets.plan_history import plans_made
from assets.reconciliation import Reconciliation
from resources.ledger import Journal
from resources.storage.folders import STORED
from resources.storage.protocol import Storage

COMMAND: Final = "make prune"
KINDS: Final = ("inputs", "frames", "results", "plans", "history")
"""What can be removed."""

RUNS_SPARED: Final = 10


def prune_frames(sync: Reconciliation, now: datetime) -> Iterator[str]:
    """Remove frames that no run has replaced for so long; a run reads what is missing again."""
    days = sync.declaration.keep.frames_days
    gone = _removed(sync.frames.storage, days, now)
    if gone:
        yield f"{gone:,} frames of {sync.name} were older than {days} days and were removed; the next run reads anew."


def prune_results(sync: Reconciliation, now: datetime) -> Iterator[str]:
    """Remove the files of results, and those of comparisons, if the newest of them are older."""
    days, gone = sync.declaration.keep.results_days, 0
    for results in (sync.results, sync.folders.published_comparison(sync.name)):
        newest = results.generations()[-1:] if days is not None else []
        if days is not None and newest and _is_older(newest[0].made_at, days, now):
            gone += results.erase()
    if gone:
        yield f"{gone:,} result files of {sync.name} were older than {days} days and were removed."


def prune_plans(sync: Reconciliation, instance: dg.DagsterInstance, now: datetime) -> Iterator[str]:
    """Remove old plans of which nothing is in effect; the last one stays."""
    days = sync.declaration.keep.plans_days
    if days is None:
        return
    kept = sync.plans.kept_at()
    old = [plan for plan, at in kept.items() if _is_older(at, days, now)]
    last = next((made.plan for made in plans_made(instance, sync)), None)
    with sync.ledger() as ledger:
        journal = Journal(ledger, sync.declared_accounts)
        standing = {plan for plan in old if _stands(journal, plan)}
    gone = [plan for plan in old if plan != last and plan not in standing]
    sync.plans.storage.remove(f"{plan}.csv" for plan in gone)
    if gone:
        yield f"{len(gone):,} plans of {sync.name} were older than {days} days, in effect nowhere, and were removed."
    if standing:
        yield f"{len(standing):,} plans of {sync.name} are as old and stay: what they wrote can be undone."


def prune_history(
    sync: Reconciliation, instance: dg.DagsterInstance, jobs: Iterable[str], spared: int = RUNS_SPARED
) -> Iterator[str]:
    """Remove old runs with their events, logs and outputs; the newest of each job stay, as do those under way.

    A run that a person has made of single assets in the UI belongs to no job of ours: it goes if all its assets do.
    """
    days = sync.declaration.keep.history_days
    if days is None:
        return
    before = (sync.clock() - timedelta(days=days)).timestamp()
    runs = [run for job in jobs for run in _old_runs(instance, job, spared, before)]
    runs += _old_runs(instance, IMPLICIT_ASSET_JOB_NAME, spared, before, lambda run: _is_of(run, sync.name))
    gone = _forgotten(instance, runs)
    if gone:
        yield f"{gone:,} runs of {sync.name} were older than {days} days and were removed, with their events."


def _old_runs(
    instance: dg.DagsterInstance,
    job: str,
    spared: int,
    before: float,
    is_ours: Callable[[dg.DagsterRun], bool] = lambda _: True,
) -> list[str]:
    """Runs of a job that have ended, are older than a moment, and are not among the newest."""
    found = instance.get_run_records(dg.RunsFilter(job_name=job))
    records = [record for record in found if is_ours(record.dagster_run)]
    return [
        record.dagster_run.run_id
        for record in records[spared:]
        if record.dagster_run.is_finished and record.create_timestamp.timestamp() < before
    ]


def _is_of(run: dg.DagsterRun, name: str) -> bool:
    """Whether a run of single assets and checks is of this declaration alone."""
    checks = (key.asset_key for key in run.asset_check_selection or ())
    first = {key.path[0] for key in (*(run.asset_selection or ()), *checks)}
    return first == {name}


def _forgotten(instance: dg.DagsterInstance, runs: Sequence[str]) -> int:
    for run in runs:
        instance.delete_run(run)
        instance.compute_log_manager.delete_logs(prefix=[run])
        shutil.rmtree(Path(instance.storage_directory()) / run, ignore_errors=True)  # what its operations gave
    return len(runs)


def _stands(journal: Journal, plan: str) -> bool:
    """Whether something of a plan is in effect, or may be."""
    return any(entry.may_have_taken_effect or entry.status == "intended" for entry in journal.latest(plan).values())


def tidy_up(sync: Reconciliation) -> None:
    """Remove what writers that were killed have left in an object store; in folders each start does."""
    if not sync.folders.objects:
        return
    for kind in STORED:
        for storage in sync.folders.every(kind, sync.name):
            storage.tidy()
    sync.results.tidy()
    sync.folders.published_comparison(sync.name).tidy()


def _removed(storage: Storage, days: int | None, now: datetime) -> int:
    written = storage.written(storage.names()) if days is not None else {}
    old = [name for name, at in written.items() if _is_older(at, days or 0, now)]
    if old:
        storage.remove(old)
    return len(old)


def _is_older(at: datetime, days: int, now: datetime) -> bool:
    return at < now - timedelta(days=days)
