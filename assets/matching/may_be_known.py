"""Customers that would get a new record, though one that is there may be theirs: doubts, until a person decides.

Where records are made (`on_none: create`), a customer that nothing was found for is looked for once more: among the
records that no rule may find, in other readings, and among nearly equal values. Nothing is matched by it (M3). But a
duplicate costs more than a decision, so whoever is found so gets no new record before there is one. Where customers are
made in Stripe, it is the same the other way round: none is made for a record that may be theirs.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from assets.matching.equal_keys import Rule
from assets.matching.flow import match_customers
from assets.matching.lead_names import named_by_leads
from assets.matching.link_traces import named_by_records
from assets.matching.other_customers import near_new, of_others
from assets.matching.other_readings import INACTIVE, NO_CUSTOMER, Hit, found_by, hits, says
from assets.matching.said_of_new import (
    A_LEAD,
    CHOSEN,
    FOUND,
    HELD_BY_LEAD,
    SAID,
    records_in_words,
    with_doubts,
    with_found,
)
from assets.matching.settings import NO_OVERRIDES, MatchSettings
from assets.near_misses.near_misses import SAME_CUSTOMER, find_near_misses
from schemas.repeated import may_be_among
from schemas.words import CANDIDATES_SHOWN, GUEST_PREFIX, MATCH_KEYS, STRIPES_OWN, Doubt

_BEYOND: Final = "beyond"
_MOST: Final = 10
"""Customers that have a value of no rule at most, as of near misses: one that more have says nothing."""
_USUAL: Final = (Rule("email", "email"), Rule("name", "company_name"), Rule("name", "entity_id"))
_KINDS: Final[dict[str, Doubt]] = {INACTIVE: "equal_inactive", NO_CUSTOMER: "equal_lead", _BEYOND: "near_miss"}
_WHICH: Final[dict[str, str]] = {
    INACTIVE: ", inactive",
    NO_CUSTOMER: A_LEAD,
    _BEYOND: ", by no rule of the declaration",
}


@dataclass(frozen=True)
class Looked:
    """How far it is looked.

    Attributes:
        near_misses: among nearly equal values, too.
        makes_records: customers without a record get a new one, so that it is looked among all records, and among
            customers; else only among records that may get a Stripe customer.
    """

    near_misses: bool
    makes_records: bool


def doubt_new(
    matches: pl.DataFrame, stripe: pl.LazyFrame, netsuite: pl.LazyFrame, settings: MatchSettings, looked: Looked
) -> pl.DataFrame:
    """Say in the matches why nobody is made for a customer without a record, and which records may be its.

    Args:
        matches: `schemas.matches.Matches`, with doubts.
        stripe: `schemas.customers.StripeCustomers`.
        netsuite: `schemas.customers.NetsuiteCustomers`.
        settings: what the declaration says.
        looked: how far it is looked.

    Returns:
        The same rows, with `doubt`, `candidates` and `candidate_ids` of those that wait.
    """
    doubted = _doubt_undecided(matches, stripe, netsuite, settings, looked)
    return _doubt_decided(doubted, stripe, netsuite) if looked.makes_records else doubted


def _doubt_undecided(
    matches: pl.DataFrame, stripe: pl.LazyFrame, netsuite: pl.LazyFrame, settings: MatchSettings, looked: Looked
) -> pl.DataFrame:
    new = _without_record(matches, stripe, pl.col("evidence").is_null())
    if new.is_empty():
        return matches
    records = netsuite if looked.makes_records else netsuite.filter(_is_found(settings))
    found = [
        SAID.to_frame(),
        *(_said(hit) for hit in hits(new, records, settings)),
        _named(new, records),
        _chosen(new, records),
    ]
    if looked.near_misses:
        found += [_said(hit) for hit in _beyond_rules(new, records, settings)]
        found.append(_near(new, records, matches, settings, pl.concat(found)))
    doubted = with_doubts(matches, new, pl.concat(found))
    if not looked.makes_records:
        return doubted
    twins = of_others(new, stripe, doubted, settings)
    if looked.near_misses:
        by_no_rule = replace(settings, rules=_beyond(settings, "email", "company_name"))
        near = pl.concat([near_new(new, settings), of_others(new, stripe, doubted, by_no_rule, _MOST)])
        near = near.join(twins, on="position", how="anti")
        if not near.is_empty():
            kind = pl.col("kind").replace("twin", "near_miss")  # the next run finds no record by it
            found.append(near.with_columns(kind))
            doubted = with_doubts(matches, new, pl.concat(found))
            twins = of_others(new, stripe, doubted, settings)  # whoever waits by now comes before others
    return doubted if twins.is_empty() else with_doubts(matches, new, pl.concat([*found, twins]))


def _doubt_decided(matches: pl.DataFrame, stripe: pl.LazyFrame, netsuite: pl.LazyFrame) -> pl.DataFrame:
    """Doubt whom a person wanted a record for, if one that links nobody has come to hold their id since.

    NetSuite would take no new record with it, so that each run would plan one, and each write-back refuse it.
    """
    decided = _without_record(matches, stripe, pl.col("evidence") == "override")
    if decided.is_empty():
        return matches
    chosen: Doubt = "chosen_id"
    held = pl.concat([_named(decided, netsuite), _chosen(decided, netsuite)]).with_columns(
        pl.col("kind").fill_null(chosen), pl.col("said").fill_null(pl.format(CHOSEN, records_in_words()))
    )
    return matches if held.is_empty() else with_doubts(matches, decided, held)


def _without_record(matches: pl.DataFrame, stripe: pl.LazyFrame, which: pl.Expr) -> pl.DataFrame:
    """The customers of some of the matches that are unmatched, by `position`."""
    unmatched = matches.filter((pl.col("outcome") == "unmatched") & which)
    return _customers_of(unmatched, stripe).with_row_index("position").collect(engine="streaming")


def _customers_of(matches: pl.DataFrame, stripe: pl.LazyFrame) -> pl.LazyFrame:
    """The customers of these matches."""
    ids = matches.select(id="stripe_customer_id")
    may_be_one = stripe.filter(may_be_among(pl.col("id"), ids.to_series()))
    return may_be_one.join(ids.lazy(), on="id", how="semi")


def name_records_of_unsettled(
    matches: pl.DataFrame, stripe: pl.LazyFrame, netsuite: pl.LazyFrame, settings: MatchSettings
) -> pl.DataFrame:
    """Say in the matches which records rules find for customers whose link is broken, or whom their metadata hold.

    Args:
        matches: `schemas.matches.Matches`.
        stripe: `schemas.customers.StripeCustomers`.
        netsuite: `schemas.customers.NetsuiteCustomers`.
        settings: what the declaration says.

    Returns:
        The same rows, with `candidates` and `candidate_ids` of those customers.
    """
    is_held = (pl.col("outcome") == "held") & (pl.col("evidence").ne_missing("override"))
    is_unsettled = (pl.col("candidates") == 0) & (is_held | (pl.col("outcome") == "broken"))
    is_guest = pl.col("stripe_customer_id").str.starts_with(GUEST_PREFIX)
    some = _customers_of(matches.filter(is_unsettled & ~is_guest), stripe).collect()
    if some.is_empty():
        return matches
    free = some.lazy().with_columns(pl.lit(None, pl.String).alias(f"metadata.{key}") for key in MATCH_KEYS)
    found = match_customers(free, netsuite, NO_OVERRIDES, replace(settings, allow_list=False))
    named = found.filter(pl.col("candidates") > 0).select("stripe_customer_id", *FOUND).collect()
    return with_found(matches, named)


def _said(hit: Hit) -> pl.DataFrame:
    """What a rule finds, said once of each group of records."""
    which = _WHICH.get(hit.reading) or f", in another reading: {says(hit.reading)}"
    said = pl.format("{} finds {}{}", pl.lit(str(hit.rule)), records_in_words(), pl.lit(which)).alias("said")
    found = hit.found
    alone = found.single.select("position", shown=pl.concat_list("record"), candidates=1).with_columns(said)
    several = found.shared.join(found.groups.with_columns(said).with_row_index("group"), on="group")
    kind = pl.lit(_KINDS.get(hit.reading, "other_reading")).alias("kind")
    return pl.concat(rows.with_columns(kind).select(*SAID).cast(SAID) for rows in (alone, several))


def _named(new: pl.DataFrame, netsuite: pl.LazyFrame) -> pl.DataFrame:
    """Leads and prospects of which a link field names a customer: they link nobody (M2)."""
    named = named_by_leads(new.lazy(), netsuite.filter(~pl.col("is_customer")))
    said = pl.format(HELD_BY_LEAD, "source", records_in_words())
    return named.with_columns(kind=pl.lit(_KINDS[NO_CUSTOMER]), said=said).select(*SAID).cast(SAID)


def _chosen(new: pl.DataFrame, netsuite: pl.LazyFrame) -> pl.DataFrame:
    """Records whose external id is a customer's imported id: no link, but NetSuite takes no second record with it."""
    chosen = new.filter(~pl.col("id").str.starts_with(STRIPES_OWN))
    if chosen.is_empty():  # as in most accounts
        return SAID.to_frame()
    traces = named_by_records(chosen.lazy(), netsuite).filter(~pl.col("is_evidence"))
    records = netsuite.select("is_customer", record="internal_id")
    named = traces.join(records, on="record").group_by("position", "source", "is_customer")
    rows = named.agg(candidates=pl.len(), shown=pl.col("record").sort().head(CANDIDATES_SHOWN)).collect()
    said = pl.format(HELD_BY_LEAD, "source", records_in_words())
    of_lead = [pl.when(~pl.col("is_customer")).then(text) for text in (pl.lit(_KINDS[NO_CUSTOMER]), said)]
    return rows.with_columns(kind=of_lead[0], said=of_lead[1]).select(*SAID).cast(SAID)


