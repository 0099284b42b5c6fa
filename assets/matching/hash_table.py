"""Looking up hashes among others: by a table with a slot for each value of their last bits, read and written in bulk.

A join makes such a table, too, but of whole rows and for rows in any number; this one holds row numbers, each slot one,
and says which rows did not get theirs. It costs half of a join.
"""

from dataclasses import dataclass
from typing import Final, TypeVar

import polars as pl

from schemas.repeated import at_rows

_SLOTS_FOR_EACH: Final = 2
_BITS_FOR_EACH: Final = 4
"""As powers of two: more of them cost memory, fewer cost rows that look alike."""
_MOST_BITS: Final = 31
_BITS: Final = 32
"""Of a hash, those that are looked at."""

_Hashes = TypeVar("_Hashes", pl.Series, pl.Expr)


@dataclass(frozen=True)
class Met:
    """Who was met in the table.

    Attributes:
        found: of each asked row the known row in its slot, which may have another hash.
        is_found: whether there is one. A null in `found` would cost a third more.
        twins: known rows without a slot, as another row of the same hash has it.
        holders: of each twin the row that has it.
        without_slot: known rows whose slot a row of another hash has; several of them may have one hash.
    """

    found: pl.Series
    is_found: pl.Series
    twins: pl.Series
    holders: pl.Series
    without_slot: pl.Series


def meet(asked: pl.Series, known: pl.Series) -> Met:
    """Look up hashes among those that are known.

    >>> met = meet(pl.Series([5, 7, 9], dtype=pl.UInt64), pl.Series([7, 5, 7], dtype=pl.UInt64))
    >>> met.found.to_list(), met.is_found.to_list(), met.twins.to_list(), met.holders.to_list()
    ([1, 2, 3], [True, True, False], [0], [2])
    """
    bits = min(known.len().bit_length() + _SLOTS_FOR_EACH, _MOST_BITS)
    nobody = known.len()
    rows = pl.int_range(nobody, dtype=pl.UInt32, eager=True)
    slots = _last_bits(known, bits)
    table = pl.repeat(nobody, 1 << bits, dtype=pl.UInt32, eager=True).scatter(slots, rows)
    # Both at once, so that they are read side by side.
    read = pl.collect_all([_read(table, slots), _read(table, _last_bits(asked, bits))])
    holders, found = (row.to_series() for row in read)
    others = rows.filter(rows != holders)
    held_by = holders.gather(others)
    is_same = known.gather(held_by) == known.gather(others)
    return Met(found, found != nobody, others.filter(is_same), held_by.filter(is_same), others.filter(~is_same))


def may_be_among(hashes: pl.Series, some: pl.Series) -> pl.Series:
    """Return true where a hash is one of some, false where it is none but for a few: a third of the price of a join.

    By other bits than `meet` takes, so that the few do not want the slots of those that they look like.
    """
    slots = slots_of(some)
    return slots.gather(_middle_bits(hashes, slots.len()))


def slots_of(some: pl.Series) -> pl.Series:
    """Return the table by which hashes are looked for among some, again and again."""
    count = 1 << min(some.len().bit_length() + _BITS_FOR_EACH, _MOST_BITS)
    return at_rows(_middle_bits(some, count), count)


def may_be_in(slots: pl.Series, hashes: pl.Expr) -> pl.Expr:
    """Return `may_be_among` as an expression, of the table of those."""
    return pl.lit(slots).gather(_middle_bits(hashes, slots.len()))


def _middle_bits(hashes: _Hashes, count: int) -> _Hashes:
    return hashes.cast(pl.UInt32, wrap_numerical=True) // ((1 << _BITS) // count)


def _last_bits(hashes: pl.Series, bits: int) -> pl.Series:
    return hashes.cast(pl.UInt32, wrap_numerical=True) & (1 << bits) - 1


def _read(table: pl.Series, slots: pl.Series) -> pl.LazyFrame:
    return slots.to_frame("slot").lazy().select(pl.lit(table).gather("slot").alias("row"))
