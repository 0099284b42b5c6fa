"""NetSuite customers from text under our names, whether an export file or the API gave it.

What a stage and a checkbox mean, which columns every frame has, and that its rows are unique by id is said here alone.
Making text of what it has is up to each source.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from resources.extracts import Source, unique_by_id
from schemas.customers import NetsuiteCustomers
from schemas.errors import MistakeError

STAGE_VALUE: Final = "stage value"  # as no field is called, for the space
"""Beside the text shown for a stage, which is translated, a source may give its value, which is not."""

_COLUMNS: Final = tuple(NetsuiteCustomers.to_schema().columns)
_TEXTS: Final = tuple(name for name in _COLUMNS if name not in {"internal_id", "is_customer", "inactive"})
_CUSTOMER: Final = "customer"
_YES: Final = ("yes", "true", "t", "y", "1")
_NO: Final = ("no", "false", "f", "n", "0", "")


def customers_from_text(text: pl.DataFrame, fields: Mapping[str, str], source: Source) -> pl.DataFrame:
    """Give the rows of a saved search their types, and drop those that repeat another one.

    Args:
        text: `internal_id` as a number; as text, a column for each further name in `fields`, and `STAGE_VALUE` or not.
        fields: our name → the column's label.
        source: what messages say of who gave the rows.

    Returns:
        `schemas.customers.NetsuiteCustomers`, then the custom columns, with the rows in the order of `text`.

    Raises:
        MistakeError: of the kind of `source`: two rows of one id differ, or the column for `inactive` is no checkbox.
    """
    custom = [name for name in fields if name not in _COLUMNS]
    absent = [pl.lit(None, pl.String).alias(name) for name in _TEXTS if name not in text.columns]
    typed = text.with_columns(_is_customer(text), _inactive(text, fields, source), *absent)
    return unique_by_id(typed.select(*_COLUMNS, *custom), "internal_id", source)


def _is_customer(text: pl.DataFrame) -> pl.Expr:
    """Everybody is one where the stage is not known (M2)."""
    stages = [name for name in ("stage", STAGE_VALUE) if name in text.columns]
    is_customer = pl.col(stages).str.strip_chars().str.to_lowercase() == _CUSTOMER
    known = pl.any_horizontal(is_customer).fill_null(value=False) if stages else pl.lit(value=True)
    return known.alias("is_customer")


def _inactive(text: pl.DataFrame, fields: Mapping[str, str], source: Source) -> pl.Series:
    if "inactive" not in text.columns:
        return pl.repeat(value=False, n=text.height, eager=True, dtype=pl.Boolean).alias("inactive")
    given = text.get_column("inactive").fill_null("")
    words = given.unique()
    plain = words.str.strip_chars().str.to_lowercase()
    strange = words.filter(~plain.is_in([*_YES, *_NO]))
    if strange.len():
        raise _not_a_checkbox(text.filter(given.is_in(strange.to_list())), fields["inactive"], source)
    return given.is_in(words.filter(plain.is_in(_YES)).to_list())


def _not_a_checkbox(rows: pl.DataFrame, label: str, source: Source) -> MistakeError:
    others = f" ({rows.height - 1:,} other rows likewise)" if rows.height > 1 else ""
    return source.error(
        f"{source.name} has something else than Yes or No under {label!r} for the id {rows.item(0, 'internal_id')}"
        f"{others}: map inactive to NetSuite's own Inactive column, a checkbox."
    )
