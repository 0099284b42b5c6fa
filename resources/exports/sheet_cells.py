"""Where the cells of a workbook stand, as a person sees them, and which of them show no value that could be read.

What reads a workbook begins where its cells begin, and gives nothing for a cell that shows an error, or whose formula
no program has computed. So this looks again, for the sentence that names a cell.
"""

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from schemas.errors import ExportError

_SHEETS: Final = "xl/worksheets/"
_CELL: Final = re.compile(rb"<(?:\w+:)?c\b([^>]*[^/>])>(.*?)</(?:\w+:)?c>", re.DOTALL)
_AT: Final = re.compile(rb"\br=\"([A-Z]+[0-9]+)\"")
_IS_ERROR: Final = re.compile(rb"\bt=\"e\"")
_VALUE: Final = re.compile(rb"<(?:\w+:)?v>([^<]+)</")
_FORMULA: Final = re.compile(rb"<(?:\w+:)?f\b")
_UNCOMPUTED: Final = re.compile(
    rb"<(?:\w+:)?c\b((?:(?!\bt=)[^>])*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)"
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
"""A formula without a result; one whose result is an empty text has the type of a text (`t="str"`)."""
_BLOCK: Final = 1 << 24
_LONGEST_CELL: Final = 1 << 16


@dataclass(frozen=True)
class SheetCells:
    """The one sheet with rows of a workbook.

    Attributes:
        rows: of each row with a value its number, as a spreadsheet shows it.
        columns: the letters of each column from the first with a value on.
    """

    rows: tuple[int, ...]
    columns: tuple[str, ...]

    @classmethod
    def of(cls, path: Path) -> "SheetCells":
        """Look at a workbook that was read; slow, for messages."""
        import fastexcel  # noqa: PLC0415 (it takes memory, and most exports are no workbooks)
        from xlsxwriter.utility import xl_col_to_name  # noqa: PLC0415 (as above)

        workbook = fastexcel.read_excel(path)
        for name in workbook.sheet_names:
            sheet = workbook.load_sheet(name, header_row=None, dtypes="string", skip_rows=0)
            frame = sheet.to_polars()
            filled = frame.select(pl.any_horizontal(pl.all().is_not_null())).to_series() if frame.width else pl.Series()
            if filled.len() and filled.any():
                letters = (xl_col_to_name(column.absolute_index) for column in sheet.available_columns())
                return cls(tuple(at + 1 for at in filled.arg_true()), tuple(letters))
        return cls((), ())


def cells_without_value(path: Path) -> Mapping[str, str]:
    """Which cells of an .xlsx have something in them and no value, each with what it has, in words."""
    if not zipfile.is_zipfile(path):
        return {}
    with zipfile.ZipFile(path) as book:
        sheets = [name for name in book.namelist() if name.startswith(_SHEETS)]
        return {cell: said for name in sheets for cell, said in _without_value(book.read(name))}


def check_computed(path: Path) -> None:
    """See that what a workbook is read as is what a person would see there.

    Raises:
        ExportError: a formula has no result, so that its cell would be read as empty.
    """
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as book:
        sheets = [name for name in book.namelist() if name.startswith(_SHEETS) and name.endswith(".xml")]
        cell = next(filter(None, (_first_uncomputed(book, name) for name in sheets)), None)
    if cell:
        raise ExportError(
            f"{path} has formulas that no program has computed, {cell} the first: these cells would be read as empty; "
            "open it in a spreadsheet program and save it."
        )


def _first_uncomputed(book: zipfile.ZipFile, sheet: str) -> str | None:
    with book.open(sheet) as cells:
        rest = b""
        while block := cells.read(_BLOCK):
            text = rest + block
            found = _UNCOMPUTED.search(text) if _FORMULA.search(text) else None
            if found:
                at = _AT.search(found[1])
                return at[1].decode() if at else "?"
            rest = text[-_LONGEST_CELL:]
    return None


def _without_value(sheet: bytes) -> Iterator[tuple[str, str]]:
    if not (_FORMULA.search(sheet) or _IS_ERROR.search(sheet)):
        return
    for attributes, inside in _CELL.findall(sheet):
        at, value = _AT.search(attributes), _VALUE.search(inside)
        if at and _IS_ERROR.search(attributes):
            yield at[1].decode(), f"it shows {value[1].decode() if value else 'an error'}"
        elif at and value is None and _FORMULA.search(inside):
            yield at[1].decode(), "it has a formula that was never computed; open the file, and save it"
