"""The keys of both sides of a rule, all at once or in buckets through the disk, where memory would not hold them.

A key is in the bucket that its hash says, on either side, so that equal keys meet in one bucket and a rule that finds
equal keys finds in each bucket what it would find of its keys among all. What is in memory is some rows while keys are
made, then one bucket of both sides.
"""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from assets.matching.comparison import Comparison
from assets.matching.match_rule import MatchRule, Side
from assets.matching.side_keys import keyed_records, side_keys

_POSITION: Final = pl.col("position")
_RECORD: Final = pl.col("internal_id").alias("record")
_BATCH: Final = 1 << 20
"""Rows whose keys are made at a time."""


@dataclass(frozen=True)
class Buckets:
    """How keys are parted.

    Attributes:
        folder: of a stage alone, for what is in its buckets.
        count: into how many.
    """

    folder: Path
    count: int


@dataclass(frozen=True)
class RuleKeys:
    """What a rule compares.

    Attributes:
        parts: keys of customers and keys of records, `side_keys` both, such that equal ones are in the same part.
        customers: the keys of all customers.
    """

    parts: Iterable[tuple[pl.DataFrame, pl.DataFrame]]
    customers: pl.LazyFrame


def keys_of_rules(
    customers: pl.LazyFrame,
    records: pl.LazyFrame,
    rules: Sequence[MatchRule],
    compare: Comparison,
    no_value: frozenset[str],
    buckets: Buckets | None,
) -> Iterator[RuleKeys]:
    """Give the keys of one rule after the other, those of all customers and of all these records."""
    if buckets is None:
        sides = [rule.netsuite_side for rule in rules]
        for rule, theirs in zip(rules, keyed_records(records, sides, compare, no_value), strict=True):
            ours = side_keys(customers, rule.stripe_side, _POSITION, compare)
            yield RuleKeys([(ours, theirs)], ours.lazy())
    else:
        yield from _in_buckets(customers, records, rules, compare, no_value, buckets)


def _in_buckets(
    customers: pl.LazyFrame,
    records: pl.LazyFrame,
    rules: Sequence[MatchRule],
    compare: Comparison,
    no_value: frozenset[str],
    buckets: Buckets,
) -> Iterator[RuleKeys]:
    kept: dict[tuple[Side, int], _Parted] = {}
    for at, rule in enumerate(rules):
        count = buckets.count if rule.is_by_one_key else 1
        side = rule.netsuite_side
        if (side, count) not in kept:
            room = Buckets(buckets.folder / f"records {at}", count)
            kept[side, count] = _Parted.of(_Rows.of(records, "internal_id", _RECORD, side), compare, no_value, room)
        room = Buckets(buckets.folder / f"customers {at}", count)
        asked = _Rows.of(customers, "position", _POSITION, rule.stripe_side)
        ours, theirs = _Parted.of(asked, compare, None, room), kept[side, count]
        yield RuleKeys(((ours.bucket(number), theirs.bucket(number)) for number in range(count)), ours.rows)
        shutil.rmtree(ours.folder, ignore_errors=True)


@dataclass(frozen=True)
class _Parted:
    """The keys of one side in buckets."""

    folder: Path
    schema: pl.Schema

    @classmethod
    def of(cls, side: "_Rows", compare: Comparison, no_value: frozenset[str] | None, buckets: Buckets) -> "_Parted":
        """Make the keys and write them, some rows at a time."""
        schema = side.keys(side.rows.limit(0), compare, no_value).schema
        bucket = (pl.col("hash") // _LAST_BITS % buckets.count).cast(pl.UInt32).alias(_BUCKET)
        for number, batch in enumerate(side.rows.collect_batches(chunk_size=_BATCH, maintain_order=False)):
            files = pl.PartitionBy(buckets.folder / str(number), key=bucket, include_key=False)
            side.keys(batch.lazy(), compare, no_value).lazy().sink_ipc(files, mkdir=True)
        return cls(buckets.folder, schema)

    @property
    def rows(self) -> pl.LazyFrame:
        return self._scanned("*")

    def bucket(self, number: int) -> pl.DataFrame:
        return self._scanned(str(number)).collect(engine="streaming").rechunk()

    def _scanned(self, number: str) -> pl.LazyFrame:
        files = sorted(self.folder.glob(f"*/{_BUCKET}={number}/*.ipc"))
        if not files:
            return pl.LazyFrame(schema=self.schema)
        return pl.scan_ipc(files, hive_partitioning=False, glob=False)


@dataclass(frozen=True)
class _Rows:
    """One side of a rule: the rows, with what is compared alone, whose they are, and what is compared."""

    rows: pl.LazyFrame
    who: pl.Expr
    side: Side

    @classmethod
    def of(cls, rows: pl.LazyFrame, name: str, who: pl.Expr, side: Side) -> "_Rows":
        return cls(rows.select(*dict.fromkeys([name, *side.columns])), who, side)

    def keys(self, rows: pl.LazyFrame, compare: Comparison, no_value: frozenset[str] | None) -> pl.DataFrame:
        return side_keys(rows, self.side, self.who, compare, no_value)


_BUCKET: Final = "bucket"
_LAST_BITS: Final = 1 << 32
"""What is found by the last bits of a hash is not parted by them."""
