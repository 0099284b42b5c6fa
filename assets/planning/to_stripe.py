"""The way to Stripe in the plan: what it found joins the matches, and what it makes and keeps stands beside them."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from assets.mapping.to_stripe import ToStripeSettings, fitted
from assets.planning.stripe_creates import plan_stripe_creates
from assets.planning.stripe_fields import plan_fields
from schemas.link_fields import LinkField

_BOTH = ["stripe_customer_id", "netsuite_internal_id"]


@dataclass(frozen=True)
class ToStripe:
    """What the way to Stripe has found out.

    Attributes:
        rows: `schemas.stripe_matches.NetsuiteParameters`.
        found: `schemas.stripe_matches.StripeMatches`.
    """

    rows: pl.LazyFrame
    found: pl.LazyFrame


def plan_to_stripe(
    way: ToStripe,
    stripe: pl.LazyFrame,
    netsuite: pl.LazyFrame,
    pairs: pl.LazyFrame,
    written: Sequence[LinkField],
    settings: ToStripeSettings,
) -> list[pl.LazyFrame]:
    """Plan new Stripe customers with the links that name them, and the parameters that are kept.

    Args:
        way: what was found out.
        stripe: `schemas.customers.StripeCustomers`.
        netsuite: `schemas.customers.NetsuiteCustomers`.
        pairs: the matches of both directions that are planned for.
        written: the link fields that may be written.
        settings: what the declaration says.

    Returns:
        Parts of a plan, each as `schemas.plan.Plan` with all of its columns.
    """
    values = fitted(way.rows, settings.no_value, settings.no_key).collect().lazy()
    known = way.found.filter(pl.col("outcome").is_in(["linked", "matched"])).select(_BOTH)
    mine = known.join(pairs.select(_BOTH), on=_BOTH, how="semi")
    creates = plan_stripe_creates(values, netsuite, way.found, written, settings) if settings.creates else []
    return [*creates, *plan_fields(values, stripe, mine, settings)]
