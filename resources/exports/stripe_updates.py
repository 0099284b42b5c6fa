"""The file of Stripe's metadata that a run leaves for a person, read back: which customer is to get which record.

It was written by us, and somebody had it in hands since: a spreadsheet may have rewritten its numbers, or it is another
file. Whether its rows were ever planned is not asked here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from resources.exports.file import ExportFile, open_export
from resources.exports.header import Header
from schemas.errors import ExportError
from schemas.words import LINK_KEY, many

_COLUMNS: Final = {"id": "id", LINK_KEY: LINK_KEY}
_NO_ROWS: Final = f"id,{LINK_KEY}"
_INTERNAL_ID: Final = r"^[1-9][0-9]{0,17}$"
_REWRITTEN: Final = r"^[0-9][0-9.,' ]*([Ee][+-]?[0-9]+)?$"
_AS_WRITTEN: Final = "use the file as the run wrote it"


@dataclass(frozen=True)
class StripeUpdates:
    """The rows of a file: `id` and `netsuite_customer_id`, both String, each customer once; empty: to be cleared."""

    path: Path
    rows: pl.DataFrame

    def line(self, row: int) -> int:
        """The line, as an editor counts it, in which a row stands; slow, for messages."""
        with _opened(self.path) as export:
            return export.line_of(_COLUMNS, row)


def read_stripe_updates(path: Path) -> StripeUpdates:
    """Read a file of the name `stripe_updates.csv`; it may have no rows.

    Raises:
        ExportError: it is not what a run has written; one sentence says why, with the line.
    """
    if not path.exists():
        raise ExportError(f"There is no file {path}; give the path of the stripe_updates.csv that a run has written.")
    if _is_header_only(path):
        return StripeUpdates(path, pl.DataFrame(schema=dict.fromkeys(_COLUMNS, pl.String)))
    with _opened(path) as export:
        rows = export.read(_COLUMNS).with_columns(pl.col(LINK_KEY).fill_null(""))
        updates = StripeUpdates(path, rows)
    _refuse(updates, ~_matches("id", r"\S"), "has no customer")
    is_id, is_rewritten = _matches(LINK_KEY, _INTERNAL_ID), _matches(LINK_KEY, _REWRITTEN)
    _refuse(updates, ~is_id & is_rewritten, f"has a number under {LINK_KEY!r} that a spreadsheet has rewritten")
    is_other = ~is_id & (pl.col(LINK_KEY) != "")
    _refuse(updates, is_other, f"has something else than an internal id under {LINK_KEY!r}, a whole number")
    _refuse(updates, ~pl.col("id").is_first_distinct(), "names a customer that a line before it names")
    return updates


@contextmanager
def _opened(path: Path) -> Iterator[ExportFile]:
    with open_export(path, "id", check=_check_labels) as export:
        yield export


def _check_labels(header: Header) -> None:
    if sorted(header.labels) != sorted(_COLUMNS):
        raise ExportError(
            f"{header.source} is no file of updates for Stripe: its columns are {header.shown}, and should be "
            f"{', '.join(_COLUMNS)}; {_AS_WRITTEN}, stripe_updates.csv."
        )


def _is_header_only(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(_NO_ROWS) + 16).decode("utf-8-sig", errors="replace").strip() == _NO_ROWS


def _matches(column: str, pattern: str) -> pl.Expr:
    return pl.col(column).str.contains(pattern).fill_null(value=False)


def _refuse(updates: StripeUpdates, wrong: pl.Expr, what: str) -> None:
    rows = updates.rows.select(wrong.arg_true()).to_series()
    if rows.len():
        others = f" ({many(rows.len() - 1, 'other')} likewise)" if rows.len() > 1 else ""
        raise ExportError(f"Line {updates.line(rows[0]):,} of {updates.path} {what}{others}; {_AS_WRITTEN}.")
