"""Records that are of a Stripe customer whom this account has not: deleted, or of another account; pure."""

from typing import Final

import polars as pl

from assets.matching.id_texts import one_id
from schemas.link_fields import fields_of
from schemas.words import STRIPES_OWN

SHARED_FIELD: Final = next(field.name for field in fields_of("netsuite", "value") if field.foreign_values)
"""What other systems write, too: Stripe's connector, for each account that it has."""


def of_other_accounts(rows: pl.LazyFrame, customers: pl.LazyFrame) -> pl.LazyFrame:
    """Return the rows whose external id names a customer that is not there, with why they get no further one.

    Args:
        rows: with `SHARED_FIELD`.
        customers: `stripe_customer_id` of all that are there.
    """
    named = rows.with_columns(elsewhere=one_id(pl.col(SHARED_FIELD)))
    there = customers.select(elsewhere="stripe_customer_id")
    gone = named.filter(pl.col("elsewhere").str.starts_with(STRIPES_OWN)).join(there, on="elsewhere", how="anti")
    why = "its external id names {}, and Stripe has no such customer: deleted, or of another account"
    said = {"outcome": pl.lit("broken"), "evidence": pl.lit(SHARED_FIELD), "reason": pl.format(why, "elsewhere")}
    return gone.with_columns(**said)
