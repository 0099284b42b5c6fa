"""What matching says of every Stripe customer, and what a person said before it: overrides."""

from typing import Final

import pandera.polars as pa
import polars as pl

from schemas.link_fields import LINK_FIELDS
from schemas.words import OUTCOMES


class Overrides(pa.DataFrameModel):
    """A person's decisions (M8)."""

    stripe_customer_id: str = pa.Field(unique=True)
    netsuite_internal_id: pl.Int64 = pa.Field(nullable=True)
    kind: str | None = pa.Field(
        isin=("link", "never", "create"), description="without it, a null internal id means: never link this customer"
    )


class Matches(pa.DataFrameModel):
    """One row per Stripe customer, sorted by its id: one outcome each, with a reason a person can read (M12)."""

    stripe_customer_id: str = pa.Field(unique=True)
    outcome: str = pa.Field(isin=OUTCOMES)
    netsuite_internal_id: pl.Int64 = pa.Field(nullable=True, description="the record, where there is one to link")
    evidence: str = pa.Field(
        nullable=True, description=f"override, {', '.join(field.evidence for field in LINK_FIELDS)}, or a rule"
    )
    candidates: pl.UInt32 = pa.Field(description="how many records were found, exact")
    candidate_ids: str = pa.Field(nullable=True, description="at most 50 of them, ascending as numbers, space between")
    reason: str
    doubt: str | None = pa.Field(
        nullable=True, description="why a person should look before it is written: a word of `DOUBTS`, a sentence, …"
    )


DECISIONS_KEPT: Final = {"stripe_customer_id": pl.String(), "netsuite_internal_id": pl.Int64(), "kind": pl.String()}
"""The columns of `Overrides`, as they are kept beside a plan; the last one only where somebody decided to create."""
