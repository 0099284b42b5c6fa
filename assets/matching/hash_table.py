"""Looking up hashes among others: by a table with a slot for each value of their last bits, read and written in bulk.

A join makes such a table, too, but of whole rows and for rows in any number; this one holds row numbers, each slot one,
and says which rows did not get theirs. It costs half of a join.
"""

from dataclasses import dataclass
from typing import Final

import polars as pl

from schemas.repeated import at_rows

_SLOTS_FOR_EACH: Final = 2
_BITS_FOR_EACH: Final = 4
"""As powers of two: more of them cost memory, fewer cost rows that look alike."""
_MOST_BITS: Final = 31


@dataclass(frozen=True)
class Met:
    """Who was met in the table.

    Attributes:
        found: of each asked row the known row in its slot, which may have another hash.
        is_found: whether there is one. A null in `found` would cost a third more.
        is_shared: of each known row, whether another one has the same hash.
        without_slot: known rows that nobody finds, as another hash has their slot; none of those that are shared.
    """

    found: pl.Series
    is_found: pl.Series
    is_shared: pl.Series
    without_slot: pl.Series


def meet(asked: pl.Series, known: pl.Series) -> Met:
    """Look up hashes among those that are known.

    >>> met = meet(pl.Series([5, 7, 9], dtype=pl.UInt64), pl.Series([7, 5, 7], dtype=pl.UInt64))
    >>> met.is_found.to_list(), met.is_shared.to_list()
    ([True, True, False], [True, False, True])
    """
    bits = min(known.len().bit_length() + _SLOTS_FOR_EACH, _MOST_BITS)
    nobody = known.len()
    rows = pl.int_range(nobody, dtype=pl.UInt32, eager=True)
    slots = _last_bits(known, bits)
    table = pl.repeat(nobody, 1 << bits, dtype=pl.UInt32, eager=True).scatter(slots, rows)
    # Both at once, so that they are read side by side.
    holders, found = pl.collect_all([_read(table, slots), _read(table, _last_bits(asked, bits))])
    row = found.to_series()
    return Met(row, row != nobody, *_others(known, rows, holders.to_series()))


def may_be_among(hashes: pl.Series, some: pl.Series) -> pl.Series:
    """Return true where a hash is one of some, false where it is none but for a few: a third of the price of a join."""
    bits = min(some.len().bit_length() + _BITS_FOR_EACH, _MOST_BITS)
    are_there = pl.repeat(value=False, n=1 << bits, dtype=pl.Boolean, eager=True)
    return are_there.scatter(_last_bits(some, bits), True).gather(_last_bits(hashes, bits))


def _last_bits(hashes: pl.Series, bits: int) -> pl.Series:
    return hashes.cast(pl.UInt32, wrap_numerical=True) & (1 << bits) - 1


def _read(table: pl.Series, slots: pl.Series) -> pl.LazyFrame:
    return slots.to_frame("slot").lazy().select(pl.lit(table).gather("slot").alias("row"))


def _others(known: pl.Series, rows: pl.Series, holders: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return `is_shared` and `without_slot`, of the few rows that do not hold their slot."""
    others = rows.filter(rows != holders)
    held_by, hashes = holders.gather(others), known.gather(others)
    is_same = known.gather(held_by) == hashes
    rest, rest_hashes = others.filter(~is_same), hashes.filter(~is_same)
    is_again = rest_hashes.is_duplicated()
    shared = pl.concat([others.filter(is_same), held_by.filter(is_same), rest.filter(is_again)])
    return at_rows(shared, known.len()), rest.filter(~is_again)
