"""The order of the steps: the first that applies to a customer decides, and what is decided leaves before the next.

Each step looks at the customers that are still open: `holds`, `overrides`, `existing_links`, then the rules, here.
"""

from collections.abc import Iterator
from typing import Final

import polars as pl

from assets.keys import folded_expr
from assets.matching.comparison import Comparison
from assets.matching.doubts import find_doubts
from assets.matching.existing_links import decide_by_ids, decide_by_texts
from assets.matching.findings import Findings, combine, in_order, say_alike, say_several
from assets.matching.holds import hold_back, hold_guests
from assets.matching.link_traces import are_of, named_by_metadata, named_by_records, without_placeholders
from assets.matching.match_rule import Found, MatchRule
from assets.matching.one_to_one import settle_claims
from assets.matching.overrides import hold_forbidden, match_overridden
from assets.matching.second_opinions import Evidence, SecondOpinions
from assets.matching.settings import MatchSettings
from assets.matching.side_keys import keyed_records, side_keys
from assets.no_values import is_no_value, may_be_no_value
from schemas.link_fields import fields_of
from schemas.repeated import at_rows
from schemas.words import ALLOW_KEY, BLOCK_KEY

_POSITION: Final = pl.col("position")
_TEXTS: Final = fields_of("netsuite", "words")


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
    return _matches(world.customers, world.decided(world.steps()))


def match_with_doubts(
    stripe: pl.LazyFrame,
    netsuite: pl.LazyFrame,
    overrides: pl.LazyFrame,
    settings: MatchSettings,
    comparison: Comparison | None = None,
) -> pl.LazyFrame:
    """Return what `match_customers` does, and why a person should look at a pair first, as the column `doubt`."""
    world = _World(stripe, netsuite, overrides, settings, comparison or Comparison())
    opinions = SecondOpinions(world.customers, world.records, settings, world.comparison)
    decided = in_order(world.decided(opinions.watched(world.steps(opinions))), world.customers.get_column("id"))
    known = world.traces.drop_nulls("record")
    doubts = find_doubts(Evidence(world.customers, world.records, known, decided, settings, opinions))
    nothing = pl.Series("doubt", [None], pl.String).new_from_index(0, world.customers.height)
    doubt = nothing.scatter(doubts.get_column("position"), doubts.get_column("doubt"))
    rows = decided.rows.select(pl.lit(doubt).gather("position").alias("doubt"))
    return pl.concat([_matches(world.customers, decided), rows.lazy()], how="horizontal")


class _World:
    """What matching looks at: both sides, the traces of links, what persons decided, what the declaration says."""

    def __init__(
        self,
        stripe: pl.LazyFrame,
        netsuite: pl.LazyFrame,
        overrides: pl.LazyFrame,
        settings: MatchSettings,
        comparison: Comparison,
    ) -> None:
        self.customers = _customers(stripe, settings)
        self.records = netsuite.filter("is_customer")
        self.traces = without_placeholders(self._traces(comparison), settings.no_value)
        self.overrides, self.settings, self.comparison = overrides.collect(), settings, comparison

    def _traces(self, comparison: Comparison) -> pl.DataFrame:
        """Return all traces of links (`assets.matching.link_traces`); one of metadata without a record names nobody."""
        by_metadata = named_by_metadata(self.customers.lazy(), self.records)
        by_records = named_by_records(self.customers.lazy(), self.records, comparison.hash)
        return pl.concat([by_metadata, by_records]).collect(engine="streaming")

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
        yield from still.without(hold_back(still.rows, settings))
        if not self.overrides.is_empty():
            yield from still.without(match_overridden(still.rows, self.records, self.overrides.lazy()))
        is_link = pl.col("is_evidence") & ~are_of(_TEXTS)
        yield from still.without(decide_by_ids(still.among(self.traces.filter(is_link))))
        for field in _TEXTS:
            yield from still.without(decide_by_texts(still.among(self.traces.filter(are_of([field]))), field, settings))
        yield from self._ruled(still, opinions)
        yield from _unmatched(still.rows, settings)

    def _ruled(self, still: "_Open", opinions: SecondOpinions | None) -> Iterator[Findings]:
        rules, compare = self.settings.rules, self.comparison
        eligible = self.records if self.settings.match_inactive else self.records.filter(~pl.col("inactive"))
        sides = [rule.netsuite_side for rule in rules]
        use_lowest = self.settings.on_several == "first"
        for rule, theirs in zip(rules, keyed_records(eligible, sides, compare, self.settings.no_value), strict=True):
            if opinions is None:
                found = rule.find(side_keys(still.rows, rule.stripe_side, _POSITION, compare), theirs)
            else:
                found = _with_opinions(self.customers, theirs, rule, still, opinions, compare)
            yield from still.without(_by_rule(found, rule, use_lowest=use_lowest))


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


