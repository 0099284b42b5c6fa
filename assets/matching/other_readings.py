"""Who is unmatched, but would be found if a value were read in another way. Nothing is ever matched by it (M3).

A reading looks only at values that show its trait, and only at customers that no rule found. What it finds is a hint
for the declaration: a person says `as: html`, or mends the value where it is kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from assets.matching.comparison import Comparison
from assets.matching.equal_keys import Rule
from assets.matching.match_rule import Found
from assets.matching.readings import ANY_TRAIT, READINGS, Reading
from assets.matching.settings import MatchSettings
from assets.matching.side_keys import side_keys
from schemas.declaration.rules import columns_of
from schemas.rule_kinds import AS_IT_IS

_FOUND: Final = pl.Schema({"stripe_customer_id": pl.String(), "reading": pl.String()})
PERSON: Final = "person"
INACTIVE: Final = "inactive"
NO_CUSTOMER: Final = "no_customer"
WITHOUT_READING: Final = {
    PERSON: "first + last of a person (netsuite: first + last)",
    INACTIVE: "match_inactive: true (a record with an equal value is inactive)",
    NO_CUSTOMER: "making a customer in NetSuite of the lead or prospect that has an equal value",
}
"""What finds a customer and is no reading of one value."""
_PERSON_COLUMNS: Final = (("first", "last"), ("first_name", "last_name"), ("firstname", "lastname"))


def says(reading: str) -> str:
    """Return what to set, or to mend, for a reading, for people."""
    return WITHOUT_READING.get(reading) or READINGS[reading].says


def other_readings(customers: pl.LazyFrame, netsuite: pl.LazyFrame, settings: MatchSettings) -> pl.DataFrame:
    """Return who would be found, `stripe_customer_id`, and by which `reading`; one row for each.

    Args:
        customers: rows of `schemas.customers.StripeCustomers` that ended unmatched.
        netsuite: rows of `schemas.customers.NetsuiteCustomers`.
        settings: what the declaration says; rules that compare a field of each side as it is are looked at.
    """
    ours = customers.with_row_index("position").collect(engine="streaming")
    found = [_FOUND.to_frame()]
    for hit in hits(ours, netsuite, settings):
        ids = ours.get_column("id").gather(hit.positions.unique())
        found.append(pl.DataFrame({"stripe_customer_id": ids, "reading": hit.reading}, _FOUND))
    return pl.concat(found).unique().sort("stripe_customer_id", "reading")


@dataclass(frozen=True)
class Hit:
    """What a rule finds by another reading.

    Attributes:
        reading: its name.
        rule: the rule of the declaration.
        found: who finds what, by `position`.
    """

    reading: str
    rule: Rule
    found: Found

    @property
    def positions(self) -> pl.Series:
        """Of the customers that find something."""
        return pl.concat([self.found.single.get_column("position"), self.found.shared.get_column("position")])


def hits(customers: pl.DataFrame, netsuite: pl.LazyFrame, settings: MatchSettings) -> Iterator[Hit]:
    """Give what each rule finds by each other reading, and among the records that no rule may find.

    Args:
        customers: rows of `schemas.customers.StripeCustomers` with their `position`.
        netsuite: rows of `schemas.customers.NetsuiteCustomers`.
        settings: what the declaration says.
    """
    if customers.is_empty():
        return
    records = netsuite.filter("is_customer" if settings.match_inactive else pl.col("is_customer") & ~pl.col("inactive"))
    yield from _found(customers.lazy(), records, settings)
    yield from _among_others(customers.lazy(), netsuite, settings)


def _found(customers: pl.LazyFrame, records: pl.LazyFrame, settings: MatchSettings) -> Iterator[Hit]:
    for rule in settings.rules:
        if not isinstance(rule, Rule):
            continue
        stripe, netsuite = rule.stripe_side.parts, rule.netsuite_side.parts
        is_plain = rule.kind == AS_IT_IS.name and not rule.separators and len(stripe) == 1
        if not is_plain or columns_of(stripe[0]) != stripe or columns_of(netsuite[0]) != netsuite:
            continue
        if netsuite != ("internal_id",):  # a number, which shows no trait
            sides = _Side.of(customers, "position", stripe[0]), _Side.of(records, "internal_id", netsuite[0])
            yield from _reread(*sides, rule, settings)
        if stripe == ("name",):
            names = records.collect_schema().names()
            for first, last in (pair for pair in _PERSON_COLUMNS if {*pair} <= {*names}):
                yield Hit(PERSON, rule, found_by(customers, records, Rule("name", f"{first} + {last}"), settings))


def _among_others(customers: pl.LazyFrame, netsuite: pl.LazyFrame, settings: MatchSettings) -> Iterator[Hit]:
    """Look for them as the rules do, among the records that no rule may find."""
    is_idle = pl.col("is_customer") & pl.col("inactive") & ~pl.lit(settings.match_inactive)
    kinds = {INACTIVE: is_idle, NO_CUSTOMER: ~pl.col("is_customer")}
    records = netsuite.filter(pl.any_horizontal(kinds.values())).collect(engine="streaming")
    for rule in settings.rules if records.height else ():
        if not isinstance(rule, Rule):
            continue
        # Few find any, so only for these it is asked of which kind.
        every = Hit("", rule, found_by(customers, records.lazy(), rule, settings))
        who = customers.filter(pl.col("position").is_in(every.positions.implode())).collect(engine="streaming")
        if not who.is_empty():
            for name, is_other in kinds.items():
                yield Hit(name, rule, found_by(who.lazy(), records.lazy().filter(is_other), rule, settings))


@dataclass(frozen=True)
class _Side:
    """One side of a rule.

    Attributes:
        rows: all of them: who, and the column that is compared.
        shown: those with a trait of any reading, few as a rule: one look at all values instead of one for each reading.
        column: what is compared.
    """

    rows: pl.LazyFrame
    shown: pl.DataFrame
    column: str

    @classmethod
    def of(cls, rows: pl.LazyFrame, who: str, column: str) -> "_Side":
        own = rows.select(who, pl.col(column).cast(pl.String))
        return cls(own, own.filter(pl.col(column).str.contains(ANY_TRAIT)).collect(engine="streaming"), column)

    def rewritten(self, reading: Reading) -> pl.DataFrame:
        """Return the rows that show the trait of a reading, as it reads them."""
        shown = self.shown.filter(pl.col(self.column).str.contains(reading.trait))
        if shown.is_empty():
            return shown
        return shown.with_columns(reading.rewrite(pl.col(self.column)).alias(self.column)).drop_nulls(self.column)


def _reread(ours: _Side, theirs: _Side, rule: Rule, settings: MatchSettings) -> Iterator[Hit]:
    for name, reading in READINGS.items():
        read = replace(rule, kind=reading.kind.name, separators=reading.separators)
        for left, right in _compared(ours, theirs, reading):
            yield Hit(name, rule, found_by(left, right, read, settings))


def _compared(ours: _Side, theirs: _Side, reading: Reading) -> Iterator[tuple[pl.LazyFrame, pl.LazyFrame]]:
    """Give the rows to compare: those of a side that show the trait, rewritten, with all of the other side."""
    left, right = ours.rewritten(reading), theirs.rewritten(reading)
    if reading.by_both:
        if not left.is_empty() and not right.is_empty():
            yield left.lazy(), right.lazy()
        return
    if not right.is_empty():
        yield ours.rows, right.lazy()
    if not left.is_empty() and reading.kind.side == "both":
        yield left.lazy(), theirs.rows


def found_by(customers: pl.LazyFrame, records: pl.LazyFrame, rule: Rule, settings: MatchSettings) -> Found:
    """Return what a rule finds."""
    compare, record = Comparison(), pl.col("internal_id").alias("record")
    theirs = side_keys(records, rule.netsuite_side, record, compare, settings.no_key)
    return rule.find(side_keys(customers, rule.stripe_side, pl.col("position"), compare), theirs)
