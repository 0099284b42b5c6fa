"""What became of each change of a plan, as a file for a person; it stays until a plan is applied again."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

import dagster as dg
import polars as pl

from assets.reconciliation import Reconciliation
from assets.write_back.executor import WriteBack
from assets.write_back.run import Tally
from resources.ledger import Request
from resources.storage.csv import write_for_people
from resources.storage.results import MadeBy, Results
from schemas.attempts import Entry

_BYTES_OF_AN_OUTCOME: Final = 300


def check_room(sync: Reconciliation, changes: int) -> None:
    """See that the outcomes can be shown before anything is written: nobody could tell a person of it afterwards."""
    Results(outcomes_path(sync).parent).check_room(changes * _BYTES_OF_AN_OUTCOME)


def show_outcomes(sync: Reconciliation, work: WriteBack, asked: Request) -> None:
    """Write what has become of a whole plan so far into the folder of results, for a person, however the run ends."""
    outcomes = outcomes_frame(list(work.journal.latest(asked.plan).values()))
    writers = {outcomes_path(sync).name: partial(write_for_people, outcomes)}
    Results(outcomes_path(sync).parent).publish(writers, MadeBy.now(asked.run_id, asked.plan))


def outcomes_file(sync: Reconciliation) -> dg.PathMetadataValue:
    """Where it is, for the page of an asset or a run."""
    return dg.MetadataValue.path(outcomes_path(sync))


def outcomes_path(sync: Reconciliation) -> Path:
    """Where it is."""
    return sync.folders.results(sync.name) / "outcomes.csv"


def numbers(tally: Tally, *names: str) -> dict[str, int]:
    """How many changes ended so, under names that Dagster plots over time."""
    counts = tally.counts()
    return {f"changes/{name}": counts[name] for name in names}


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
