"""The keys of both sides of a rule, all at once or in buckets through the disk, where memory would not hold them.

A key is in the bucket that its hash says, on either side, so that equal keys meet in one bucket and a rule that finds
equal keys finds in each bucket what it would find of its keys among all. What is in memory is some rows while keys are
made, then one bucket of both sides.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from assets.matching.comparison import Comparison
from assets.matching.known_keys import NOTHING_KNOWN, KnownKeys
from assets.matching.match_rule import MatchRule, Side
from assets.matching.parted import ROWS_AT_ONCE, Buckets, Parted
from assets.matching.side_keys import keyed_records, side_keys

_POSITION: Final = pl.col("position")
_RECORD: Final = pl.col("internal_id").alias("record")


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
    known: KnownKeys = NOTHING_KNOWN,
) -> Iterator[RuleKeys]:
    """Give the keys of one rule after the other, those of all customers and of all these records."""
    if buckets is None:
        sides = [rule.netsuite_side for rule in rules]
        for rule, theirs in zip(rules, keyed_records(records, sides, compare, no_value, known), strict=True):
            found = known.of_customers(rule.stripe_side)
            ours = side_keys(customers, rule.stripe_side, _POSITION, compare) if found is None else found
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
    wanted = [(rule.netsuite_side, buckets.count if rule.is_by_one_key else 1) for rule in rules]
    kept: dict[tuple[Side, int], Parted] = {}
    for at, (rule, (side, count)) in enumerate(zip(rules, wanted, strict=True)):
        if (side, count) not in kept:
            room = Buckets(buckets.folder / f"records {at}", count)
            kept[side, count] = _Rows.of(records, "internal_id", _RECORD, side).parted(compare, no_value, room)
        room = Buckets(buckets.folder / f"customers {at}", count)
        ours = _Rows.of(customers, "position", _POSITION, rule.stripe_side).parted(compare, None, room)
        theirs = kept[side, count]
        yield RuleKeys(((_read(ours, number), _read(theirs, number)) for number in range(count)), ours.rows)
        ours.remove()
        if wanted[at] not in wanted[at + 1 :]:
            theirs.remove()


def _read(keys: Parted, number: int) -> pl.DataFrame:
    return keys.bucket(number).collect(engine="streaming").rechunk()


@dataclass(frozen=True)
class _Rows:
    """One side of a rule: the rows, with what is compared alone, whose they are, and what is compared."""

    rows: pl.LazyFrame
    who: pl.Expr
    side: Side

    @classmethod
    def of(cls, rows: pl.LazyFrame, name: str, who: pl.Expr, side: Side) -> "_Rows":
        return cls(rows.select(*dict.fromkeys([name, *side.columns])), who, side)

    def parted(self, compare: Comparison, no_value: frozenset[str] | None, buckets: Buckets) -> Parted:
        """Make the keys and write them, some rows at a time."""
        bucket = buckets.by_hash(pl.col("hash"))
        made = Parted(buckets, side_keys(self.rows.limit(0), self.side, self.who, compare, no_value).schema)
        for batch in self.rows.collect_batches(chunk_size=ROWS_AT_ONCE, maintain_order=False):
            keys = side_keys(batch.lazy(), self.side, self.who, compare, no_value)
            made.put(keys.lazy().with_columns(bucket))
        return made
