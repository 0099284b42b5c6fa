"""From the rows of a page to a frame: which column of the saved search feeds which name, and what its values mean.

Columns are found by label, as in an export of the same search, and give the same text as such an export: the text
shown for a list field, `Yes` and `No` for a checkbox.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl
from pydantic import BaseModel

from schemas.customers import NetsuiteCustomers
from schemas.errors import MistakeError

Cell = str | bool | list[str] | None
"""A value, or its internal value and the text shown."""

STANDARD: Final = ("stripe_id", "external_id", "comments", "email", "company_name", "phone", "stage")
_TRUE: Final = frozenset({"t", "true", "yes"})
_FALSE: Final = frozenset({"f", "false", "no", ""})


class SearchColumn(BaseModel):
    """One column of a saved search, as NetSuite describes it."""

    name: str
    label: str
    join: str | None
    type: str | None


@dataclass(frozen=True)
class Wanted:
    """The columns that a read asks for: our names, and the numbers of their columns in the saved search."""

    names: tuple[str, ...]
    numbers: tuple[int, ...]
    checkboxes: frozenset[str] = frozenset()


def choose(search_id: str, columns: Sequence[SearchColumn], fields: Mapping[str, str]) -> Wanted:
    """Find the column of each name by its label.

    Raises:
        MistakeError: no column, or several, with that label; the message says which labels there are.
    """
    labels = [column.label.strip() for column in columns]
    names = [name for name in fields if name != "internal_id"]
    for name in names:
        count = labels.count(fields[name].strip())
        if count != 1:
            listed = ", ".join(f"“{label}”" for label in labels)
            found = "no column" if count == 0 else f"{count} columns"
            raise MistakeError(
                f"The saved search {search_id} has {found} labelled “{fields[name]}” (for {name}). Its labels are "
                f"{listed}: change netsuite_fields, or the custom label on the Results tab of the search."
            )
    numbers = {name: labels.index(fields[name].strip()) for name in names}
    checkboxes = frozenset(name for name, number in numbers.items() if columns[number].type == "checkbox")
    return Wanted(tuple(numbers), tuple(numbers.values()), checkboxes)


def page_frame(rows: Sequence[Sequence[Cell]], wanted: Wanted) -> pl.DataFrame:
    """Make a frame of one page: `internal_id`, the wanted columns as text, and `stage_value` where stage is wanted."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * (len(wanted.names) + 1)
    frame: dict[str, pl.Series] = {"internal_id": _numbers(columns[0])}
    for name, cells in zip(wanted.names, columns[1:], strict=True):
        text = _yes_or_no if name in wanted.checkboxes else _text
        frame[name] = pl.Series(name, [text(cell) for cell in cells], pl.String)
        if name == "stage":
            frame["stage_value"] = pl.Series("stage_value", [_value(cell) for cell in cells], pl.String)
    return pl.DataFrame(frame)


def finish(frame: pl.DataFrame, wanted: Wanted) -> pl.DataFrame:
    """Give pages their final shape: the columns of `NetsuiteCustomers`, then those under further names.

    Raises:
        MistakeError: the column for `inactive` is no checkbox.
    """
    further = [name for name in wanted.names if name not in STANDARD and name != "inactive"]
    absent = [pl.lit(None, pl.String).alias(name) for name in STANDARD if name not in wanted.names]
    shaped = frame.with_columns(_is_customer(frame), _inactive(frame), *absent)
    return NetsuiteCustomers.validate(shaped.select([*NetsuiteCustomers.to_schema().columns, *further]))


def _is_customer(frame: pl.DataFrame) -> pl.Expr:
    """The value is `CUSTOMER` in every language, the text shown is translated (M2)."""
    if "stage" not in frame.columns:
        return pl.lit(value=True).alias("is_customer")
    stages = pl.col("stage", "stage_value").str.strip_chars().str.to_lowercase() == "customer"
    return pl.any_horizontal(stages).fill_null(value=False).alias("is_customer")


def _inactive(frame: pl.DataFrame) -> pl.Expr:
    if "inactive" not in frame.columns:
        return pl.lit(value=False).alias("inactive")
    found = frame["inactive"].unique().to_list()
    texts = {text: (text or "").strip().lower() for text in found}
    strange = [text for text, plain in texts.items() if plain not in _TRUE | _FALSE]
    if strange:
        raise MistakeError(
            "The column for inactive in the saved search holds something else than yes and no: use the field Inactive, "
            "a checkbox."
        )
    yes = [text for text, plain in texts.items() if plain in _TRUE and text is not None]
    return pl.col("inactive").is_in(yes).fill_null(value=False).alias("inactive")


def _numbers(cells: Sequence[Cell]) -> pl.Series:
    return pl.Series("internal_id", cells, pl.String).cast(pl.Int64)


def _text(cell: Cell) -> str | None:
    if isinstance(cell, bool):
        return "Yes" if cell else "No"
    return (cell[1] if isinstance(cell, list) else cell) or None


def _yes_or_no(cell: Cell) -> str | None:
    """Read a checkbox, whose values are booleans or the letters T and F, depending on the engine."""
    text = _text(cell) or ""
    return "Yes" if text.lower() in _TRUE else "No" if text.lower() in _FALSE else text


def _value(cell: Cell) -> str | None:
    return (cell[0] if isinstance(cell, list) else _text(cell)) or None
