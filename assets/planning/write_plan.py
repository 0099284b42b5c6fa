"""From matches to changes: what has to be written where.

The only road to a write. Nothing here decides who is linked to whom, and nothing that is there is ever replaced, except
by an override; a placeholder (`no_value`) is nothing.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from typing import Final, NamedTuple

import polars as pl

from assets.extract.visible_links import Hidden, hidden_links
from assets.matching import link_table
from assets.matching.directions import both_ways, undecided
from assets.planning.append_words import append_words
from assets.planning.creates import plan_creates, plan_global, who_paid, without_creates
from assets.planning.pairs import pairs_to_plan
from assets.planning.portal_links import plan_portal_links
from assets.planning.set_values import set_values
from assets.planning.settings import PlanSettings
from assets.planning.taken_back import with_removals, without_traces
from assets.planning.to_stripe import ToStripe, plan_to_stripe
from schemas.declaration import Declaration
from schemas.link_fields import LinkField, in_plan_order
from schemas.pair_texts import MATCH, is_changed
from schemas.paired_plan import PairedPlan

_CUSTOMER: Final = "stripe_customer_id"
_MONTHS_MISSING: Final = "months of Stripe customers were never read"


class Further(NamedTuple):
    """What a plan is made from where it is there.

    Attributes:
        transactions: `schemas.transactions.Transactions`, where only who has transacted gets a record (C2).
        to_stripe: what the way to Stripe has found out; None: nothing goes that way.
        portal: `schemas.portal.PortalLinks`, where links to the customer portal are kept in NetSuite (P7).
        links: gives the `assets.matching.link_table` of both sides, if somebody has made it.
        customers: gives the row of each match's customer among the Stripe customers, if somebody has looked.
    """

    transactions: pl.LazyFrame | None = None
    to_stripe: ToStripe | None = None
    portal: pl.LazyFrame | None = None
    links: Callable[[], pl.LazyFrame] | None = None
    customers: Callable[[], pl.Series] | None = None


def plan_changes(
    stripe: pl.LazyFrame,
    netsuite: pl.LazyFrame,
    matches: pl.LazyFrame,
    settings: PlanSettings,
    further: Further = Further(),  # noqa: B008 (it cannot be changed)
) -> PairedPlan:
    """Plan every change that makes the two systems agree (W1 to W7).

    Args:
        stripe: `schemas.customers.StripeCustomers`.
        netsuite: `schemas.customers.NetsuiteCustomers`.
        matches: `schemas.matches.Matches`.
        settings: which fields may be written.
        further: what else there is.

    Returns:
        The plan; empty when everything is tied out (W11).
    """
    transactions, to_stripe, portal, links, customers = further
    if to_stripe is not None:
        matches = both_ways(matches, to_stripe.found).collect().lazy()
    numbered = matches.with_row_index(MATCH)
    wanted = numbered if settings.doubted else numbered.filter(pl.col("doubt").is_null())
    rows = None if customers is None else customers()
    pairs = pairs_to_plan(stripe, netsuite, wanted, settings.no_value, rows)
    links = links or cache(partial(link_table, stripe, netsuite, settings.no_value))

    def planned(field: LinkField) -> pl.Series:
        return set_values(pairs, netsuite, field) if field.holds == "value" else append_words(pairs, links(), field)

    flagged = pairs.with_columns(planned(field).alias(is_changed(field)) for field in in_plan_order(settings.written))
    before: list[pl.LazyFrame] = []
    after: list[pl.LazyFrame] = []
    if settings.create is not None and settings.makes_global:
        before = [plan_global(matches, settings.create)]
    elif settings.create is not None:
        paid = who_paid(stripe, settings.who_paid)
        left = matches if to_stripe is None else matches.join(undecided(to_stripe.found), on=_CUSTOMER, how="anti")
        creates, new_links = plan_creates(paid, netsuite, left, settings.create, settings.matching, transactions)
        before, after = [creates], [new_links]
    if to_stripe is not None and settings.to_stripe is not None:
        after += plan_to_stripe(to_stripe, stripe, netsuite, wanted.drop(MATCH), settings.written, settings.to_stripe)
    if portal is not None:
        after.append(plan_portal_links(portal, netsuite, settings.no_value))
    first, last = (pl.concat(rows, how="diagonal").collect() if rows else None for rows in (before, after))
    return PairedPlan(flagged, first, last)


class PlanInputs(NamedTuple):
    """What a plan is made from, as `plan_changes` has it; `traces` are ours that a person decided against."""

    stripe: pl.LazyFrame
    netsuite: pl.LazyFrame
    matches: pl.LazyFrame
    further: Further = Further()
    traces: pl.DataFrame | None = None


class Planned(NamedTuple):
    """A plan, how many changes are not in it because links cannot be seen, and why."""

    plan: PairedPlan
    withheld: int
    hidden: Hidden


def plan_of(declaration: Declaration, inputs: PlanInputs, lacks_months: Callable[[], bool]) -> Planned:
    """The plan that a declaration allows.

    Args:
        declaration: what a person wrote.
        inputs: what it is made from.
        lacks_months: asked whether Stripe customers of some month were never read, where that matters.
    """
    settings, way = PlanSettings.of(declaration), inputs.further.to_stripe
    stripe, netsuite, matches, further, traces = inputs

    def changes(way: ToStripe | None) -> PairedPlan:
        also = further._replace(to_stripe=way)
        if traces is None or traces.is_empty():
            return plan_changes(stripe, netsuite, matches, settings, also)
        left = without_traces(netsuite, traces)
        planned = plan_changes(stripe, left, matches, settings, also._replace(links=None))
        return PairedPlan(first=with_removals(planned.lazy(), traces).collect())

    plan = wanted = changes(way)
    hidden = hidden_links(stripe, declaration)
    makes_some = settings.create is not None or settings.to_stripe is not None
    if not hidden.why and makes_some and lacks_months():
        hidden = replace(hidden, why=_MONTHS_MISSING)
    if hidden.why:  # whoever is linked where nobody can see it would get a second record (C16)
        hides_customers = way is not None and not hidden.systems
        plan = without_creates(changes(None) if hides_customers else wanted)
    if hidden.systems:
        plan = plan.without(hidden.systems)
    return Planned(plan, wanted.height - plan.height, hidden)
