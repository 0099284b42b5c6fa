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
from assets.matching.settings import MatchSettings
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
    wanted = keyed_sides(rules, buckets.count)
    kept: dict[Keyed, Parted] = {}
    for at, (of_customers, of_records) in enumerate(wanted):
        if of_records not in kept:
            room = Buckets(buckets.folder / of_records.name, of_records.count)
            kept[of_records] = of_records.parted(records, compare, no_value, room)
        room = Buckets(buckets.folder / of_customers.name, of_customers.count)
        ours, theirs = of_customers.parted(customers, compare, no_value, room), kept[of_records]
        yield RuleKeys(((_read(ours, number), _read(theirs, number)) for number in range(room.count)), ours.rows)
        ours.remove()
        if of_records not in (later for _, later in wanted[at + 1 :]):
            theirs.remove()


def _read(keys: Parted, number: int) -> pl.DataFrame:
    return keys.bucket(number).collect(engine="streaming").rechunk()


@dataclass(frozen=True)
class Keyed:
    """Keys of one side of a rule, as they are parted.

    Attributes:
        name: of these keys, among those of all rules.
        side: what is compared.
        count: into how many buckets they are parted.
        is_of_customers: whether they are of customers, or of records.
    """

    name: str
    side: Side
    count: int
    is_of_customers: bool

    def parted(self, rows: pl.LazyFrame, compare: Comparison, no_value: frozenset[str], buckets: Buckets) -> Parted:
        """Make the keys of some rows and write them, few rows at a time."""
        asked = rows.select(*dict.fromkeys(["position" if self.is_of_customers else "internal_id", *self.side.columns]))
        who, none = (_POSITION, None) if self.is_of_customers else (_RECORD, no_value)
        bucket = buckets.by_hash(pl.col("hash"))
        made = Parted(buckets, side_keys(asked.limit(0), self.side, who, compare, none).schema)
        for batch in asked.collect_batches(chunk_size=ROWS_AT_ONCE, maintain_order=False):
            keys = side_keys(batch.lazy(), self.side, who, compare, none)
            made.put(keys.lazy().with_columns(bucket))
        return made


def keyed_sides(rules: Sequence[MatchRule], count: int) -> list[tuple[Keyed, Keyed]]:
    """Return the keys of customers and those of records that each rule compares, the same for rules that share some.

    Args:
        rules: in their order.
        count: into how many buckets keys are parted; those of a rule with several keys a customer are in one.
    """
    wanted: list[tuple[Keyed, Keyed]] = []
    shared: dict[tuple[Side, int], Keyed] = {}
    for at, rule in enumerate(rules):
        parts = count if rule.is_by_one_key else 1
        theirs = Keyed(f"records {at}", rule.netsuite_side, parts, is_of_customers=False)
        ours = Keyed(f"customers {at}", rule.stripe_side, parts, is_of_customers=True)
        wanted.append((ours, shared.setdefault((rule.netsuite_side, parts), theirs)))
    return wanted


def eligible_among(netsuite: pl.LazyFrame, settings: MatchSettings) -> pl.LazyFrame:
    """Return the records that rules may find."""
    records = netsuite.filter("is_customer")
    return records if settings.match_inactive else records.filter(~pl.col("inactive"))
