"""Which of the Stripe customers without a record have transacted, so that one may be created for them (C2)."""

import pandera.polars as pa

from schemas.words import TRANSACTION_STATES


class Transactions(pa.DataFrameModel):
    """One row per unmatched customer, in the order of their ids."""

    stripe_customer_id: str = pa.Field(unique=True)
    state: str = pa.Field(isin=TRANSACTION_STATES)
    reason: str | None = pa.Field(nullable=True, description="why it is unknown: a sentence; else null")
