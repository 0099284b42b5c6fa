"""What persons decided about customers (M8): who, when, why. Nothing is overwritten; the last decision counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import polars as pl
from sqlalchemy import Select, func, insert, select

from resources.ledger.sqlite_file import in_one_transaction
from resources.ledger.store import Ledger
from resources.ledger.tables import DECISION
from schemas.errors import UserError
from schemas.words import DecisionKind, InternalId, StripeId


@dataclass(frozen=True)
class LastDecision:
    """What was decided last about a customer, and when; `withdrawn` leaves it to the rules again."""

    kind: DecisionKind
    netsuite_internal_id: InternalId | None
    decided_at: datetime


@dataclass(frozen=True)
class NewDecision:
    """A decision that is to be kept: about whom, what, for which record, and why."""

    customer: StripeId
    kind: DecisionKind
    record: InternalId | None
    why: str


@dataclass(frozen=True)
class DecidedSince:
    """What was decided since a moment: about how many customers, and who decided last."""

    customers: int = 0
    who: str = ""


@dataclass(frozen=True)
class Decisions:
    """The decisions of one declaration."""

    ledger: Ledger
    declaration: str

    def decide(
        self,
        customer: StripeId,
        kind: DecisionKind,
        record: InternalId | None,
        who: str,
        why: str,
    ) -> None:
        """Keep a decision; it is on disk when this returns."""
        with self.ledger.engine.begin() as connection:
            connection.execute(insert(DECISION), self._row(NewDecision(customer, kind, record, why), who))

    def decide_all(self, new: Sequence[NewDecision], who: str, *, seen: int) -> None:
        """Keep many decisions, or none of them; they are on disk when this returns.

        Args:
            new: one for each customer.
            who: the person whose they are.
            seen: `number_of_last` before they were made.

        Raises:
            UserError: another decision was kept since.
        """
        with in_one_transaction(self.ledger.engine) as connection:
            if connection.execute(self._number_of_last()).scalar_one() != seen:
                raise UserError("Somebody decided at this very moment, so that nothing was recorded; start it again.")
            connection.execute(insert(DECISION), [self._row(each, who) for each in new])

    def number_of_last(self) -> int:
        """The number of the decision that was kept last; 0 before the first."""
        with self.ledger.engine.connect() as connection:
            return int(connection.execute(self._number_of_last()).scalar_one())

    def _number_of_last(self) -> Select[int]:
        last = func.coalesce(func.max(DECISION.c.number), 0)
        return select(last).where(DECISION.c.declaration == self.declaration)

    def _row(self, new: NewDecision, who: str) -> dict[str, object]:
        return {
            "declaration": self.declaration,
            "stripe_customer_id": new.customer,
            "kind": new.kind,
            "netsuite_internal_id": new.record,
            "who": who,
            "why": new.why,
            "decided_at": datetime.now(UTC),
        }

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

    def since(self, moment: datetime) -> DecidedSince:
        """What was decided after a moment (UTC)."""
        ours = (DECISION.c.declaration == self.declaration) & (DECISION.c.decided_at > moment)
        query = select(DECISION.c.stripe_customer_id, DECISION.c.who).where(ours).order_by(DECISION.c.number)
        with self.ledger.engine.connect() as connection:
            rows = connection.execute(query).all()
        customers = {row.stripe_customer_id for row in rows}
        return DecidedSince(len(customers), rows[-1].who) if rows else DecidedSince()


_STANDING: Final[dict[str, pl.DataType]] = {
    "stripe_customer_id": pl.String(),
    "netsuite_internal_id": pl.Int64(),
    "kind": pl.String(),
    "who": pl.String(),
    "why": pl.String(),
    "decided_at": pl.Datetime("us", "UTC"),
}
