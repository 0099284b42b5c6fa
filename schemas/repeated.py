"""Which values are there more than once, or in another column, by their hashes: a tenth of the price of texts."""

from collections.abc import Iterable
from functools import reduce
from operator import or_

import polars as pl


def are_distinct(values: pl.Series) -> bool:
    """Return whether values are distinct because they rise, or their hashes are; a hint where two hashes are equal."""
    return (values.dtype.is_integer() and are_rising(values)) or values.hash().n_unique() == values.len()


def are_rising(numbers: pl.Series) -> bool:
    """Return whether each number is higher than the one before, so that all are distinct; where one is null, no.

    >>> [are_rising(pl.Series(numbers, dtype=pl.Int64)) for numbers in ([1, 2, 9], [1, 1], [1, None, 1], [])]
    [True, False, False, True]
    """
    return numbers.null_count() == 0 and bool((numbers > numbers.shift())[1:].all())


def may_be_among(values: pl.Expr, some: pl.Series) -> pl.Expr:
    """Return whether values may be one of some, as all are that are: few others, so that a join has few rows.

    A join makes a table of all that it is given, and numbers are soon compared.
    """
    return values.hash().is_in(some.hash().implode())


def at_rows(rows: pl.Series, count: int) -> pl.Series:
    """Return which of so many rows are these.

    >>> at_rows(pl.Series([2, 0]), 3).to_list()
    [True, False, True]
    """
    return pl.repeat(value=False, n=count, dtype=pl.Boolean, eager=True).scatter(rows, True)


def is_any(flags: Iterable[pl.Series], count: int) -> pl.Series:
    """Return of so many rows whether any of the flags is set; there may be no flags."""
    return reduce(or_, flags, pl.repeat(value=False, n=count, dtype=pl.Boolean, eager=True))


def are_among(values: pl.Series, some: pl.Series) -> pl.Series:
    """Return which values are one of some, as `Series.is_in` does; null is one where null is among them.

    >>> are_among(pl.Series(["a", "b", None]), pl.Series(["b", None])).to_list()
    [False, True, True]
    """
    rows = values.hash().is_in(some.hash().implode()).arg_true()
    is_one = values.gather(rows).is_in(some.implode(), nulls_equal=True)
    return at_rows(rows.filter(is_one), values.len())


def is_repeated(values: pl.Series, hashes: pl.Series | None = None) -> pl.Series:
    """Return what `Series.is_duplicated` does.

    Equal values have equal hashes, which may be known, so that only those whose hash is there again are compared.

    >>> is_repeated(pl.Series(["a", None, "b", "a", None])).to_list()
    [True, True, False, True, True]
    """
    hashes = values.hash() if hashes is None else hashes
    in_order = hashes.sort()
    again = in_order.filter(in_order == in_order.shift()).unique()
    rows = hashes.is_in(again.implode()).arg_true()
    return at_rows(rows.filter(values.gather(rows).is_duplicated()), values.len()).alias(values.name)
