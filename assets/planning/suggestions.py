"""What a person may decide for: the record that other evidence names where a link is broken, and near misses (X15)."""

from typing import Final

import polars as pl

from assets.matching import NO_OVERRIDES, MatchSettings, match_customers
from assets.near_misses.near_misses import find_near_misses
from assets.planning.found_again import records_for
from resources.storage.held_frames import Held
from schemas.repeated import may_be_among
from schemas.words import LINK_FIELD

_PROPOSAL: Final = {
    "stripe_customer_id": pl.String,
    "proposed_internal_id": pl.Int64,
    "proposed_evidence": pl.String,
    "proposed_because": pl.String,
}
_WHAT_TO_DO: Final = (
    "Look at the suggestions: decide for the right one ({where}), or leave it; nothing is planned by them."
)
_IF_MADE: Final = (
    "Look at the suggestions: decide for the right one ({where}), or leave it, and a new record is made, as far as "
    "create says so."
)


def with_suggestions(
    queue: pl.LazyFrame,
    stripe: pl.LazyFrame,
    netsuite: pl.LazyFrame,
    matches: pl.LazyFrame,
    settings: MatchSettings,
    where: str,
    *,
    makes_records: bool = False,
) -> pl.LazyFrame:
    """Add `suggested_ids` and `suggestions` to a queue, and rows for customers that wait for nothing else.

    Args:
        queue: `assets.planning.review_queue.queue_for_review`.
        stripe: `schemas.customers.StripeCustomers`.
        netsuite: `schemas.customers.NetsuiteCustomers`.
        matches: `schemas.matches.Matches`.
        settings: which records rules may find, and what stands for no value.
        where: how a person decides, in words (`schemas.review.where_decided`).
        makes_records: customers without a record get a new one, unless matching found them too near to one that is
            there; it is looked among inactive records, leads and prospects, too.
    """
    lost = queue.filter((pl.col("outcome") == "broken") & pl.col("proposed_internal_id").is_null())
    is_found = pl.col("is_customer") & (pl.lit(settings.match_inactive) | ~pl.col("inactive"))
    among = netsuite if makes_records else netsuite.filter(is_found)
    unmatched = matches.filter(pl.col("outcome") == "unmatched")
    nobody = pl.concat([rows.select(id="stripe_customer_id") for rows in (unmatched, lost)])
    found = _found(stripe, among, matches, settings, nobody)
    told = queue.join(found.lazy(), on="stripe_customer_id", how="left", maintain_order="left")
    others = found.lazy().join(queue.select("stripe_customer_id"), on="stripe_customer_id", how="anti")
    is_near = may_be_among(pl.col("stripe_customer_id"), found.get_column("stripe_customer_id"))
    customers = stripe.select("created", "email", "name", stripe_customer_id="id").filter(is_near)
    outcomes = matches.select("stripe_customer_id", "outcome", "reason", "candidates").filter(is_near)
    rows = (
        others.join(outcomes, on="stripe_customer_id")
        .join(customers, on="stripe_customer_id")
        .with_columns(what_to_do=pl.lit((_IF_MADE if makes_records else _WHAT_TO_DO).format(where=where)))
        .sort("stripe_customer_id")
    )
    return pl.concat([told, rows], how="diagonal")


def _found(
    stripe: pl.LazyFrame,
    among: pl.LazyFrame,
    matches: pl.LazyFrame,
    settings: MatchSettings,
    nobody: pl.LazyFrame,
) -> pl.DataFrame:
    """Near misses of the customers without a record, and of those whose record vanished and nothing else is found."""
    taken = matches.select(internal_id="netsuite_internal_id").drop_nulls()
    ids = nobody.collect().get_column("id")
    open_customers = stripe.filter(may_be_among(pl.col("id"), ids)).join(ids.to_frame().lazy(), on="id", how="semi")
    return find_near_misses(open_customers, among, taken, settings.no_key)


def proposals(
    stripe: pl.LazyFrame,
    netsuite: pl.LazyFrame,
    matches: pl.LazyFrame,
    settings: MatchSettings,
    held: Held | None = None,
) -> pl.LazyFrame:
    """What the other evidence says of the customers whose link is broken, and why, in words; `held` as `records_for`.

    A record that vanished was deleted, or merged into another one, which the API does not name: NetSuite leaves the
    Stripe id of the merged one there, if it had none, so that it is found by that; else the rules find it.
    """
    broken = matches.filter(pl.col("outcome") == "broken").select(pl.col("stripe_customer_id").alias("id")).collect()
    if broken.is_empty():
        return pl.LazyFrame(schema=_PROPOSAL)
    may_be_broken = stripe.filter(may_be_among(pl.col("id"), broken.get_column("id")))
    customers = may_be_broken.join(broken.lazy(), on="id", how="semi").collect()
    without_link = customers.lazy().with_columns(pl.lit(None, pl.String).alias(LINK_FIELD))
    records = records_for(customers, netsuite, settings, held)
    found = match_customers(without_link, records, NO_OVERRIDES, settings)
    proposed = found.filter(pl.col("netsuite_internal_id").is_not_null()).select(
        "stripe_customer_id",
        pl.col("netsuite_internal_id").alias("proposed_internal_id"),
        pl.col("evidence").alias("proposed_evidence"),
        pl.format("record {} is found instead, by {}", "netsuite_internal_id", "reason").alias("proposed_because"),
    )
    # Of rows that come in parts, streaming polars 2.1 panics in `format` where of a part none is left.
    return proposed.collect(engine="in-memory").lazy()
