"""The review's file with what a person wrote into it, read back: `review.csv` or `review.xlsx` (X16).

Rows may be sorted or left out and columns added; what a cell says is proved where decisions are checked, and here is
what names the cell.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from resources.exports.file import ExportFile, open_export
from resources.exports.header import Header
from resources.exports.sheet_cells import SheetCells, cells_without_value
from resources.storage.csv import as_meant
from schemas.errors import ExportError
from schemas.review import DECISION, WHY

CUSTOMER: Final = "stripe_customer_id"
_NEEDED: Final = (CUSTOMER, DECISION)
_SHOWN: Final = (WHY, "what_to_do", "decided", "candidate_details", "suggestions")
_BINARY: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"\xff\xfe", b"\xfe\xff")
_CELLS_NAMED: Final = 10
_THE_FILE: Final = (
    "give the review.csv or review.xlsx of a run, with decisions in its column decision, or what its page saved."
)


@dataclass(frozen=True)
class DecisionsFile:
    """A file while it is open.

    Attributes:
        rows: `stripe_customer_id`, `decision`, `why`, and what else the review shows of a row, all String; a column
            that somebody has removed is null.
        has_decided: whether the column is there that shows what was decided before.
    """

    rows: pl.DataFrame
    has_decided: bool
    _export: ExportFile
    _columns: dict[str, str]

    def cell(self, row: int, column: str) -> str:
        """Where a row's cell stands, as a person finds it; slow, for messages."""
        if _is_workbook(self._export.source) and column in self._columns:
            cells = SheetCells.of(self._export.source)
            letters = cells.columns[self._export.header.position(self._columns[column])]
            return f"cell {letters}{cells.rows[1 + self._export.place_of(self._columns, row)]}"
        return f"line {self._export.line_of(self._columns, row)}, column {column!r}"

    def refuse_without_value(self) -> None:
        """Refuse a workbook in which a cell that decides shows an error, or was never computed.

        Raises:
            ExportError: there is such a cell, which would be taken for an empty one.
        """
        lost = cells_without_value(self._export.source) if _is_workbook(self._export.source) else {}
        if not lost:
            return
        letters = SheetCells.of(self._export.source).columns
        deciding = [letters[self._export.header.position(self._columns[name])] for name in _NEEDED]
        found = [(cell, said) for cell, said in lost.items() if cell.rstrip("0123456789") in deciding]
        if found:
            told = "; ".join(f"cell {cell}: {said}" for cell, said in found[:_CELLS_NAMED])
            more = f"; and {len(found) - _CELLS_NAMED:,} more" if len(found) > _CELLS_NAMED else ""
            raise ExportError(f"Nothing was recorded from {self._export.source}: {told}{more}.")


@contextmanager
def open_decisions(path: Path, encoding: str | None = None) -> Iterator[DecisionsFile]:
    """Open a file of decisions; `encoding` is needed where it is not UTF-8, and it has no mark.

    Raises:
        ExportError: it is something else; one sentence says what, and where.
    """
    if not path.is_file():
        raise ExportError(f"There is no file {path}; {_THE_FILE}")
    if encoding is None and not _begins_with(path, _BINARY):
        _refuse_other_encodings(path)
    with open_export(path, CUSTOMER, check=_check_labels, encoding=encoding, if_doubled="remove one") as export:
        columns = {name: name for name in (*_NEEDED, *_SHOWN) if export.header.found(name)}
        absent = [pl.lit(None, pl.String).alias(name) for name in _SHOWN if name not in columns]
        rows = export.read(columns).with_columns(as_meant(pl.all())).with_columns(absent)
        found = DecisionsFile(rows, "decided" in columns, export, columns)
        found.refuse_without_value()
        yield found


def _check_labels(header: Header) -> None:
    if missing := [name for name in _NEEDED if not header.found(name)]:
        raise header.missing(missing, advice=f"{_THE_FILE[0].upper()}{_THE_FILE[1:]}")


def _is_workbook(path: Path) -> bool:
    return _begins_with(path, _BINARY[:2])


def _begins_with(path: Path, marks: tuple[bytes, ...]) -> bool:
    with path.open("rb") as file:
        return file.read(4).startswith(marks)


def _refuse_other_encodings(path: Path) -> None:
    content = path.read_bytes()
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ExportError(
            f"{path} is not UTF-8 (line {line:,}); save it as 'CSV UTF-8' or as a workbook, or say what it is, as "
            "ENCODING=cp1252; it is not guessed, because that would spoil letters."
        ) from None
