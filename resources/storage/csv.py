"""Writing CSV for people and for imports.

A spreadsheet runs a cell that begins like a formula. In files made to be opened in one, such a cell gets an apostrophe
in front; so does a cell that begins with an apostrophe, which makes taking one away again exact.
"""

from io import BytesIO
from pathlib import Path

import polars as pl

_APOSTROPHE = "'"
_TO_THE_MINUTE = "%Y-%m-%d %H:%M"
_RISKY = r"^(?:\s*[=+\-@＝＋－＠]|[\t\r\n']|\s*\|)"  # noqa: RUF001 (full-width forms start a formula too)


def _neutralised(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with an apostrophe before every text that a spreadsheet might run."""
    text = pl.selectors.string()
    return frame.with_columns(pl.when(text.str.contains(_RISKY)).then(_APOSTROPHE + text).otherwise(text).name.keep())


def write_for_people(frame: pl.DataFrame, path: Path) -> None:
    """Write a CSV in which no cell is a formula."""
    write_literal(_neutralised(frame), path)


def write_literal(frame: pl.DataFrame, path: Path) -> None:
    """Write a CSV whose cells are the values themselves; UTF-8 without BOM, LF."""
    frame.write_csv(path, datetime_format=_TO_THE_MINUTE)


def literal(frame: pl.DataFrame) -> bytes:
    """What `write_literal` writes."""
    content = BytesIO()
    frame.write_csv(content, datetime_format=_TO_THE_MINUTE)
    return content.getvalue()
