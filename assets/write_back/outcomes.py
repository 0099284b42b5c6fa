"""What became of each change of a plan, as a file for a person; it stays until a plan is applied again."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import dagster as dg
import polars as pl

from assets.next_step.links import RESULTS
from assets.next_step.next_step import NextStep, next_step
from assets.next_step.told_again import renewed_page, tell_at_assets
from assets.plan_history import plans_made
from assets.reconciliation import Reconciliation
from assets.write_back.executor import WriteBack
from resources.ledger import Request, Requests
from resources.storage.csv import write_for_people
from resources.storage.generations import MadeBy
from schemas.attempts import Entry

OUTCOMES: Final = "outcomes.csv"
SYNC_ONE_OUTCOMES: Final = "sync_one_outcomes.csv"
"""Of the last customer that was synced by itself, so that those of a whole plan stay."""

_PAGE: Final = "report.html"
_BYTES_OF_AN_OUTCOME: Final = 300


@contextmanager
def write_outcomes(
    sync: Reconciliation,
    instance: dg.DagsterInstance,
    work: WriteBack,
    request: Request,
    changes: int,
    file: str = OUTCOMES,
) -> Iterator[None]:
    """Write what has become of a whole plan so far into the folder of results, for a person, however the body ends.

    The page of the plan then says so too, and so do the metadata of the plan and of the report, made anew by that.

    Raises:
        UserError: there is no room for it; found out before the body, as nobody could tell a person of it afterwards.
    """
    results = sync.results
    results.check_room(changes * _BYTES_OF_AN_OUTCOME)
    Requests(work.journal.ledger, sync.declared_accounts).add(request)  # now: what cannot be meant was no approval
    try:
        yield
    finally:
        asked = Requests(work.journal.ledger, sync.declared_accounts).of_plan(request.plan)
        names = {each.run_id: each.who for each in asked}
        outcomes = outcomes_frame(list(work.journal.latest(request.plan).values()), names)
        writers: dict[str, Callable[[Path], None]] = {file: partial(write_for_people, outcomes)}
        step = next_step(sync, instance)
        page, renewed = renewed_page(results, step) if step else ({}, {})
        kept = results.publish(writers | page, MadeBy.now(request.run_id, request.plan), renewed=renewed)
        if step:
            tell_at_assets(sync, instance, step, kept if page else None)


def next_step_of(sync: Reconciliation, instance: dg.DagsterInstance, plan: str) -> NextStep | None:
    """What comes next for a plan that was made; None for one of which nobody knows any more when."""
    made = next((each for each in plans_made(instance, sync) if each.plan == plan), None)
    return next_step(sync, instance, made) if made is not None else None


def outcomes_file(sync: Reconciliation, file: str = OUTCOMES) -> dg.PathMetadataValue:
    """Where it is, for the page of an asset or a run."""
    return dg.MetadataValue.path(sync.results.address(file))


def open_outcomes(sync: Reconciliation) -> dg.UrlMetadataValue:
    """Where the web server of the UI shows it."""
    return dg.MetadataValue.url(f"{RESULTS}/{sync.name}/{OUTCOMES}")


def outcomes_frame(entries: Sequence[Entry], names: Mapping[str, str | None]) -> pl.DataFrame:
    """One row per change that was ever tried: what was wanted, what came of it, what was found instead, when, for whom.

    Args:
        entries: the last attempt at each change.
        names: of each run, who asked for it.
    """
    rows = [
        (
            entry.attempt.change.change_id,
            entry.attempt.direction,
            entry.status,
            entry.result.found,
            entry.result.code,
            entry.result.error,
            entry.attempt.number,
            entry.settled_at,
            entry.attempt.plan,
            names.get(entry.run_id),
        )
        for entry in sorted(entries, key=lambda entry: entry.attempt.change.change_id)
    ]
    return pl.DataFrame(rows, schema=_OUTCOME_COLUMNS, orient="row")


_OUTCOME_COLUMNS: Final[dict[str, pl.DataType]] = {
    "change_id": pl.String(),
    "direction": pl.String(),
    "status": pl.String(),
    "found": pl.String(),
    "code": pl.String(),
    "error": pl.String(),
    "attempts": pl.Int64(),
    "settled_at": pl.Datetime("us", "UTC"),
    "plan": pl.String(),
    "who": pl.String(),
}
