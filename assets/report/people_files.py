"""The tables that a person opens in a spreadsheet, with what tells one customer from another; pure."""

from typing import Final

import polars as pl

from assets.rows_of import rows_of
from schemas.link_fields import fields_of, in_plan_order

UNMATCHED_FILE: Final = "netsuite_unmatched.csv"
"""NetSuite customers without a Stripe customer."""

_TELLING: Final = ("company_name", "email", "phone", "inactive")
_IDS: Final = in_plan_order(fields_of("netsuite", "value"))


def matches_for_people(
    matches: pl.LazyFrame, stripe: pl.LazyFrame, netsuite: pl.LazyFrame, customers: pl.Series | None = None
) -> pl.DataFrame:
    """The matches with names: `schemas.matches.Matches`, then `stripe_name`, `stripe_email`, `netsuite_company_name`.

    Args:
        matches: `schemas.matches.Matches`, sorted by customer; the order stays.
        stripe: `schemas.customers.StripeCustomers`.
        netsuite: `schemas.customers.NetsuiteCustomers`.
        customers: the row of the customer of each match, if somebody knows it.
    """
    ours = stripe.select("id", stripe_name="name", stripe_email="email").collect()
    theirs = netsuite.select("internal_id", netsuite_company_name="company_name").collect()
    found = matches.collect()
    if customers is None:
        customers = rows_of(found.get_column("stripe_customer_id"), ours.get_column("id"))
    records = rows_of(found.get_column("netsuite_internal_id"), theirs.get_column("internal_id"))
    return found.with_columns(
        *(column.gather(customers) for column in ours.drop("id").rechunk()),
        *(column.gather(records) for column in theirs.drop("internal_id").rechunk()),
    )


def unmatched_records(netsuite: pl.LazyFrame, matches: pl.LazyFrame) -> pl.DataFrame:
    """The NetSuite customers that no Stripe customer is linked or matched to, ordered by internal id.

    Leads and prospects are none. A record that is only a candidate of somebody who was given another one, or none, is
    here: nobody is tied to it.

    Args:
        netsuite: `schemas.customers.NetsuiteCustomers`.
        matches: `schemas.matches.Matches`.

    Returns:
        internal_id, company_name, email, phone, inactive, and the link fields that hold one id.
    """
    taken = matches.select(internal_id="netsuite_internal_id").drop_nulls()
    numbered = netsuite.select("internal_id", "is_customer").with_row_index("row").filter("is_customer")
    free = numbered.join(taken, on="internal_id", how="anti").sort("internal_id").select("row").collect()
    # Their numbers first, as most records are somebody's, and their texts need not be copied to be left out.
    rows = netsuite.select("internal_id", *_TELLING, *(field.name for field in _IDS)).collect()[free.to_series()]
    return rows.drop(field.name for field in _IDS if field.optional and not rows.get_column(field.name).count())
