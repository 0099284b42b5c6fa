"""One rule over all customers that are still open: whose key equals the key of which records.

Keys are compared by a 64-bit hash first, which is a third of the price of comparing strings, and then as strings, so
the answer is exact whatever the hash does. Records are grouped before they are joined: a value that half of all rows
share costs no more than one that nobody shares.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from assets.matching.tokens import Hash
from assets.matching.verdicts import grouped


@dataclass(frozen=True)
class Found:
    """Who found what.

    Args:
        single: `position`, `record` of customers that found one record.
        shared: `position`, `group` of customers that found several, the group as a row number of `groups`.
        groups: `candidates`, `lowest`, `shown`.
    """

    single: pl.DataFrame
    shared: pl.DataFrame
    groups: pl.DataFrame


def equal_keys(left: pl.DataFrame, right: pl.DataFrame) -> Found:
    """Return what each customer finds.

    Args:
        left: `position`, `key`, `hash` of customers, as `hashed_keys` returns them.
        right: `record`, `key`, `hash` of records.
    """
    if 2 * left.height < right.height:
        right = right.lazy().join(left.lazy().select("hash"), on="hash", how="semi").collect(engine="streaming")
    heads = _heads(right)
    hits = left.lazy().join(heads.lazy(), on="hash").collect(engine="streaming")
    alone, crowded = hits.filter(pl.col("at").is_not_null()), hits.filter(pl.col("at").is_null())
    single = _verified(alone, right)
    crowd = right.lazy().join(crowded.lazy().select("hash"), on="hash", how="semi")
    groups = grouped(crowd, "key").collect(engine="streaming").with_row_index("group")
    members = crowded.lazy().select("position", "key").join(groups.lazy().drop("shown"), on="key")
    return _found(single, members.collect(engine="streaming"), groups)


def hashed_keys(rows: pl.LazyFrame, hashed: Hash) -> pl.DataFrame:
    """Add the `hash` of each `key`, and leave out rows without one.

    Args:
        rows: `key`, and columns that stay as they are.
        hashed: any function of a key; a bad one costs time, never the truth.
    """
    is_filled = pl.col("key").str.len_bytes() > 0
    return rows.filter(is_filled).with_columns(hash=hashed(pl.col("key"))).collect(engine="streaming")


def keyed_records(
    records: pl.LazyFrame, columns: Sequence[str], key: Callable[[pl.Expr], pl.Expr], hashed: Hash
) -> Iterator[pl.DataFrame]:
    """Give `record`, `key`, `hash` for one rule after the other, named by their NetSuite columns.

    The keys of a column are made once, and kept only while a later rule wants the same column.
    """
    kept: dict[str, pl.DataFrame] = {}
    for at, column in enumerate(columns):
        if column not in kept:
            rows = records.select(key=key(pl.col(column).cast(pl.String)), record="internal_id")
            kept[column] = hashed_keys(rows, hashed)
        yield kept[column]
        if column not in columns[at + 1 :]:
            del kept[column]


def _heads(right: pl.DataFrame) -> pl.DataFrame:
    """Return one row per hash: the row `at` which it stands, null if it stands at several."""
    groups = right.lazy().select("hash").with_row_index("at").group_by("hash").agg(pl.col("at").min(), n=pl.len())
    at = pl.when(pl.col("n") == 1).then("at")
    return groups.select("hash", at=at).collect(engine="streaming")


def _verified(hits: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    # A gather over many chunks costs ten times one over a single chunk.
    records = right.select("record", theirs="key").rechunk().select(pl.all().gather(hits.get_column("at")))
    pairs = hits.select("position", "key").hstack(records)
    equal = pairs.lazy().filter(pl.col("key") == pl.col("theirs"))
    return equal.select("position", "record").collect(engine="streaming")


def _found(single: pl.DataFrame, members: pl.DataFrame, groups: pl.DataFrame) -> Found:
    """Sort out those that only seemed to find several, because two keys had one hash."""
    is_several = pl.col("candidates") > 1
    apart = members.filter(~is_several).select("position", record="lowest")
    return Found(
        pl.concat([single, apart]), members.filter(is_several).select("position", "group"), groups.drop("group", "key")
    )
