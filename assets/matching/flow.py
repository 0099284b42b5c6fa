"""The order of the steps: the first that applies to a customer decides, and what is decided leaves before the next.

Each step looks at the customers that are still open: `holds`, `overrides`, `existing_links`, then the rules, here.
"""

from collections.abc import Iterator
from typing import Final

import polars as pl

from assets.matching.answers import Answers, Known, answers_of
from assets.matching.buckets import eligible_among, keys_of_rules
from assets.matching.comparison import Comparison
from assets.matching.doubts import find_doubts
from assets.matching.existing_links import decide_by_ids, decide_by_texts
from assets.matching.findings import Findings, combine, in_order, say_alike, say_several
from assets.matching.holds import flags_of, hold_back, hold_guests
from assets.matching.known_keys import NOTHING_KNOWN, KnownKeys
from assets.matching.link_traces import WORD_FIELDS, are_of
from assets.matching.match_rule import Found, MatchRule, join_found
from assets.matching.one_to_one import settle_claims
from assets.matching.overrides import hold_forbidden, leave_to_be_made, match_overridden, with_kinds
from assets.matching.parted import ROWS_AT_ONCE, Buckets
from assets.matching.parted_links import find_traces
from assets.matching.second_opinions import Evidence, SecondOpinions
from assets.matching.settings import MatchSettings
from assets.matching.side_keys import keyed_records, side_keys
from assets.matching.unmatched import say_unmatched
from schemas.link_fields import fields_of
from schemas.words import ALLOW_KEY, BLOCK_KEY, NEAR_KEYS

_POSITION: Final = pl.col("position")


def match_customers(
    stripe: pl.LazyFrame,
    netsuite: pl.LazyFrame,
    overrides: pl.LazyFrame,
    settings: MatchSettings,
    comparison: Comparison | None = None,
) -> pl.LazyFrame:
    """Return the outcome of every Stripe customer (M1 to M12).

    The order of the input rows changes nothing, and that of the output means nothing: `by_customer` sorts it. Ids are
    unique on both sides: the readers see to it.

    Args:
        stripe: rows of `schemas.customers.StripeCustomers`, with a column for each rule.
        netsuite: rows of `schemas.customers.NetsuiteCustomers`, with a column for each rule.
        overrides: rows of `schemas.matches.Overrides`; those of unknown customers do nothing.
        settings: what the declaration says.
        comparison: how values are compared.

    Returns:
        Rows of `schemas.matches.Matches`.
    """
    world = _World(stripe, netsuite, overrides, settings, comparison or Comparison())
    # Put together only if they must be: of most steps all customers have one finding, which is not gathered then.
    steps = [world.decided(world.steps())] if settings.one_to_one else [*world.steps()]
    ids = world.customers.get_column("id").rechunk()
    return pl.concat([_in_words(ids, decided) for decided in steps], rechunk=False).lazy()


def match_with_doubts(
    stripe: pl.LazyFrame,
    netsuite: pl.LazyFrame,
    overrides: pl.LazyFrame,
    settings: MatchSettings,
    comparison: Comparison | None = None,
    buckets: Buckets | None = None,
    known: Known = NOTHING_KNOWN,
) -> pl.LazyFrame:
    """Return what `match_customers` does, and why a person should look at a pair first, as the column `doubt`.

    With `buckets` what the rules compare stays on the disk, and is in memory a part at a time; keys, and an order, that
    are `known` are not made again, and no keys where it is known what rules find. The result is the same.
    """
    world = _World(stripe, netsuite, overrides, settings, comparison or Comparison(), buckets, known)
    opinions = SecondOpinions(world.customers, world.records, settings, world.comparison)
    found = world.decided(opinions.watched(world.steps(opinions)))
    order = known.order if isinstance(known, KnownKeys) else None
    decided = in_order(found, world.customers.get_column("id"), order)
    doubts = find_doubts(
        Evidence(world.customers, world.records, world.others, world.traces, decided, settings, opinions)
    )
    nothing = pl.Series("doubt", [None], pl.String).new_from_index(0, world.customers.height)
    doubt = nothing.scatter(doubts.get_column("position"), doubts.get_column("doubt"))
    if buckets is None or decided.rows.is_empty():
        return _doubted(world.customers, decided, doubt)
    parts = (Findings(rows, decided.findings) for rows in decided.rows.iter_slices(ROWS_AT_ONCE))
    return pl.concat([_doubted(world.customers, part, doubt).collect() for part in parts]).lazy()


