"""A workbook for people holds the cells of the CSV as texts, so that a spreadsheet changes none."""

from datetime import UTC, datetime
from pathlib import Path

import fastexcel
import polars as pl

from resources.storage.csv import write_for_people
from resources.storage.workbook import write_workbook

FRAME = pl.DataFrame(
    {
        "id": ["00123", "-7", "'x", None],
        "number": [123456789012345678, 1, None, 2],
        "at": [datetime(2026, 1, 2, 3, 4, tzinfo=UTC), None, None, None],
        "text": ["=1+1", "https://a.example", "two\nlines", "y" * 40_000],
    },
    schema_overrides={"at": pl.Datetime("us", "UTC")},
)


def test_cells_are_those_of_the_csv_cut_where_excel_cuts(tmp_path: Path) -> None:
    write_workbook(FRAME, tmp_path / "a.xlsx", {})
    write_for_people(FRAME, tmp_path / "a.csv")
    cells = fastexcel.read_excel(tmp_path / "a.xlsx").load_sheet(0, dtypes="string").to_polars()
    cut = pl.read_csv(tmp_path / "a.csv", infer_schema=False).with_columns(pl.col("text").str.slice(0, 32_767))
    assert cells.to_dicts() == cut.to_dicts()


def test_the_same_rows_are_the_same_bytes(tmp_path: Path) -> None:
    offered = {"id": pl.Series([["1", "2"], ["1", "2"], ["3"], []])}
    for name in ("a.xlsx", "b.xlsx"):
        write_workbook(FRAME, tmp_path / name, offered)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
