"""What is going to be written: a row for each change."""

from typing import Final, get_args

import pandera.polars as pa
import polars as pl

from schemas.link_fields import BY_NAME
from schemas.words import Action, System


class Plan(pa.DataFrameModel):
    """One row per change: (system, record, field), and where ids are appended one per id (W7).

    NetSuite comes before Stripe, because no metadata may point at a record that NetSuite refused. Then by field, by
    record, and within a record the older customer first.
    """

    change_id: str = pa.Field(unique=True, description="system:record:field, and the Stripe id where it is appended")
    system: str = pa.Field(isin=get_args(System))
    record_id: str = pa.Field(description="the internal id as text, or the Stripe id")
    field: str = pa.Field(isin=list(BY_NAME))
    action: str = pa.Field(isin=get_args(Action))
    old_value: str = pa.Field(
        nullable=True, description="what the extract held: the condition under which it is written"
    )
    new_value: str = pa.Field(description="the value to set, or the text to append")
    reason: str
    stripe_customer_id: str
    netsuite_internal_id: pl.Int64


PLAN_COLUMNS: Final = tuple(Plan.to_schema().columns)
"""The columns of a plan, in the order in which its file has them: its hash depends on it."""
