"""Which pairs are worth a look: those that have a number in common, so that not everybody is compared with everybody.

A record that shares a number with no customer is sorted out by a bit (`may_be_among`); a number that many records have
says nothing and is left out.
"""

from collections.abc import Iterable
from typing import Final

import polars as pl

_MOST_BITS: Final = 26
_BITS_FOR_EACH: Final = 6
"""So that a sixty-fourth of those that are not among the others may be taken to be, as long as there are few."""
_MOST_RECORDS: Final = 10
"""Records of one number, beyond which it says nothing."""
_TWICE: Final = 2
PAIRS: Final = pl.Schema({"position": pl.UInt32(), "record": pl.Int64()})


def pairs_by(ours: pl.DataFrame, theirs: pl.DataFrame, most: int = _MOST_RECORDS) -> pl.DataFrame:
    """Return `position`, `record` of those that have a number in common.

    Args:
        ours: `position`, `block`.
        theirs: `record`, `block`; nulls are nobody's.
        most: records that a number may have.
    """
    asked = ours.drop_nulls("block")
    wanted = may_be_among(theirs.drop_nulls("block"), asked.get_column("block"))
    # A record has a number twice at most, so that what many rows have is left out before rows are compared.
    often = wanted.group_by("block").len("rows").filter(pl.col("rows") <= _TWICE * most).select("block")
    some = wanted.join(often, on="block", how="semi")
    asked = may_be_among(asked, some.get_column("block"))
    sized = some.join(asked.select("block").unique(), on="block", how="semi").unique()
    few = sized.group_by("block").len("records").filter(pl.col("records") <= most).select("block")
    rare = sized.join(few, on="block", how="semi")
    return asked.join(rare, on="block").select("position", "record").unique()


def may_be_among(rows: pl.DataFrame, blocks: pl.Series) -> pl.DataFrame:
    """Return the rows whose `block` may be one of some, and surely all that are."""
    count = 1 << min(blocks.len().bit_length() + _BITS_FOR_EACH, _MOST_BITS)
    bits = pl.repeat(value=False, n=count, dtype=pl.Boolean, eager=True).scatter(_places(blocks, count), True)
    return rows.filter(bits.gather(_places(rows.get_column("block"), count)))


def _places(blocks: pl.Series, count: int) -> pl.Series:
    return (blocks % count).cast(pl.UInt32)


def halves(rows: pl.DataFrame, who: str, text: str, shifts: Iterable[int]) -> pl.DataFrame:
    """Return `who` and `block` of the first and the last half of texts.

    Of two texts that differ in one letter, one half is the same. Their lengths differ by one at most, so one side gives
    the halves of the other lengths as well.

    Args:
        rows: `who` and `text`.
        who: `position` or `record`.
        text: the column.
        shifts: lengths beside its own of which the halves are given: `(-1, 0, 1)` or `(0,)`.
    """
    length, parts = pl.col(text).str.len_chars().cast(pl.Int32), []
    for shift in shifts:
        half, size = (length + shift) // 2, (length + shift).cast(pl.UInt64)
        parts += [
            rows.lazy().select(who, block=pl.col(text).str.head(half).hash(1) ^ size),
            rows.lazy().select(who, block=pl.col(text).str.tail(half).hash(2) ^ size),
        ]
    return pl.concat(parts).collect(engine="streaming")
