"""What persons decided about customers (M8): who, when, why. Nothing is overwritten; the last decision counts."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

import polars as pl
from sqlalchemy import func, insert, select

from resources.ledger.store import Ledger
from resources.ledger.tables import DECISION
from schemas.words import InternalId, StripeId


@dataclass(frozen=True)
class LastDecision:
    """What was decided last about a customer, and when; `withdrawn` leaves it to the rules again."""

    kind: Literal["link", "never", "withdrawn"]
    netsuite_internal_id: InternalId | None
    decided_at: datetime


@dataclass(frozen=True)
class Decisions:
    """The decisions of one declaration."""

    ledger: Ledger
    declaration: str

    def decide(
        self,
        customer: StripeId,
        kind: Literal["link", "never", "withdrawn"],
        record: InternalId | None,
        who: str,
        why: str,
    ) -> None:
        """Keep a decision; it is on disk when this returns."""
        row = {
            "declaration": self.declaration,
            "stripe_customer_id": customer,
            "kind": kind,
            "netsuite_internal_id": record,
            "who": who,
            "why": why,
            "decided_at": datetime.now(UTC),
        }
        with self.ledger.engine.begin() as connection:
            connection.execute(insert(DECISION), row)

    def standing(self) -> pl.DataFrame:
        """The decisions that count, ordered by customer.

        Returns:
            `schemas.matches.Overrides` and, for people, `who`, `why` (String) and `decided_at` (Datetime, UTC).
        """
        last = select(func.max(DECISION.c.number)).where(DECISION.c.declaration == self.declaration)
        query = (
            select(*(DECISION.c[name] for name in _STANDING))
            .where(DECISION.c.number.in_(last.group_by(DECISION.c.stripe_customer_id)), DECISION.c.kind != "withdrawn")
            .order_by(DECISION.c.stripe_customer_id)
        )
        with self.ledger.engine.connect() as connection:
            rows = [tuple(row) for row in connection.execute(query)]
        return pl.DataFrame(rows, schema=_STANDING, orient="row")

    def last(self) -> dict[StripeId, LastDecision]:
        """The last decision about each customer that there ever was one about, one taken back included."""
        query = select(DECISION).where(DECISION.c.declaration == self.declaration).order_by(DECISION.c.number)
        with self.ledger.engine.connect() as connection:
            return {
                StripeId(row["stripe_customer_id"]): LastDecision(
                    row["kind"], row["netsuite_internal_id"], row["decided_at"]
                )
                for row in connection.execute(query).mappings()
            }


_STANDING: Final[dict[str, pl.DataType]] = {
    "stripe_customer_id": pl.String(),
    "netsuite_internal_id": pl.Int64(),
    "who": pl.String(),
    "why": pl.String(),
    "decided_at": pl.Datetime("us", "UTC"),
}
