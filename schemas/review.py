"""What a person has to look at before a plan is used, and what persons have decided, or write beside it to decide."""

from typing import Final

import pandera.polars as pa
import polars as pl
from pandera.engines.polars_engine import DateTime

DECISION: Final = "decision"
"""The column of the review's files in which a person writes an internal id, or one of `DECISION_WORDS` (X16)."""

WHY: Final = "why"
"""The column in which they say why."""

DECISION_WORDS: Final = ("never", "create", "later", "withdraw")
"""Never to link; to make a new record (`on_none: create`); nothing yet; to take back what was decided, and leave the
customer to the rules again."""

WORKBOOK_ROWS: Final = 20_000
"""More rows are in the CSV only: a workbook costs ten times as much, and nobody decides so many cell by cell."""


def where_decided(declaration: str) -> str:
    """How a person decides about a customer of a declaration, in words.

    >>> where_decided("acme")
    'column decision, or job acme_override'
    """
    return f"column {DECISION}, or job {declaration}_override"


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
    suggested_ids: str | None = pa.Field(
        nullable=True,
        description="records to look at for a customer that matched nothing, at most three, a space between",
    )
    suggestions: str | None = pa.Field(
        nullable=True, description="each of them with what is nearly equal (`assets.near_misses`)"
    )
