"""Writing CSV for people and for imports.

A spreadsheet runs a cell that begins like a formula. In files made to be opened in one, such a cell gets an apostrophe
in front; so does a cell that begins with an apostrophe, which makes taking one away again exact.
"""

from collections.abc import Collection
from io import BytesIO
from pathlib import Path

import polars as pl

_APOSTROPHE = "'"
TO_THE_MINUTE = "%Y-%m-%d %H:%M"
_RISKY = r"^(?:\s*[=+\-@＝＋－＠]|[\t\r\n']|\s*\|)"  # noqa: RUF001 (full-width forms start a formula too)


def neutralised(frame: pl.DataFrame, ours: Collection[str] = ()) -> pl.DataFrame:
    """The frame with an apostrophe before every text that a spreadsheet might run; none in `ours` begins so."""
    foreign = pl.selectors.string() - pl.selectors.by_name(*ours, require_all=False)
    is_risky = frame.select(foreign.str.contains(_RISKY).any())
    risky = [name for name in is_risky.columns if is_risky.item(0, name)]  # hardly ever one, and the others stay
    if not risky:
        return frame
    text = pl.col(risky)
    return frame.with_columns(pl.when(text.str.contains(_RISKY)).then(_APOSTROPHE + text).otherwise(text).name.keep())


def as_meant(cell: pl.Expr) -> pl.Expr:
    """The text that `neutralised` wrote as this cell; what a person wrote behind an apostrophe of their own stays."""
    behind = cell.str.slice(1)
    return pl.when(cell.str.starts_with(_APOSTROPHE) & behind.str.contains(_RISKY)).then(behind).otherwise(cell)


def write_for_people(frame: pl.DataFrame, path: Path, ours: Collection[str] = ()) -> None:
    """Write a CSV in which no cell is a formula; texts of some columns begin with a word of ours."""
    write_literal(neutralised(frame, ours), path)


def write_literal(frame: pl.DataFrame, path: Path) -> None:
    """Write a CSV whose cells are the values themselves; UTF-8 without BOM, LF."""
    frame.write_csv(path, datetime_format=TO_THE_MINUTE)


def literal(frame: pl.DataFrame) -> bytes:
    """What `write_literal` writes."""
    content = BytesIO()
    frame.write_csv(content, datetime_format=TO_THE_MINUTE)
    return content.getvalue()
