"""NetSuite customers from text under our names, whether an export file or the API gave it.

What a stage and a checkbox mean, which columns every frame has, and that its rows are unique by id is said here alone.
Making text of what it has is up to each source; which word means what is in `schemas.system_words`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from resources.extracts.extract import UnknownWords
from resources.extracts.unique import RowSource, unique_by_id
from schemas.customers import NetsuiteCustomers
from schemas.no_value import NETSUITE_EMPTY
from schemas.system_words import BUILT_IN, SystemWords

STAGE_VALUE: Final = "stage value"  # as no field is called, for the space
"""Beside the text shown for a stage, which is translated, a source may give its value, which is not."""

_COLUMNS: Final = tuple(NetsuiteCustomers.to_schema().columns)
_TEXTS: Final = tuple(name for name in _COLUMNS if name not in {"internal_id", "is_customer", "inactive"})
_INTERNAL_STAGES: Final = {"CUSTOMER": True, "LEAD": False, "PROSPECT": False}
_EMPTY_MARKS: Final = [mark.lower() for mark in NETSUITE_EMPTY]
_MOST_WORDS: Final = 1_000
"""A stage or a checkbox has few words; of another column, that was mapped by mistake, no more are looked up."""


@dataclass(frozen=True)
class NetsuiteRows:
    """The rows of a saved search with their types.

    Attributes:
        frame: `schemas.customers.NetsuiteCustomers`, then the custom columns, in the order of the text.
        read: how many there were before those that repeat another one were dropped.
        unknown: the words that are in no list; their rows pass for no customers, and for active.
    """

    frame: pl.DataFrame
    read: int
    unknown: tuple[UnknownWords, ...] = ()


def customers_from_text(
    text: pl.DataFrame, fields: Mapping[str, str], source: RowSource, words: SystemWords = BUILT_IN
) -> NetsuiteRows:
    """Give the rows of a saved search their types, and drop those that repeat another one.

    Args:
        text: `internal_id` as a number; as text, a column for each further name in `fields`, and `STAGE_VALUE` or not.
        fields: our name → the column's label.
        source: what messages say of who gave the rows.
        words: what the words of stages and checkboxes mean.

    Raises:
        UserError: of the kind of `source`: two rows of one id differ.
    """
    custom = [name for name in fields if name not in _COLUMNS]
    absent = [pl.lit(None, pl.String).alias(name) for name in _TEXTS if name not in text.columns]
    is_customer, inactive = _is_customer(text, words), _inactive(text, words)
    unknown = (_unknown(text, "stage", is_customer), _unknown(text, "inactive", inactive))
    # Under one name, so that what is in memory whole goes when its next form is there.
    text = text.with_columns(is_customer.fill_null(value=False), inactive.fill_null(value=False), *absent)
    text = text.select(*_COLUMNS, *custom)
    frame = unique_by_id(text, "internal_id", source)
    return NetsuiteRows(frame, text.height, tuple(found for found in unknown if found))


def without_empty_marks(text: pl.DataFrame) -> pl.DataFrame:
    """Return the text of an export with nothing where NetSuite shows `- None -`, in any of its languages.

    So it shows an empty field, in which nothing stands that a write could meet. The words of a stage or a checkbox stay
    as they are: there they are no answer.
    """
    names = [name for name in text.columns if name not in {"internal_id", "stage", "inactive"}]
    marked = [name for name in names if text.get_column(name).str.starts_with("- ").any()]
    is_empty = {name: pl.col(name).str.strip_chars().str.to_lowercase().is_in(_EMPTY_MARKS) for name in marked}
    return text.with_columns(pl.when(~is_empty[name]).then(pl.col(name)).alias(name) for name in marked)


def _is_customer(text: pl.DataFrame, words: SystemWords) -> pl.Series:
    """Everybody is one where the stage is not mapped (M2); null where it means nothing."""
    if "stage" not in text.columns:
        return pl.repeat(value=True, n=text.height, eager=True, dtype=pl.Boolean).alias("is_customer")
    shown = _meaning(text.get_column("stage"), words.is_customer)
    if STAGE_VALUE not in text.columns:
        return shown.alias("is_customer")
    value = text.get_column(STAGE_VALUE).str.to_uppercase()
    internal = value.replace_strict(_INTERNAL_STAGES, default=None, return_dtype=pl.Boolean)
    return internal.zip_with(internal.is_not_null(), shown).alias("is_customer")


def _inactive(text: pl.DataFrame, words: SystemWords) -> pl.Series:
    """Everybody is active where that is not mapped; null where it means nothing."""
    if "inactive" not in text.columns:
        return pl.repeat(value=False, n=text.height, eager=True, dtype=pl.Boolean).alias("inactive")
    return _meaning(text.get_column("inactive"), words.answer)


def _meaning(texts: pl.Series, meaning: Callable[[str | None], bool | None]) -> pl.Series:
    distinct = texts.unique().head(_MOST_WORDS).to_list()
    meant = {word: meaning(word) for word in distinct}
    return texts.replace_strict(list(meant), list(meant.values()), default=None, return_dtype=pl.Boolean)


def _unknown(text: pl.DataFrame, name: str, meant: pl.Series) -> UnknownWords | None:
    if not meant.null_count():
        return None
    rows = text.filter(meant.is_null()).group_by(name).len().sort("len", name, descending=[True, False])
    return UnknownWords(name, rows.height, {word or "": count for word, count in rows.head(_MOST_WORDS).iter_rows()})