def _with_opinions(
    customers: pl.DataFrame,
    theirs: pl.DataFrame,
    rule: MatchRule,
    still: _Open,
    opinions: SecondOpinions,
    compare: Comparison,
) -> Found:
    """Return what customers find that are open, and let `opinions` hear what the others do."""
    keys = side_keys(customers.lazy(), rule.stripe_side, _POSITION, compare)
    found = rule.find(keys, theirs)
    (single, others), (shared, others_shared) = still.parted(found.single), still.parted(found.shared)
    ours = Found(single, shared, found.groups)
    opinions.count(keys, ours)
    opinions.hear(rule, keys, Found(others, others_shared, found.groups))
    return ours


def _by_rule(found: Found, rule: MatchRule, *, use_lowest: bool) -> Iterator[Findings]:
    yield say_alike(found.single, "matched", str(rule), f"{rule}: {rule.says}")
    yield say_several(found.shared, found.groups, str(rule), f"{rule}: {rule.says}", use_lowest=use_lowest)


def _unmatched(customers: pl.LazyFrame, settings: MatchSettings) -> Iterator[Findings]:
    fields = list(dict.fromkeys(column for rule in settings.rules for column in rule.stripe_side.columns))
    empty = {f"empty {at}": _suspect(pl.col(field), settings) for at, field in enumerate(fields)}
    looks = customers.select("position", **empty).collect(engine="streaming")
    rows = looks.with_columns(_has_no_value(looks.get_column(name), settings) for name in empty)
    if not fields:
        yield say_alike(rows, "unmatched", None, "no link found, and no rules are declared")
        return
    for flags, part in rows.partition_by(list(empty), as_dict=True).items():
        names = [field for field, is_empty in zip(fields, flags, strict=True) if is_empty]
        yield say_alike(part, "unmatched", None, _why_unmatched(settings, names, is_all=len(names) == len(fields)))


def _suspect(field: pl.Expr, settings: MatchSettings) -> pl.Expr:
    """Return the texts of a field that may be no value, empty where there is none, and null for all others."""
    text = field.cast(pl.String).fill_null("")
    return pl.when(may_be_no_value(text, settings.no_value)).then(text)


def _has_no_value(suspects: pl.Series, settings: MatchSettings) -> pl.Series:
    """Return where a field is blank or a placeholder; keys are made of the few suspects alone."""
    at = suspects.is_not_null().arg_true()
    keys = pl.select(folded_expr(pl.lit(suspects.gather(at)))).to_series()
    is_none = (keys == "") | pl.select(is_no_value(pl.lit(keys), settings.no_value)).to_series()
    return at_rows(at.filter(is_none), suspects.len()).alias(suspects.name)


def _why_unmatched(settings: MatchSettings, empty: list[str], *, is_all: bool) -> str:
    if is_all:
        return f"no link found, and all fields that the rules compare are empty: {', '.join(empty)}"
    tried = ", ".join(map(str, settings.rules))
    return f"no link found, and no record equals by {tried}" + (f"; empty: {', '.join(empty)}" if empty else "")


def _customers(stripe: pl.LazyFrame, settings: MatchSettings) -> pl.DataFrame:
    """Return the needed columns of all customers, each with its `position`, the name of a customer from here on."""
    keys = [*(field.name for field in fields_of("stripe")), f"metadata.{BLOCK_KEY}", f"metadata.{ALLOW_KEY}"]
    columns = dict.fromkeys(
        ["id", "created", *keys, *(column for rule in settings.rules for column in rule.stripe_side.columns)]
    )
    return stripe.select(*columns).collect(engine="streaming").with_row_index("position")


def _matches(customers: pl.DataFrame, decided: Findings) -> pl.LazyFrame:
    """Say in words what was decided."""
    # One chunk to gather from: over many chunks it costs ten times as much.
    ids = customers.get_column("id").rechunk()
    # Gathered in one select, so that the columns are made side by side.
    found = decided.rows.select(
        pl.lit(ids).gather("position").alias("stripe_customer_id"),
        *(pl.lit(said).gather("finding").alias(said.name) for said in decided.findings),
        netsuite_internal_id="record",
    )
    is_itself = (pl.col("candidates") == 1) & pl.col("candidate_ids").is_null()
    itself = pl.when(is_itself).then(pl.col("netsuite_internal_id").cast(pl.String))
    return found.lazy().select(
        "stripe_customer_id",
        "outcome",
        "netsuite_internal_id",
        "evidence",
        "candidates",
        pl.coalesce("candidate_ids", itself).alias("candidate_ids"),
        "reason",
    )
