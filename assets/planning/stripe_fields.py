"""Parameters of Stripe customers that are kept as NetSuite has them (P3, P6): a change for each that differs.

A blank column changes nothing, unless the declaration says that it clears; and what Stripe's own values made in
NetSuite is no news to Stripe.
"""

from functools import reduce
from operator import or_
from typing import Final

import polars as pl

from assets.mapping.to_stripe import ToStripeSettings, same_in_stripe
from assets.planning.rows import all_columns

_ID: Final = "netsuite_internal_id"
_OWN: Final = ("id", "name", "description", "email")
"""Where a new NetSuite customer has its name and its e-mail from, if not from the field of that name (C4, C5)."""


def plan_fields(
    fitted: pl.LazyFrame, stripe: pl.LazyFrame, pairs: pl.LazyFrame, settings: ToStripeSettings
) -> list[pl.LazyFrame]:
    """Plan every parameter that is kept and differs, of all pairs.

    Args:
        fitted: the parameters, as `assets.mapping.to_stripe.fitted` gives them.
        stripe: `schemas.customers.StripeCustomers`, with a column for each parameter that is kept.
        pairs: `stripe_customer_id`, `netsuite_internal_id` of the customers that are linked, or will be by this plan.
        settings: what the declaration says.

    Returns:
        For each parameter its changes, as `schemas.plan.Plan` with all of its columns; one that clears has an empty
        text as its new value.
    """
    there = set(fitted.collect_schema().names())
    kept = [path for path in settings.kept if path in there]
    if not kept:
        return []
    mine = fitted.select(pl.col("internal_id").alias(_ID), *kept, *(f"blank {path}" for path in kept))
    theirs = stripe.select(
        pl.col("id").alias("stripe_customer_id"),
        *(pl.col(name).alias(f"stripe {name}") for name in dict.fromkeys([*kept, *_OWN])),
    )
    joined = pairs.select("stripe_customer_id", _ID).join(mine, on=_ID).join(theirs, on="stripe_customer_id")
    rows = joined.sort("stripe_customer_id").collect().lazy()
    return [_changes(rows, path, settings) for path in kept]


def _changes(rows: pl.LazyFrame, path: str, settings: ToStripeSettings) -> pl.LazyFrame:
    new, old = pl.col(path), pl.col(f"stripe {path}")
    differs = new.is_not_null() & ~same_in_stripe(path, new, old)
    if settings.goes_back:
        differs &= ~_is_stripes_own(path, new)
    clears = pl.col(f"blank {path}") & (old.fill_null("") != "") if path in settings.cleared else pl.lit(value=False)
    stripe_id = pl.col("stripe_customer_id")
    return all_columns(
        rows.filter(differs | clears),
        change_id=pl.concat_str(pl.lit("stripe:"), stripe_id, pl.lit(f":{path}")),
        system=pl.lit("stripe"),
        record_id=stripe_id,
        field=pl.lit(path),
        action=pl.lit("set"),
        old_value=old,
        new_value=new.fill_null(""),
        reason=pl.when(new.is_null()).then(pl.lit("NetSuite has none")).otherwise(pl.lit("NetSuite has another value")),
    )


def _is_stripes_own(path: str, new: pl.Expr) -> pl.Expr:
    """Whether a value came from Stripe when the record was made: cut, or in place of one that was not there."""
    theirs = [pl.col(f"stripe {name}") for name in dict.fromkeys([*_OWN, path])]
    equal = [new == text.str.strip_chars() for text in theirs]
    cut = [text.str.starts_with(new) & (new.str.len_chars() >= _CUT) for text in theirs]
    return reduce(or_, [each.fill_null(value=False) for each in (*equal, *cut)])


_CUT: Final = 30
"""Characters that the shortest field has in which a text is cut."""