def _doubted(customers: pl.DataFrame, decided: Findings, doubt: pl.Series) -> pl.LazyFrame:
    rows = decided.rows.select(pl.lit(doubt).gather("position").alias("doubt"))
    return pl.concat([_matches(customers, decided), rows.lazy()], how="horizontal")


class _World:
    """What matching looks at: both sides, the traces of links, what persons decided, what the declaration says."""

    def __init__(
        self,
        stripe: pl.LazyFrame,
        netsuite: pl.LazyFrame,
        overrides: pl.LazyFrame,
        settings: MatchSettings,
        comparison: Comparison,
        buckets: Buckets | None = None,
        known: Known = NOTHING_KNOWN,
    ) -> None:
        self.customers = _customers(stripe, settings, are_whole=buckets is None)
        self.texts = stripe.with_row_index("position") if buckets else self.customers.lazy()
        self.buckets, self.known = buckets, known
        self.records = netsuite.filter("is_customer")
        self.others = netsuite.filter(~pl.col("is_customer"))
        self.traces = find_traces(self.customers, self.texts, self.records, comparison.hash, settings.no_value, buckets)
        self.overrides, self.settings, self.comparison = with_kinds(overrides).collect(), settings, comparison

    def decided(self, steps: Iterator[Findings]) -> Findings:
        """Put together what the steps decide, each record given to one customer if that is declared."""
        decided = combine(steps)
        if self.settings.one_to_one:
            decided = settle_claims(decided, self.customers, self.records, self.settings.no_value)
        return decided

    def steps(self, opinions: SecondOpinions | None = None) -> Iterator[Findings]:
        """Decide, step by step; rules tell `opinions` what they find for customers that are decided already."""
        still, settings = _Open(self.customers), self.settings
        yield from still.without(hold_guests(still.rows))
        if not self.overrides.is_empty():
            yield from still.without(hold_forbidden(still.rows, self.overrides.lazy()))
        yield from still.without(hold_back(still.rows, still.among(flags_of(self.texts)), settings))
        if not self.overrides.is_empty():
            yield from still.without(match_overridden(still.rows, self.records, self.others, self.overrides.lazy()))
        is_link = pl.col("is_evidence") & ~are_of(WORD_FIELDS)
        for part in self.traces.parts:
            traces = part.collect(engine="streaming")
            yield from still.without(decide_by_ids(still.among(traces.filter(is_link)), self.others))
            for field in WORD_FIELDS:
                yield from still.without(decide_by_texts(still.among(traces.filter(are_of([field]))), field, settings))
        if not self.overrides.is_empty():
            yield from still.without(leave_to_be_made(still.rows, self.overrides.lazy()))
        yield from self._ruled(still, opinions)
        for rows in self._open_texts(still):
            yield from say_unmatched(rows, settings)

    def _open_texts(self, still: "_Open") -> Iterator[pl.LazyFrame]:
        """Give the customers that are still open with what the rules compare, as many at a time as memory is for."""
        if self.buckets is None:
            yield still.rows
            return
        for first in range(0, self.customers.height, ROWS_AT_ONCE):
            is_open = still.is_open.slice(first, ROWS_AT_ONCE)
            yield self.texts.slice(first, ROWS_AT_ONCE).with_columns(is_open).filter("is_open")

    def _ruled(self, still: "_Open", opinions: SecondOpinions | None) -> Iterator[Findings]:
        rules, compare, no_value = self.settings.rules, self.comparison, self.settings.no_key
        eligible = eligible_among(self.records, self.settings)
        use_lowest = self.settings.on_several == "first"
        if opinions is None:
            sides = [rule.netsuite_side for rule in rules]
            for rule, theirs in zip(rules, keyed_records(eligible, sides, compare, no_value), strict=True):
                found = rule.find(side_keys(still.rows, rule.stripe_side, _POSITION, compare), theirs)
                yield from still.without(_by_rule(found, rule, use_lowest=use_lowest))
            return
        for rule, answers in zip(rules, self._answers(eligible), strict=True):
            found = _with_opinions(answers, rule, still, opinions)
            yield from still.without(_by_rule(found, rule, use_lowest=use_lowest))

    def _answers(self, eligible: pl.LazyFrame) -> Iterator[Answers]:
        """Give what one rule after the other finds, for all customers."""
        rules, no_value, known = self.settings.rules, self.settings.no_key, self.known
        if not isinstance(known, KnownKeys):
            return known.answers(self.texts)
        keyed = keys_of_rules(self.texts, eligible, rules, self.comparison, no_value, self.buckets, known)
        return answers_of(keyed, rules, self.settings.shared_key)


