"""From the rows of a page to a frame of text: which column of the saved search feeds which name.

Columns are found by label, as in an export of the same search, and give the same text as such an export: the text
shown for a list field, `Yes` and `No` for a checkbox. Only where codes are wanted, it is the code of a country or a
language.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl
from pydantic import BaseModel

from resources.extracts.netsuite_rows import STAGE_VALUE
from schemas.errors import UserError
from schemas.link_fields import BY_NAME

_WORDS: Final = frozenset({"Yes", "No", ""})
_LETTERS: Final = {"T": "Yes", "F": "No", "true": "Yes", "false": "No"}
"""What older engines give for a checkbox, and how an export writes it."""

_CODE: Final = r"^[A-Za-z]{2,3}(?:[_-][A-Za-z0-9]{2,4})*$"


class SearchColumn(BaseModel):
    """One column of a saved search, as NetSuite describes it."""

    name: str
    label: str
    join: str | None
    type: str | None


@dataclass(frozen=True)
class Wanted:
    """The columns that a read asks for.

    Attributes:
        names: our names.
        numbers: of their columns in the saved search.
        checkboxes: those that are `Yes` and `No`.
        coded: those whose code is wanted, where NetSuite gives one, in place of its name in the language of a user.
    """

    names: tuple[str, ...]
    numbers: tuple[int, ...]
    checkboxes: frozenset[str] = frozenset()
    coded: frozenset[str] = frozenset()


def choose(
    search_id: str, columns: Sequence[SearchColumn], fields: Mapping[str, str], written: Mapping[str, str] | None = None
) -> Wanted:
    """Find the column of each name by its label.

    Args:
        search_id: of the saved search, for messages.
        columns: all columns of the search.
        fields: our name → the column's label.
        written: our name → the id of the field that is written under it, where it is.

    Raises:
        UserError: no column, or several, with that label; the message says which labels there are. Or a column
            shows another field than the one that is written, so that a change would never be seen, and be planned again
            and again.
    """
    labels = [column.label.strip() for column in columns]
    names = [name for name in fields if name != "internal_id"]
    for name in names:
        count = labels.count(fields[name].strip())
        if count != 1:
            listed = ", ".join(f"“{label}”" for label in labels)
            found = "no column" if count == 0 else f"{count} columns"
            raise UserError(
                f"The saved search {search_id} has {found} labelled “{fields[name]}” (for {name}). Its labels are "
                f"{listed}: change netsuite_fields, or the custom label on the Results tab of the search."
            )
    numbers = {name: labels.index(fields[name].strip()) for name in names}
    for name, field_id in (written or {}).items():
        _check_is_written(search_id, name, fields[name], columns[numbers[name]], field_id)
    checkboxes = frozenset(name for name, number in numbers.items() if columns[number].type == "checkbox")
    return Wanted(tuple(numbers), tuple(numbers.values()), checkboxes)


def _check_is_written(search_id: str, name: str, label: str, column: SearchColumn, field_id: str) -> None:
    """Compare where it can be compared: a joined column or a formula has no field id of the customer."""
    is_plain = column.join is None and not column.name.startswith("formula")
    if not is_plain or column.name.lower() == field_id.lower():
        return
    setting = BY_NAME[name].setting
    advice = f", or set {setting} to {column.name}" if setting else ""
    raise UserError(
        f"The saved search {search_id} shows the field {column.name} under “{label}” (for {name}), but what is written "
        f"is {field_id}, so that a change would never be seen: map {name} to the column of {field_id}{advice}, or "
        f"switch off {name} under writes."
    )


@dataclass(frozen=True)
class Page:
    """One answer of the RESTlet: ids, and of each column the values, and the texts shown if any differs."""

    ids: Sequence[int]
    values: Sequence[Sequence[str]]
    texts: Sequence[Sequence[str | None] | None]


def page_frame(page: Page, wanted: Wanted) -> pl.DataFrame:
    """Make a frame of one page: `internal_id`, the wanted columns as text, and `STAGE_VALUE` where stage is wanted."""
    columns = [pl.Series("internal_id", page.ids, pl.Int64)]
    for name, cells, shown in zip(wanted.names, page.values, page.texts, strict=True):
        value = _null_if_empty(pl.Series(name, cells, pl.String))
        has_letters = name in wanted.checkboxes and not _WORDS.issuperset(cells)
        text = value.replace(_LETTERS) if has_letters else _shown(value, shown)
        columns.append(_code_or(text, value) if name in wanted.coded else text)
        if name == "stage":
            columns.append(value.alias(STAGE_VALUE))
    return pl.DataFrame(columns)


def no_rows(wanted: Wanted) -> pl.DataFrame:
    """Make the frame of a page without rows."""
    nothing: list[str] = []
    return page_frame(Page([], [nothing] * len(wanted.names), [None] * len(wanted.names)), wanted)


def _shown(value: pl.Series, shown: Sequence[str | None] | None) -> pl.Series:
    return value if shown is None else pl.Series(value.name, shown, pl.String).fill_null(value)


def _code_or(text: pl.Series, value: pl.Series) -> pl.Series:
    """What stands behind a name, if it is a code such as `DE` or `en_US`, and not an internal id."""
    return text.zip_with(~value.str.contains(_CODE).fill_null(value=False), value)


def _null_if_empty(values: pl.Series) -> pl.Series:
    return values.set(values == "", None)
