"""Who has no record and gets none yet, because nothing was paid: an export tells it, and nobody has to decide (C2)."""

import polars as pl

from assets.planning.creates import who_paid
from assets.planning.settings import PlanSettings
from schemas.declaration import Declaration

_CUSTOMER = "stripe_customer_id"


def unpaid(declaration: Declaration, stripe: pl.LazyFrame, matches: pl.LazyFrame) -> int:
    """How many customers wait for their first payment alone; none where records are made at once, or over an API.

    Args:
        declaration: what a person wrote.
        stripe: `schemas.customers.StripeCustomers`, with the columns that tell who has paid.
        matches: `schemas.matches.Matches`.
    """
    columns = PlanSettings.of(declaration).who_paid
    if not columns:
        return 0
    has_no_doubt = pl.col("doubt").is_null() if "doubt" in matches.collect_schema() else pl.lit(value=True)
    waiting = matches.filter((pl.col("outcome") == "unmatched") & has_no_doubt).select(_CUSTOMER)
    paid = who_paid(stripe, columns).select("id")
    rest = waiting.join(paid, left_on=_CUSTOMER, right_on="id", how="anti")
    return int(rest.select(pl.len()).collect(engine="streaming").item())
