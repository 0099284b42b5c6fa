"""What became of each change of a plan, as a file for a person; it stays until a plan is applied again."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import dagster as dg
import polars as pl

from assets.reconciliation import Reconciliation
from assets.write_back.executor import WriteBack
from resources.ledger import Request, Requests
from resources.storage.csv import write_for_people
from resources.storage.results import MadeBy, Results
from schemas.attempts import Entry

_BYTES_OF_AN_OUTCOME: Final = 300


@contextmanager
def write_outcomes(sync: Reconciliation, work: WriteBack, request: Request, changes: int) -> Iterator[None]:
    """Write what has become of a whole plan so far into the folder of results, for a person, however the body ends.

    Raises:
        UserError: there is no room for it; found out before the body, as nobody could tell a person of it afterwards.
    """
    results = Results(outcomes_path(sync).parent)
    results.check_room(changes * _BYTES_OF_AN_OUTCOME)
    Requests(work.journal.ledger, sync.declared_accounts).add(request)  # now: what cannot be meant was no approval
    try:
        yield
    finally:
        outcomes = outcomes_frame(list(work.journal.latest(request.plan).values()))
        writers = {outcomes_path(sync).name: partial(write_for_people, outcomes)}
        results.publish(writers, MadeBy.now(request.run_id, request.plan))


def outcomes_file(sync: Reconciliation) -> dg.PathMetadataValue:
    """Where it is, for the page of an asset or a run."""
    return dg.MetadataValue.path(outcomes_path(sync))


def outcomes_path(sync: Reconciliation) -> Path:
    """Where it is."""
    return sync.folders.results(sync.name) / "outcomes.csv"


def outcomes_frame(entries: Sequence[Entry]) -> pl.DataFrame:
    """One row per change that was ever tried: what was wanted, what came of it, what was found instead, and when."""
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
}
