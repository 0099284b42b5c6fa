"""What is going to be written, and what a person has to look at first."""

from typing import Final, get_args

import pandera.polars as pa
import polars as pl
from pandera.engines.polars_engine import DateTime

from schemas.words import Action, LinkField, System


class Plan(pa.DataFrameModel):
    """One row per change: (system, record, field), and for comments per appended id (W7).

    NetSuite comes before Stripe, because no metadata may point at a record that NetSuite refused. Then by field, by
    record, and within a record the older customer first.
    """

    change_id: str = pa.Field(unique=True, description="system:record:field, and the Stripe id where it is appended")
    system: str = pa.Field(isin=get_args(System))
    record_id: str = pa.Field(description="the internal id as text, or the Stripe id")
    field: str = pa.Field(isin=get_args(LinkField))
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


class ReviewQueue(pa.DataFrameModel):
    """One row per Stripe customer that waits for a person, with what is needed to decide, or that a person decided.

    After them one row per id that NetSuite names and that is no customer's, with the outcome `schemas.words.GONE`.

    Holds customer data.
    """

    stripe_customer_id: str = pa.Field(unique=True)
    outcome: str
    reason: str
    what_to_do: str
    created: DateTime(time_unit="us", time_zone="UTC") = pa.Field(nullable=True)  # type: ignore[valid-type]
    email: str = pa.Field(nullable=True)
    name: str = pa.Field(nullable=True)
    netsuite_internal_id: pl.Int64 = pa.Field(nullable=True)
    candidates: pl.UInt32
    candidate_ids: str = pa.Field(nullable=True)
    candidate_details: str = pa.Field(nullable=True, description="id, company and e-mail of the first candidates")
    proposed_internal_id: pl.Int64 = pa.Field(
        nullable=True, description="what matching would say without the broken link"
    )
    proposed_evidence: str = pa.Field(nullable=True)
    decided: str = pa.Field(nullable=True, description="what a person decided: what, who, when, why (M8)")
    doubt: str = pa.Field(nullable=True, description="as in `schemas.matches.Matches`")