def _beyond_rules(new: pl.DataFrame, netsuite: pl.LazyFrame, settings: MatchSettings) -> Iterator[Hit]:
    """Give what the usual pairs of fields find that no rule compares: near misses look for what differs."""
    there = netsuite.collect_schema()
    for rule in _beyond(settings, *there):
        yield Hit(_BEYOND, rule, found_by(new.lazy(), netsuite, rule, settings))


def _beyond(settings: MatchSettings, *there: str) -> tuple[Rule, ...]:
    """The usual pairs that no rule compares, whose column of NetSuite is there."""
    declared = {str(rule) for rule in settings.rules}
    return tuple(rule for rule in _USUAL if str(rule) not in declared and rule.netsuite in there)


def _near(
    new: pl.DataFrame, netsuite: pl.LazyFrame, matches: pl.DataFrame, settings: MatchSettings, said: pl.DataFrame
) -> pl.DataFrame:
    """Records with nearly equal values, but for those of which something is said of the customer already.

    Who has no more than a domain, a house or a phone in common with somebody is made: the review has them side by side.
    """
    taken = matches.lazy().select(internal_id="netsuite_internal_id").drop_nulls()
    near = find_near_misses(new.lazy().drop("position"), netsuite, taken, settings.no_key, SAME_CUSTOMER)
    named = near.join(new.select("position", stripe_customer_id="id"), on="stripe_customer_id")
    ids = pl.col("suggested_ids").str.split(" ").cast(pl.List(pl.Int64))
    pairs, known = (
        rows.explode("shown") for rows in (named.select("position", shown=ids), said.select("position", "shown"))
    )
    others = pairs.join(known, on=["position", "shown"], how="anti").sort("position", "shown")
    rows = others.group_by("position", maintain_order=True).agg(candidates=pl.len(), shown="shown")
    says = pl.format("nearly equal is {}", records_in_words())
    return rows.with_columns(kind=pl.lit("near_miss"), said=says).select(*SAID).cast(SAID)


def _is_found(settings: MatchSettings) -> pl.Expr:
    """Whether a rule may find a record."""
    return pl.col("is_customer") & (pl.lit(settings.match_inactive) | ~pl.col("inactive"))
