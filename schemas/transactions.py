"""Which of the Stripe customers without a record have transacted, so that one may be created for them (C2)."""

from dataclasses import dataclass

import pandera.polars as pa

from schemas.words import TRANSACTION_STATES, TransactionState


class Transactions(pa.DataFrameModel):
    """One row per unmatched customer, in the order of their ids."""

    stripe_customer_id: str = pa.Field(unique=True)
    state: str = pa.Field(isin=TRANSACTION_STATES)
    is_open: bool = pa.Field(
        description="it has not transacted, but a pending charge or a draft invoice may become one"
    )
    reason: str | None = pa.Field(nullable=True, description="why it is unknown: a sentence; else null")


@dataclass(frozen=True)
class Transacted:
    """What was found out about one customer; `reason` says why it is `unknown`, and nothing else.

    `is_open`: with `none`, a charge is pending or an invoice is a draft, so that what is known may become a yes without
    any new one.
    """

    customer: str
    state: TransactionState
    reason: str | None = None
    is_open: bool = False


@dataclass(frozen=True)
class Candidate:
    """A customer who may have transacted, and the second before which nothing needs looking at (Unix time)."""

    customer: str
    since: int = 0
