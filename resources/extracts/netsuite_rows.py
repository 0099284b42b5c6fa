"""NetSuite customers from text under our names, whether an export file or the API gave it.

What a stage and a checkbox mean, which columns every frame has, and that its rows are unique by id is said here alone.
Making text of what it has is up to each source; which word means what is in `schemas.system_words`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from resources.extracts.extract import UnknownWords
from resources.extracts.on_disk import Disk, OnDisk
from resources.extracts.unique import RowSource, unique_by_id
from schemas.customers import NetsuiteCustomers
from schemas.no_value import NETSUITE_EMPTY
from schemas.system_words import BUILT_IN, SystemWords

STAGE_VALUE: Final = "stage value"  # as no field is called, for the space
"""Beside the text shown for a stage, which is translated, a source may give its value, which is not."""

_COLUMNS: Final = tuple(NetsuiteCustomers.to_schema().columns)
_TEXTS: Final = tuple(name for name in _COLUMNS if name not in {"internal_id", "is_customer", "inactive"})
_INTERNAL_STAGES: Final[Mapping[str | None, bool | None]] = {"CUSTOMER": True, "LEAD": False, "PROSPECT": False}
_EMPTY_MARKS: Final = [mark.lower() for mark in NETSUITE_EMPTY]
_MOST_WORDS: Final = 1_000
"""A stage or a checkbox has few words; of another column, that was mapped by mistake, no more are looked up."""


_FLAGS: Final = {"is_customer": "is a customer", "inactive": "is inactive"}
"""Under these names, as no field is called, beside the text that they are read from."""


@dataclass(frozen=True)
class NetsuiteRows:
    """The rows of a saved search with their types.

    Attributes:
        frame: `schemas.customers.NetsuiteCustomers`, then the custom columns, in the order of the text.
        read: how many there were before those that repeat another one were dropped.
        unknown: the words that are in no list; their rows pass for no customers, and for active.
        on_disk: the rows, if they are not in memory; `frame` then has none.
    """

    frame: pl.DataFrame
    read: int
    unknown: tuple[UnknownWords, ...] = ()
    on_disk: OnDisk | None = None

    @property
    def duplicates(self) -> int:
        """How many repeated another one."""
        return self.read - (self.on_disk or self.frame).height


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
    flagged = text.with_columns(_flags(text.columns, words, lambda name: text.get_column(name).unique()))
    columns = _columns(text.columns, fields)
    read, unknown = text.height, _unknown(flagged.lazy())
    # Under one name, so that what is in memory whole goes when its next form is there.
    text = flagged.select(columns)
    del flagged
    return NetsuiteRows(unique_by_id(text, "internal_id", source), read, unknown)


def customers_on_disk(
    text: OnDisk, disk: Disk, fields: Mapping[str, str], source: RowSource, words: SystemWords = BUILT_IN
) -> NetsuiteRows:
    """Do the same with rows on the disk, and leave them there. Arguments and errors as for `customers_from_text`."""
    names = text.rows.collect_schema().names()
    flags = _flags(names, words, lambda name: text.rows.select(pl.col(name).unique()).collect().to_series())
    flagged = text.rows.with_columns(flags)
    rows = disk.unique_by_id(disk.kept(flagged.select(_columns(names, fields))), "internal_id", source)
    return NetsuiteRows(rows.rows.head(0).collect(), text.height, _unknown(flagged), rows)


def without_empty_marks(text: pl.DataFrame) -> pl.DataFrame:
    """Return the text of an export with nothing where NetSuite shows `- None -`, in any of its languages.

    So it shows an empty field, in which nothing stands that a write could meet. The words of a stage or a checkbox stay
    as they are: there they are no answer.
    """
    names = _texts_of(text.columns)
    marked = [name for name in names if text.get_column(name).str.starts_with("- ").any()]
    return text.with_columns(map(_unmarked, marked))


def empty_marks_removed(text: pl.LazyFrame) -> pl.LazyFrame:
    """Do the same with rows that are not in memory."""
    names = _texts_of(text.collect_schema().names())
    [is_marked] = text.select(pl.col(names).str.starts_with("- ").any()).collect().rows(named=True) or [{}]
    return text.with_columns(_unmarked(name) for name in names if is_marked.get(name))


def _texts_of(names: Sequence[str]) -> list[str]:
    return [name for name in names if name not in {"internal_id", "stage", "inactive"}]


def _unmarked(name: str) -> pl.Expr:
    is_empty = pl.col(name).str.strip_chars().str.to_lowercase().is_in(_EMPTY_MARKS)
    return pl.when(~is_empty).then(pl.col(name)).alias(name)


def _columns(names: Sequence[str], fields: Mapping[str, str]) -> list[pl.Expr]:
    """The columns of a frame with flags, as `schemas.customers` has them; a word that means nothing is a no."""
    custom = [name for name in fields if name not in _COLUMNS]
    flags = {name: pl.col(flag).fill_null(value=False).alias(name) for name, flag in _FLAGS.items()}
    nothing = {name: pl.lit(None, pl.String).alias(name) for name in _TEXTS if name not in names}
    return [(flags | nothing).get(name, pl.col(name)) for name in (*_COLUMNS, *custom)]


def _flags(names: Sequence[str], words: SystemWords, distinct: Callable[[str], pl.Series]) -> list[pl.Expr]:
    """Who is a customer, and who is inactive: as far as that is mapped (M2), and null where a word means nothing."""
    is_customer, inactive = pl.lit(value=True), pl.lit(value=False)
    if "stage" in names:
        is_customer = _meaning("stage", distinct("stage"), words.is_customer)
    if "stage" in names and STAGE_VALUE in names:
        internal = _yes_or_no(pl.col(STAGE_VALUE).str.to_uppercase(), _INTERNAL_STAGES)
        is_customer = pl.coalesce(internal, is_customer)
    if "inactive" in names:
        inactive = _meaning("inactive", distinct("inactive"), words.answer)
    return [is_customer.alias(_FLAGS["is_customer"]), inactive.alias(_FLAGS["inactive"])]


def _meaning(name: str, distinct: pl.Series, meaning: Callable[[str | None], bool | None]) -> pl.Expr:
    return _yes_or_no(pl.col(name), {word: meaning(word) for word in distinct.head(_MOST_WORDS).to_list()})


def _yes_or_no(text: pl.Expr, meant: Mapping[str | None, bool | None]) -> pl.Expr:
    """What texts mean; null where that is open. Row by row, as `replace_strict` wants the whole column at once."""
    yes, no = ([word for word, means in meant.items() if means is wanted] for wanted in (True, False))
    is_yes, is_no = (text.is_in(pl.Series(words, dtype=pl.String).implode(), nulls_equal=True) for words in (yes, no))
    return pl.when(is_yes).then(pl.lit(value=True)).when(is_no).then(pl.lit(value=False))


def _unknown(flagged: pl.LazyFrame) -> tuple[UnknownWords, ...]:
    nulls = flagged.select(pl.col(list(_FLAGS.values())).null_count()).collect()
    words = ("stage", "is_customer"), ("inactive", "inactive")
    return tuple(_unknown_of(flagged, name, _FLAGS[flag]) for name, flag in words if nulls.item(0, _FLAGS[flag]))


def _unknown_of(flagged: pl.LazyFrame, name: str, flag: str) -> UnknownWords:
    counted = flagged.filter(pl.col(flag).is_null()).group_by(name).len()
    rows = counted.sort("len", name, descending=[True, False]).collect()
    return UnknownWords(name, rows.height, {word or "": count for word, count in rows.head(_MOST_WORDS).iter_rows()})
