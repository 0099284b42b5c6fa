"""The way to Stripe as frames: NetSuite customers with their parameters, and what is known of each in Stripe."""

import pandera.polars as pa
import polars as pl

from schemas.words import OUTCOMES


class NetsuiteParameters(pa.DataFrameModel):
    """One row per row of the search, or of the export, whose labels are parameters of Stripe.

    Beside the id there is a String column for each of its labels that is the path of one (`schemas.stripe_parameters`).
    """

    internal_id: pl.Int64 = pa.Field(unique=True, gt=0)


class StripeMatches(pa.DataFrameModel):
    """One row per NetSuite customer of that search, sorted by its id: one outcome each, with a reason."""

    netsuite_internal_id: pl.Int64 = pa.Field(unique=True)
    outcome: str = pa.Field(
        isin=OUTCOMES,
        description="linked: a Stripe customer is its own already, or by the other direction; matched: found here",
    )
    stripe_customer_id: str = pa.Field(nullable=True, description="where there is one to link, or that is linked")
    evidence: str = pa.Field(nullable=True)
    candidates: pl.UInt32 = pa.Field(description="how many Stripe customers were found, exact")
    candidate_ids: str = pa.Field(nullable=True, description="at most 50 of them, space between")
    reason: str
