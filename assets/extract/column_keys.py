"""What the columns of an extract that rules compare hold: their keys, made once, and what the checks see in them.

Keys of a column are handed on by `keep`, as matching compares by the same ones.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from assets.keys import hashed_keys, with_keys
from assets.no_values import is_damaged, is_placeholder, rows_without_value
from schemas.repeated import at_rows, is_repeated

Keep = Callable[[str, pl.DataFrame], None]
"""Is given a column, and of its rows that have one `position`, `key`, `hash`."""


@dataclass(frozen=True)
class ColumnFlags:
    """What is the matter with a column, row by row (Boolean).

    Attributes:
        is_filled: it has a value.
        is_shared: another row has the same value.
        is_placeholder: something is written there that stands for no value.
        is_damaged: a number is there that a spreadsheet damaged.
    """

    is_filled: pl.Series
    is_shared: pl.Series
    is_placeholder: pl.Series
    is_damaged: pl.Series


def flags_by_column(
    customers: pl.LazyFrame,
    columns: Sequence[str],
    no_value: frozenset[str],
    keep: Keep = lambda *_: None,
) -> Mapping[str, ColumnFlags]:
    """Look at columns one after the other.

    Args:
        customers: one side.
        columns: those to be looked at.
        no_value: keys of placeholders.
        keep: takes the keys of each column, without those that stand for no value.
    """
    height: int = customers.select(pl.len()).collect().item()
    flags = {}
    for column in columns:
        texts = customers.select(text=pl.col(column).cast(pl.String)).with_row_index("position")
        keys = hashed_keys(with_keys(texts))
        none = rows_without_value(keys, no_value)
        values = keys if none.is_empty() else keys.filter(~at_rows(none, keys.height))
        flags[column] = _flags(keys[none], values, height, no_value)
        keep(column, values)
    return flags


def _flags(none: pl.DataFrame, values: pl.DataFrame, height: int, no_value: frozenset[str]) -> ColumnFlags:
    key = pl.col("key")
    again = is_repeated(values.get_column("key"), values.get_column("hash"))
    rows = (
        values.get_column("position"),
        values.filter(again).get_column("position"),
        none.filter(is_placeholder(key, no_value)).get_column("position"),
        none.filter(is_damaged(key)).get_column("position"),
    )
    return ColumnFlags(*(at_rows(each, height) for each in rows))
