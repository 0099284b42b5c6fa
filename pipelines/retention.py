"""What `make prune` finds and removes beside inputs: frames, results, plans, history that are older than declared.

The ledger is never touched, nor a plan of which something is in effect: without it that could not be undone.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import dagster as dg
from dagster._core.definitions.assets.job.asset_job import IMPLICIT_ASSET_JOB_NAME
from rich.filesize import decimal

from assets.plan_history import plans_made
from assets.reconciliation import Reconciliation
from resources.ledger import Journal
from resources.storage.folders import STORED
from resources.storage.generations import MANIFEST, FolderGeneration, ResultStore
from resources.storage.local import LocalStorage
from resources.storage.protocol import Storage
from schemas.words import many

COMMAND: Final = "make prune"
KINDS: Final = ("inputs", "frames", "results", "plans", "history")
"""What can be removed."""

RUNS_SPARED: Final = 10
NOTHING_OLD: Final = "Nothing was old enough."


@dataclass(frozen=True)
class Old:
    """What of one kind is older than it is kept.

    Attributes:
        count: how many there are.
        what: of what, one of them, as "frame".
        whose: which of them, as "of acme".
        days: for how long it is kept.
        remove: removes it.
        size: its bytes; None where they lie in an object store, or in Dagster's database.
        then: what else there is to say of it.
    """

    count: int
    what: str
    whose: str
    days: int
    remove: Callable[[], object]
    size: int | None = None
    then: str = ""

    @property
    def would_go(self) -> str:
        """That it would be removed."""
        size = "" if self.size is None else f" ({decimal(self.size)})"
        are = "is" if self.count == 1 else "are"
        return f"{self._named}{size} {are} older than {many(self.days, 'day')} and would be removed{self.then}."

    @property
    def gone(self) -> str:
        """That it was removed."""
        were = "was" if self.count == 1 else "were"
        return f"{self._named} {were} older than {many(self.days, 'day')} and {were} removed{self.then}."

    @property
    def _named(self) -> str:
        return f"{many(self.count, self.what)} {self.whose}"


Found = Iterator[Old | str]
"""What is old, and sentences on what stays though it is."""


def old_frames(sync: Reconciliation, now: datetime) -> Found:
    """Frames that no run has replaced for so long; a run reads what is missing again."""
    days, storage = sync.declaration.keep.frames_days, sync.frames.storage
    written = storage.written(storage.names()) if days is not None else {}
    old = [name for name, at in written.items() if _is_older(at, days or 0, now)]
    if days is not None and old:
        whose, then = f"of {sync.name}", "; the next run reads anew"
        yield Old(len(old), "frame", whose, days, partial(storage.remove, old), size_of(storage, old), then)


def old_results(sync: Reconciliation, now: datetime) -> Found:
    """The files of results, and those of comparisons, if the newest of them are older."""
    days = sync.declaration.keep.results_days
    comparisons = sync.folders.published_comparison(sync.name)
    for what, results in (("result file", sync.results), ("compared file", comparisons)):
        newest = results.generations()[-1:] if days is not None else []
        if days is not None and newest and _is_older(newest[0].made_at, days, now):
            count, size = _files(results)
            if count:
                yield Old(count, what, f"of {sync.name}", days, results.erase, size)


def old_plans(sync: Reconciliation, instance: dg.DagsterInstance, now: datetime) -> Found:
    """Old plans of which nothing is in effect; the last one stays."""
    days, storage = sync.declaration.keep.plans_days, sync.plans.storage
    if days is None:
        return
    old = [plan for plan, at in sync.plans.kept_at().items() if _is_older(at, days, now)]
    last = next((made.plan for made in plans_made(instance, sync)), None)
    with sync.ledger() as ledger:
        journal = Journal(ledger, sync.declared_accounts)
        standing = {plan for plan in old if _stands(journal, plan)}
    files = [f"{plan}.csv" for plan in old if plan != last and plan not in standing]
    if files:
        whose = f"of {sync.name} in effect nowhere"
        yield Old(len(files), "plan", whose, days, partial(storage.remove, files), size_of(storage, files))
    if standing:
        stay = "is as old and stays" if len(standing) == 1 else "are as old and stay"
        yield f"{many(len(standing), 'plan')} of {sync.name} {stay}: what was written can be undone."


def old_history(
    sync: Reconciliation, instance: dg.DagsterInstance, jobs: Iterable[str], spared: int = RUNS_SPARED
) -> Found:
    """Old runs with their events, logs and outputs; the newest of each job stay, as do those under way.

    A run that a person has made of single assets in the UI belongs to no job of ours: it goes if all its assets do.
    """
    days = sync.declaration.keep.history_days
    if days is None:
        return
    before = (sync.clock() - timedelta(days=days)).timestamp()
    runs = [run for job in jobs for run in _old_runs(instance, job, spared, before)]
    runs += _old_runs(instance, IMPLICIT_ASSET_JOB_NAME, spared, before, lambda run: _is_of(run, sync.name))
    if runs:
        remove = partial(_forget, instance, runs)
        yield Old(len(runs), "run", f"of {sync.name}", days, remove, then=", with their events")


def size_of(storage: Storage, names: Iterable[str]) -> int | None:
    """How many bytes contents have; None where they would have to be fetched for that."""
    if not isinstance(storage, LocalStorage):
        return None
    return sum(path.stat().st_size for path in storage.fetched(names).values())


def _files(results: ResultStore) -> tuple[int, int | None]:
    """How many files runs have put among results, and their bytes; generations share what did not change."""
    generations = results.generations()
    if not all(isinstance(generation, FolderGeneration) for generation in generations):
        return len({entry["sha256"] for each in generations for entry in each.files.values()}), None
    paths = [path for each in generations for path in each.fetched([*each.files, MANIFEST]).values()]
    sizes = {(stat.st_dev, stat.st_ino): stat.st_size for stat in (path.stat() for path in paths)}
    return len(sizes), sum(sizes.values())


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


def _forget(instance: dg.DagsterInstance, runs: Sequence[str]) -> None:
    for run in runs:
        instance.delete_run(run)
        instance.compute_log_manager.delete_logs(prefix=[run])
        shutil.rmtree(Path(instance.storage_directory()) / run, ignore_errors=True)  # what its operations gave


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


def _is_older(at: datetime, days: int, now: datetime) -> bool:
    return at < now - timedelta(days=days)
