"""Writing CSV for people and for imports.

A spreadsheet runs a cell that begins like a formula. In files made to be opened in one, such a cell gets an apostrophe
in front; so does a cell that begins with an apostrophe, which makes taking one away again exact.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import IO

import polars as pl

from resources.storage.once import written_once
from schemas.paired_plan import PairedPlan, Slice

_OfText = Callable[[pl.Expr], pl.Expr]

_APOSTROPHE = "'"
TO_THE_MINUTE = "%Y-%m-%d %H:%M"
_TO_BE_QUOTED = r'[,"\r\n]'
_RISKY = r"^(?:\s*[=+\-@＝＋－＠]|[\t\r\n']|\s*\|)"  # noqa: RUF001 (full-width forms start a formula too)


def neutralised(frame: pl.DataFrame, ours: Collection[str] = ()) -> pl.DataFrame:
    """The frame with an apostrophe before every text that a spreadsheet might run; none in `ours` begins so."""
    foreign = pl.selectors.string() - pl.selectors.by_name(*ours, require_all=False)
    return _changed(frame, frame.select(foreign).columns, _is_risky, _with_apostrophe)


def as_meant(cell: pl.Expr) -> pl.Expr:
    """The text that `neutralised` wrote as this cell; what a person wrote behind an apostrophe of their own stays."""
    behind = cell.str.slice(1)
    return pl.when(cell.str.starts_with(_APOSTROPHE) & behind.str.contains(_RISKY)).then(behind).otherwise(cell)


def write_for_people(frame: pl.DataFrame, path: Path, ours: Collection[str] = ()) -> None:
    """Write a CSV in which no cell is a formula; texts of some columns begin with a word of ours."""
    write_literal(neutralised(frame, ours), path)


def write_parts(parts: Iterable[pl.DataFrame], path: Path, ours: Collection[str] = ()) -> str:
    """Write a CSV as `write_for_people` would write all parts together, of one at least; gives its SHA-256."""
    with written_once(path) as (file, written):
        for number, part in enumerate(parts):
            neutralised(part, ours).write_csv(file, include_header=number == 0, datetime_format=TO_THE_MINUTE)
    return written.digest


def write_literal(frame: pl.DataFrame, path: Path) -> None:
    """Write a CSV whose cells are the values themselves; UTF-8 without BOM, LF."""
    frame.write_csv(path, datetime_format=TO_THE_MINUTE)


def write_slices(
    columns: Collection[str], slices: Iterable[Slice], file: IO[bytes], *, for_people: bool = False
) -> None:
    """Write a CSV as `write_literal` would write all slices together, or for people, as `write_for_people` would.

    To look at each text for what is to be quoted costs as much as to write it, so that only foreign ones are looked at.
    """
    pl.DataFrame(schema=dict.fromkeys(columns, pl.String)).write_csv(file)
    for part in slices:
        texts = part.rows.select(pl.selectors.string()).columns
        foreign = [name for name in texts if part.foreign is None or name in part.foreign]
        rows = _changed(part.rows, foreign, _is_risky, _with_apostrophe) if for_people else part.rows
        rows = _changed(rows, foreign, _is_to_be_quoted, _in_quotes)
        rows.write_csv(file, include_header=False, quote_style="never", datetime_format=TO_THE_MINUTE)


def has_formulas(plan: PairedPlan) -> bool:
    """Whether `write_slices` would write a plan for people otherwise than as it is."""
    return any(
        rows.select(pl.any_horizontal(_is_risky(_odd(pl.all())).any())).item()
        for rows in plan.beginnings()
        if rows.width
    )


def _changed(frame: pl.DataFrame, names: Sequence[str], is_changed: _OfText, how: _OfText) -> pl.DataFrame:
    """The frame with those cells of some columns changed that have to be; hardly ever one, and the others stay."""
    if not names:
        return frame
    suspects = _odd if is_changed is _is_risky else pl.Expr.drop_nulls
    found = frame.select(is_changed(suspects(pl.col(name))).any().alias(name) for name in names)
    return frame.with_columns(_changed_cells(frame, name, is_changed, how) for name in names if found.item(0, name))


def _changed_cells(frame: pl.DataFrame, name: str, is_changed: _OfText, how: _OfText) -> pl.Series:
    """A column with those of its cells changed: few as they are, others need not be looked at for how."""
    rows = frame.select(is_changed(pl.col(name)).arg_true()).to_series()
    column = frame.get_column(name)
    return column.scatter(rows, column.gather(rows).to_frame().select(how(pl.col(name))).to_series())


def _is_risky(text: pl.Expr) -> pl.Expr:
    return text.str.contains(_RISKY)


def _odd(text: pl.Expr) -> pl.Expr:
    """The texts that begin with neither a letter nor a digit, as a formula would have to.

    How a text begins stands in the frame, the text itself may be anywhere in memory: few need be gone for.
    """
    begins_with_a_letter = (text >= "A") & (text < "|")  # or one of the signs in between, which begin no formula
    begins_with_a_digit = (text >= "0") & (text < ":")
    return text.filter(~(begins_with_a_letter | begins_with_a_digit))


def _with_apostrophe(text: pl.Expr) -> pl.Expr:
    return _APOSTROPHE + text


def _is_to_be_quoted(text: pl.Expr) -> pl.Expr:
    """Whether polars quotes a text; an empty one has quotes, too, so that it is not none."""
    return text.str.contains(_TO_BE_QUOTED) | (text == "")


def _in_quotes(text: pl.Expr) -> pl.Expr:
    return pl.lit('"') + text.str.replace_all('"', '""', literal=True) + '"'


def literal(frame: pl.DataFrame) -> bytes:
    """What `write_literal` writes."""
    content = BytesIO()
    frame.write_csv(content, datetime_format=TO_THE_MINUTE)
    return content.getvalue()
