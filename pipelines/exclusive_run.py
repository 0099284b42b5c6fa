"""Runs that are alive say so, by a lease in the ledger; of those that do not any more, the end is put down for them.

A process that is killed tells Dagster nothing, so that its run would count as under way. Whichever run starts next, on
whatever machine, by whomever, notices: steps wait for each other by leases too (`Reconciliation.exclusive`), not pools.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import uuid4

import dagster as dg

from resources.ledger import RUN, Holder, Lease, Ledger
from resources.storage.folders import Folders
from schemas.errors import InternalError, TieoutError, UserError


@contextmanager
def run_alone(name: str, folders: Folders, instance: dg.DagsterInstance, command: str = "make run") -> Iterator[str]:
    """Be the only `make run` (or other command) of a declaration; gives the id for its run, which ends with the body.

    Raises:
        UserError: another one is under way.
    """
    run_id = str(uuid4())
    with Ledger.of(folders) as ledger, ledger.lease(f"{command} {name}", run_id) as held:
        if isinstance(held, Holder):
            raise UserError(f"Another `{command}` of {name} is under way (run {held.run}); wait until it has ended.")
        with alive(run_id, ledger, instance):
            try:
                yield run_id
            finally:
                end_run(instance, run_id)


@contextmanager
def alive(run_id: str, ledger: Ledger, instance: dg.DagsterInstance) -> Iterator[Lease]:
    """Let others know that this run is alive while the body runs, and put down the end of those that are not."""
    with ledger.lease(f"{RUN}{run_id}", run_id) as lease:
        if isinstance(lease, Holder):
            raise InternalError(f"The run {run_id} is under way twice.")
        end_gone(ledger, instance)
        yield lease
        with suppress(TieoutError):  # what was done stays done; the next run looks as well
            end_gone(ledger, instance)  # who was waited for may have been gone


def end_killed(folders: Folders, instance: dg.DagsterInstance) -> None:
    """Put down the end of every run whose process is gone, unless the ledger cannot be asked, as the next run says."""
    with suppress(TieoutError), Ledger.of(folders) as ledger:
        end_gone(ledger, instance)


def end_gone(ledger: Ledger, instance: dg.DagsterInstance) -> None:
    """Put down the end of every run whose process is gone."""
    for holder in ledger.find_runs_gone():
        if end_run(instance, holder.run):
            ledger.forget(holder)


def end_run(instance: dg.DagsterInstance, run_id: str) -> bool:
    """Fail a run that still counts as under way though its process is not; whether this instance knows it."""
    run = instance.get_run_by_id(run_id)
    if run is not None and not run.is_finished:
        instance.report_run_failed(run, "The process of this run was stopped before the run had ended.")
    return run is not None
