"""Writing CSV for people and for imports, and reading back what was written for people.

A spreadsheet runs a cell that begins like a formula. In files made to be opened in one, such a cell gets an apostrophe
in front; so does a cell that begins with an apostrophe, which makes taking one away again exact.
"""

from pathlib import Path

import polars as pl

_APOSTROPHE = "'"
_RISKY = r"^(?:\s*[=+\-@＝＋－＠]|[\t\r\n']|\s*\|)"  # noqa: RUF001 (full-width forms start a formula too)


def neutralised(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with an apostrophe before every text that a spreadsheet might run."""
    text = pl.selectors.string()
    return frame.with_columns(pl.when(text.str.contains(_RISKY)).then(_APOSTROPHE + text).otherwise(text).name.keep())


def restored(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame as it was before `neutralised`."""
    return frame.with_columns(pl.selectors.string().str.strip_prefix(_APOSTROPHE))


def write_for_people(frame: pl.DataFrame, path: Path) -> None:
    """Write a CSV in which no cell is a formula."""
    write_literal(neutralised(frame), path)


def read_from_people(path: Path) -> pl.DataFrame:
    """Read a CSV of `write_for_people` as text, exactly as its cells were before."""
    return restored(pl.read_csv(path, infer_schema=False, glob=False))


def write_literal(frame: pl.DataFrame, path: Path) -> None:
    """Write a CSV whose cells are the values themselves; UTF-8 without BOM, LF."""
    frame.write_csv(path, datetime_format="%Y-%m-%d %H:%M")
