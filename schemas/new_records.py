"""What new NetSuite customers look like before they are planned."""

import pandera.polars as pa
import polars as pl


class NewRecords(pa.DataFrameModel):
    """One row per Stripe customer that a NetSuite customer is to be made for. Holds customer data."""

    stripe_customer_id: str = pa.Field(unique=True)
    is_individual: pl.Boolean = pa.Field(description="false: a company (C7)")
    entity_id: str = pa.Field(nullable=True, description="null where the account gives a number (C3)")
    record: str = pa.Field(
        description="canonical JSON: `fields` by script id, `addressbook`, `currencies`, and `currency` if it is set"
    )
    notes: str = pa.Field(nullable=True, description="what was cut, left out, or stands in for something else")