class _Open:
    """The customers of whom nothing is decided yet."""

    def __init__(self, customers: pl.DataFrame) -> None:
        self._customers = customers
        self.is_open = pl.Series("is_open", [True]).new_from_index(0, customers.height)

    @property
    def rows(self) -> pl.LazyFrame:
        customers = self._customers.lazy()
        return customers if self.is_open.all() else customers.with_columns(self.is_open).filter("is_open")

    def among(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return those of some rows (`position`) whose customer is still open."""
        return rows.filter(self.is_open.gather(rows.get_column("position")))

    def parted(self, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return those of some rows (`position`) whose customer is still open, and the others."""
        is_open = self.is_open.gather(rows.get_column("position"))
        return rows.filter(is_open), rows.filter(~is_open)

    def without(self, steps: Iterator[Findings]) -> Iterator[Findings]:
        """Pass on what a step decided, and close those customers."""
        for decided in steps:
            self.is_open = self.is_open.scatter(decided.rows.get_column("position"), False)
            yield decided


def _with_opinions(answers: Answers, rule: MatchRule, still: _Open, opinions: SecondOpinions) -> Found:
    """Return what customers find that are open, and let `opinions` hear what the others do."""
    open_ones, others = [], []
    for part in answers.parts:
        found = part.found
        (single, others_single), (shared, others_shared) = still.parted(found.single), still.parted(found.shared)
        open_ones.append(Found(single, shared, found.groups))
        others.append(Found(others_single, others_shared, found.groups))
        opinions.count(part.crowds, open_ones[-1])
    opinions.hear(rule, answers.keys, join_found(others))
    return join_found(open_ones)


def _by_rule(found: Found, rule: MatchRule, *, use_lowest: bool) -> Iterator[Findings]:
    yield say_alike(found.single, "matched", str(rule), f"{rule}: {rule.says}")
    yield say_several(found.shared, found.groups, str(rule), f"{rule}: {rule.says}", use_lowest=use_lowest)


def _customers(stripe: pl.LazyFrame, settings: MatchSettings, *, are_whole: bool) -> pl.DataFrame:
    """Return all customers, each with its `position`, the name of a customer from here on.

    With the columns that matching reads, if they are to be whole, else with those alone that make the result.
    """
    keys = [*(field.name for field in fields_of("stripe")), f"metadata.{BLOCK_KEY}", f"metadata.{ALLOW_KEY}"]
    of_rules = (column for rule in settings.rules for column in rule.stripe_side.columns)
    columns = dict.fromkeys(["id", "created", *((*keys, *of_rules) if are_whole else ())])
    near = [NEAR_KEYS] if NEAR_KEYS in stripe.collect_schema() else []  # hardly anybody has one
    return stripe.select(*columns, *near).collect(engine="streaming").with_row_index("position")


def _matches(customers: pl.DataFrame, decided: Findings) -> pl.LazyFrame:
    """Say in words what was decided."""
    # One chunk to gather from: over many chunks it costs ten times as much.
    return _in_words(customers.get_column("id").rechunk(), decided).lazy()


def _in_words(ids: pl.Series, decided: Findings) -> pl.DataFrame:
    # Gathered in one select, so that the columns are made side by side.
    said = decided.said
    record, is_itself = pl.col("record"), decided.is_itself
    return decided.rows.select(
        pl.lit(ids).gather("position").alias("stripe_customer_id"),
        said["outcome"],
        record.alias("netsuite_internal_id"),
        said["evidence"],
        said["candidates"],
        pl.when(is_itself).then(record.cast(pl.String)).otherwise(said["candidate_ids"]).alias("candidate_ids"),
        said["reason"],
    )
