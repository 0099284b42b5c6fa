"""Plans the link to the customer portal: set where the field is empty, and anew where our own is out of date (P7).

It follows from a link between two customers and proves none. An address of somebody else's is left as it is.
"""

from typing import Final

import polars as pl

from assets.keys import folded_expr
from assets.no_values import is_placeholder
from assets.planning.pairs import is_empty, oldest, pairs_to_plan
from schemas.link_fields import BY_NAME
from schemas.pair_texts import is_blank
from schemas.portal import LOGIN_PAGE, SUITELET

FIELD: Final = BY_NAME["portal_link"]
_STRIPE_ID: Final = BY_NAME["stripe_id"]
_CERTAIN: Final = ("linked", "matched")


def who_gets_a_link(
    stripe: pl.LazyFrame,
    netsuite: pl.LazyFrame,
    matches: pl.LazyFrame,
    no_value: frozenset[str],
    *,
    sets_stripe_ids: bool,
) -> pl.LazyFrame:
    """The records whose portal is known: `netsuite_internal_id, stripe_customer_id, email`, by internal id.

    A record has one portal, that of the customer in its Stripe-id field; where the field is empty and this plan sets
    it, that of the oldest customer, who claims it. Of pairs that are doubted or ambiguous nobody's bills are shown.

    Args:
        stripe: `schemas.customers.StripeCustomers`.
        netsuite: `schemas.customers.NetsuiteCustomers`.
        matches: `schemas.matches.Matches`.
        no_value: keys of placeholders.
        sets_stripe_ids: whether the plan sets empty Stripe-id fields.
    """
    is_certain = (pl.col("outcome") == "linked") | pl.col("doubt").is_null()
    certain = matches.filter(pl.col("outcome").is_in(_CERTAIN) & is_certain)
    pairs = pairs_to_plan(stripe, netsuite, certain, no_value).lazy()
    names_it = pl.col(_STRIPE_ID.name).str.strip_chars() == pl.col("stripe_customer_id")
    named = pairs.filter(names_it)
    claimed = oldest(pairs).filter(is_empty(_STRIPE_ID)) if sets_stripe_ids else pairs.clear()
    keys = ["netsuite_internal_id", "stripe_customer_id"]
    found = pl.concat([named.select(keys), claimed.select(keys)])
    emails = stripe.select(pl.col("id").alias("stripe_customer_id"), "email")
    return found.join(emails, on="stripe_customer_id").sort("netsuite_internal_id")


def plan_portal_links(links: pl.LazyFrame, netsuite: pl.LazyFrame, no_value: frozenset[str]) -> pl.LazyFrame:
    """Plan the links that differ from what the records hold, by internal id.

    Args:
        links: `schemas.portal.PortalLinks`.
        netsuite: `schemas.customers.NetsuiteCustomers`, with the column `portal_link`.
        no_value: keys of placeholders.

    Returns:
        `schemas.plan.Plan`.
    """
    is_wanted = _is_free(no_value) | (_is_ours() & (pl.col("held").str.strip_chars() != pl.col("link")))
    record = pl.col("netsuite_internal_id").cast(pl.String)
    why = pl.when(_is_free(no_value)).then(pl.lit("is empty")).otherwise(pl.lit("held a link that is out of date"))
    return (
        _held(links, netsuite)
        .filter(is_wanted)
        .select(
            pl.concat_str(pl.lit("netsuite:"), record, pl.lit(f":{FIELD.name}")).alias("change_id"),
            pl.lit(FIELD.system).alias("system"),
            record.alias("record_id"),
            pl.lit(FIELD.name).alias("field"),
            pl.lit(FIELD.action).alias("action"),
            pl.col("held").alias("old_value"),
            pl.col("link").alias("new_value"),
            (why + "; the portal of the customer in its Stripe-id field").alias("reason"),
            "stripe_customer_id",
            "netsuite_internal_id",
        )
    )


def held_by_others(links: pl.LazyFrame, netsuite: pl.LazyFrame, no_value: frozenset[str]) -> pl.LazyFrame:
    """The internal ids of the records whose field holds somebody else's address, and keeps it."""
    return _held(links, netsuite).filter(~_is_free(no_value) & ~_is_ours()).select("netsuite_internal_id")


def _held(links: pl.LazyFrame, netsuite: pl.LazyFrame) -> pl.LazyFrame:
    held = netsuite.select(pl.col("internal_id").alias("netsuite_internal_id"), held=pl.col(FIELD.name))
    return links.join(held, on="netsuite_internal_id", maintain_order="left")


def _is_free(no_value: frozenset[str]) -> pl.Expr:
    return is_blank("held") | is_placeholder(folded_expr(pl.col("held")), no_value)


def _is_ours() -> pl.Expr:
    """The vectorised `schemas.portal.is_ours`."""
    of_the_record = pl.col("held").str.extract(SUITELET, 1) == pl.col("netsuite_internal_id").cast(pl.String)
    return (pl.col("held").str.contains(LOGIN_PAGE) | of_the_record).fill_null(value=False)
