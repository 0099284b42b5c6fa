"""New Stripe customers for the NetSuite customers that Stripe has not, and the links that name them (P2).

A customer is made with its link in the same call; the fields of its record follow once its id is known.
"""

from collections.abc import Iterable
from typing import Final

import polars as pl

from assets.keys import folded_expr
from assets.mapping.to_stripe import ToStripeSettings, new_customers
from assets.no_values import is_no_value, is_placeholder
from assets.planning.rows import all_columns, create_rows
from schemas.link_fields import LinkField

_ID: Final = "netsuite_internal_id"
_LONGEST_ID: Final = 64
"""Characters that are kept free for an id that nobody knows yet; Stripe's have 18 or so."""


def plan_stripe_creates(
    fitted: pl.LazyFrame,
    netsuite: pl.LazyFrame,
    found: pl.LazyFrame,
    written: Iterable[LinkField],
    settings: ToStripeSettings,
) -> list[pl.LazyFrame]:
    """Plan a Stripe customer for each record that is unmatched, has the value it is found by, and is refused nothing.

    Args:
        fitted: the parameters, as `assets.mapping.to_stripe.fitted` gives them.
        netsuite: `schemas.customers.NetsuiteCustomers`.
        found: `schemas.stripe_matches.StripeMatches`.
        written: the link fields that may be written.
        settings: what the declaration says.

    Returns:
        The creates, and the links of their records, each as `schemas.plan.Plan` with all of its columns.
    """
    unmatched = found.filter(pl.col("outcome") == "unmatched").select(pl.col(_ID).alias("internal_id"))
    of_nobody = is_no_value(folded_expr(pl.col(settings.sync_path)), settings.no_key)
    mine = fitted.join(unmatched, on="internal_id", how="semi").filter(pl.col("refused").is_null() & ~of_nobody)
    fields = [field for field in written if field.system == "netsuite"]
    held = netsuite.select(pl.col("internal_id").alias(_ID), *(field.name for field in fields))
    records = new_customers(mine, settings).join(held, on=_ID).sort(_ID).collect().lazy()
    record = pl.col(_ID).cast(pl.String)
    creates, create = create_rows(records, "stripe", record, pl.lit("no Stripe customer was found"))
    links = [
        all_columns(
            records.filter(_can_name(field, settings)),
            change_id=pl.concat_str(pl.lit("netsuite:"), record, pl.lit(f":{field.name}"), *_of_word(field, create)),
            system=pl.lit("netsuite"),
            record_id=record,
            field=pl.lit(field.name),
            action=pl.lit(field.action),
            old_value=pl.col(field.name),
            reason=pl.lit("names the customer that this plan creates"),
            value_from=create,
        )
        for field in fields
    ]
    return [creates, *links]


def _of_word(field: LinkField, create: pl.Expr) -> list[pl.Expr]:
    return [pl.lit(":"), create] if field.holds == "words" else []


def _can_name(field: LinkField, settings: ToStripeSettings) -> pl.Expr:
    """Whether the field of a record is free for the new id."""
    text = pl.col(field.name)
    if field.holds == "words":
        return text.str.len_chars().fill_null(0) + 1 + _LONGEST_ID <= field.most_characters
    is_nothing = is_placeholder(folded_expr(text), settings.no_value).fill_null(value=True)
    return (text.fill_null("").str.strip_chars() == "") | is_nothing
