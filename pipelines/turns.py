"""Taking turns: one `make run` of a declaration at a time, and none waits for a run whose process was killed.

Dagster's pools make runs take turns, but a process that is killed never gives its claim back, and Dagster cannot know
that it is gone. Of runs that `make run` started we can: each holds a lock of the kernel's. Of other runs we only tell.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import dagster as dg

from resources.places import Places
from resources.run_lock import run_lock
from schemas.errors import MistakeError


@contextmanager
def only_run(name: str, places: Places, instance: dg.DagsterInstance) -> Iterator[str]:
    """Be the only `make run` of a declaration; gives the id for its run, which does not outlive the body.

    Raises:
        MistakeError: another one is under way.
    """
    with run_lock(_folder(places) / f"{name}{_SUFFIX}") as lock:
        if not lock.is_ours:
            raise MistakeError(f"Another `make run` of {name} is under way (run {lock.note}); wait until it has ended.")
        _end(instance, lock.note)
        free_ended(instance)
        run_id = str(uuid4())
        lock.write(run_id)
        try:
            yield run_id
        finally:
            _end(instance, run_id)


def end_killed(places: Places, instance: dg.DagsterInstance) -> None:
    """End every run of a `make run` that was killed, so that a run that is started in the UI need not wait for it."""
    for path in sorted(_folder(places).glob(f"*{_SUFFIX}")):
        with run_lock(path) as lock:
            if lock.is_ours:
                _end(instance, lock.note)
    free_ended(instance)


def free_ended(instance: dg.DagsterInstance) -> None:
    """Give back what runs that have ended still claim of the pools: Dagster leaves it with a run that was forced."""
    for run_id in instance.event_log_storage.get_concurrency_run_ids():
        run = instance.get_run_by_id(run_id)
        if run is None or run.is_finished:
            instance.event_log_storage.free_concurrency_slots_for_run(run_id)


def who_holds(pool: str, instance: dg.DagsterInstance) -> str:
    """A sentence on why a step waits for its pool, and what to do if that will not end by itself."""
    holders = instance.event_log_storage.get_concurrency_info(pool).active_run_ids
    runs = [run for run in map(instance.get_run_by_id, sorted(holders)) if run is not None]
    if not runs:
        return f"waits for its turn in the pool {pool}"
    named = ", ".join(f"{run.run_id} ({run.job_name})" for run in runs)
    return (
        f"waits for its turn: the pool {pool} is held by the run {named}. If that run is no longer alive, stop this "
        "one with Ctrl-C, end that one in `make ui` (Runs, Terminate, with force), and start again."
    )


def _end(instance: dg.DagsterInstance, run_id: str) -> None:
    """Fail a run that still counts as under way though its process is not, and give back what it claims."""
    run = instance.get_run_by_id(run_id) if run_id else None
    if run is None:
        return
    if not run.is_finished:
        instance.report_run_failed(run, "The process of this run was stopped before the run had ended.")
    instance.event_log_storage.free_concurrency_slots_for_run(run_id)


_SUFFIX = ".run.lock"


def _folder(places: Places) -> Path:
    return places.home / "locks"
