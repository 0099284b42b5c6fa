"""Writing an Excel workbook for people: one sheet, every cell a text, with filters, a frozen header and drop-downs.

A cell holds what the CSV of the same rows holds, apostrophes included: a workbook is often saved as CSV again. As
texts, ids keep their zeros and all their digits.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Final

import polars as pl

from resources.storage.csv import TO_THE_MINUTE, neutralised

_LONGEST: Final = 32_767  # characters of a cell in Excel
_WIDTHS: Final = (10, 60)
_SOME_ROWS: Final = 200
_MADE: Final = datetime(2000, 1, 1, tzinfo=UTC)  # the same rows give the same bytes


def write_workbook(frame: pl.DataFrame, path: Path, choices: Mapping[str, pl.Series]) -> None:
    """Write a workbook.

    Args:
        frame: its rows.
        path: the file.
        choices: column → for each row the texts of a drop-down, together 255 characters at most; others may be typed.
    """
    import xlsxwriter  # noqa: PLC0415 (it takes time to load, and most commands write no workbook)

    table = _as_text(frame)
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        book.set_properties({"created": _MADE})
        sheet = book.add_worksheet()
        text, bold = book.add_format({"num_format": "@"}), book.add_format({"num_format": "@", "bold": True})
        for at, column in enumerate(table.columns):
            sheet.set_column(at, at, _width(table.get_column(column)), text)
        for row, cells in enumerate([tuple(table.columns), *table.iter_rows()]):
            for at, cell in enumerate(cells):
                if cell is not None:
                    sheet.write_string(row, at, cell, text if row else bold)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, table.height, table.width - 1)
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{table.height + 1}"})
        for column, offered in choices.items():
            at = table.columns.index(column)
            for first, last, texts in _runs(offered):
                listed = {"validate": "list", "source": texts, "error_type": "information"}
                sheet.data_validation(first + 1, at, last + 1, at, listed)


def _as_text(frame: pl.DataFrame) -> pl.DataFrame:
    moments = pl.selectors.datetime().dt.to_string(TO_THE_MINUTE)
    return neutralised(frame.with_columns(moments).cast(pl.String)).select(pl.all().str.slice(0, _LONGEST))


def _width(column: pl.Series) -> int:
    longest = column.head(_SOME_ROWS).str.len_chars().max()
    least, most = _WIDTHS
    return min(max(len(column.name) + 4, longest if isinstance(longest, int) else 0, least), most)


def _runs(offered: Iterable[list[str]]) -> Iterator[tuple[int, int, list[str]]]:
    """First and last row of each run of rows to which the same is offered."""
    for texts, run in groupby(enumerate(offered), key=lambda each: list(each[1])):
        rows = [row for row, _ in run]
        yield rows[0], rows[-1], texts
