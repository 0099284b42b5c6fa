"""The journal of a declaration: intent before a write, outcome after it, each batch in one transaction.

An intent without an outcome means: nobody knows. Whoever starts next asks the target and settles it. Nothing is ever
deleted here; a new attempt is a new row, and the primary key refuses the same attempt twice.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, RowMapping, Select, bindparam, func, insert, select, update

from resources.ledger.leases import Lease
from resources.ledger.store import Ledger
from resources.ledger.tables import JOURNAL
from resources.pieces import pieces
from schemas.attempts import Attempt, ChangeResult, Direction, Entry, Status
from schemas.change import VALUES, Change
from schemas.words import DeclaredAccounts

_Columns = TypeVar("_Columns", bound=tuple[Any, ...])
_RECORDS_ASKED: Final = 500
"""So many records are named in one question to the database."""


@dataclass(frozen=True)
class Tally:
    """How many changes ended in one way."""

    direction: Direction
    status: Status
    code: str | None
    changes: int


@dataclass(frozen=True)
class Journal:
    """The journal of one declaration with its accounts: what was written elsewhere under its name is not in it.

    Attributes:
        ledger: where it is.
        declaration: whose it is.
        lease: the right to write; a run that has lost it puts down no intent, and settles none of another's.
    """

    ledger: Ledger
    declaration: DeclaredAccounts
    lease: Lease | None = None

    def under(self, lease: Lease) -> "Journal":
        """The same journal in the hands of who holds the right to write."""
        return replace(self, lease=lease)

    def check(self) -> None:
        """See that the right to write is not lost. Raises LostLeaseError."""
        if self.lease is not None:
            self.lease.check()

    def intend(self, attempts: Sequence[Attempt], run_id: str) -> None:
        """Put down what is about to be done; it is on disk when this returns."""
        now = datetime.now(UTC)
        rows = [self._row(attempt, run_id, now) for attempt in attempts]
        if rows:
            with self.ledger.engine.begin() as connection:
                self._guard(connection)
                connection.execute(insert(JOURNAL), rows)

    def settle(self, results: Sequence[tuple[Attempt, ChangeResult]], *, is_own: bool = True) -> None:
        """Put down what became of attempts; it is on disk when this returns.

        What a run knows of its own attempts is true, whoever writes now. What it has found out of others' is true only
        for as long as nobody else writes.
        """
        now = datetime.now(UTC)
        if results:
            with self.ledger.engine.begin() as connection:
                if not is_own:
                    self._guard(connection)
                connection.execute(_SETTLE, [self._settled(attempt, result, now) for attempt, result in results])

    def _guard(self, connection: Connection) -> None:
        if self.lease is not None:
            self.lease.guard(connection)

    def unsettled(self) -> list[Entry]:
        """Intents without an outcome, of whatever plan."""
        query = select(JOURNAL).where(JOURNAL.c.declaration == self.declaration, JOURNAL.c.status == "intended")
        ordered = query.order_by(JOURNAL.c.intended_at, JOURNAL.c.change_id, JOURNAL.c.attempt)
        with self.ledger.engine.connect() as connection:
            return [_entry(row) for row in connection.execute(ordered).mappings()]

    def latest(self, plan: str) -> dict[str, Entry]:
        """The last attempt at each change of a plan that was ever tried, by change id."""
        with self.ledger.engine.connect() as connection:
            rows = connection.execute(self._last_attempts(select(JOURNAL), plan)).mappings()
            return {row["change_id"]: _entry(row) for row in rows}

    def attempts(self, plan: str) -> list[Entry]:
        """Every attempt at every change of a plan, by change, oldest first."""
        query = select(JOURNAL).where(JOURNAL.c.declaration == self.declaration, JOURNAL.c.plan == plan)
        ordered = query.order_by(JOURNAL.c.change_id, JOURNAL.c.attempt)
        with self.ledger.engine.connect() as connection:
            return [_entry(row) for row in connection.execute(ordered).mappings()]

    def rows_about(self, customer: str) -> int:
        """How many attempts there were, under any accounts of any declaration, that concern a Stripe customer."""
        query = select(func.count()).where(JOURNAL.c.stripe_customer_id == customer)
        with self.ledger.engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def of_records(self, records: Collection[str]) -> list[Entry]:
        """Every attempt at a change of these records, or at making them, that has a result, the first first."""
        found: list[Entry] = []
        with self.ledger.engine.connect() as connection:
            for some in pieces(sorted(records), _RECORDS_ASKED):
                is_of = JOURNAL.c.record_id.in_(some) | JOURNAL.c.result_id.in_(some)
                query = select(JOURNAL).where(JOURNAL.c.declaration == self.declaration, is_of)
                rows = connection.execute(query.where(JOURNAL.c.settled_at.is_not(None))).mappings()
                found += [_entry(row) for row in rows]
        return sorted(found, key=lambda entry: (entry.settled_at or entry.intended_at, entry.attempt.number))

    def tallies(self, plan: str, since: datetime) -> list[Tally]:
        """How many changes of a plan ended in which way, by the last attempt at each; only attempts since a moment."""
        by = (JOURNAL.c.direction, JOURNAL.c.status, JOURNAL.c.code)
        last = self._last_attempts(select(*by, func.count().label("changes")), plan)
        query = last.where(JOURNAL.c.settled_at.is_(None) | (JOURNAL.c.settled_at >= since)).group_by(*by)
        with self.ledger.engine.connect() as connection:
            return [Tally(**row) for row in connection.execute(query).mappings()]

    def _last_attempts(self, query: Select[_Columns], plan: str) -> Select[_Columns]:
        """Narrow a query of the journal to the last attempt at each change of a plan."""
        of_plan = (JOURNAL.c.declaration == self.declaration, JOURNAL.c.plan == plan)
        newest = (
            select(JOURNAL.c.change_id, func.max(JOURNAL.c.attempt).label("attempt"))
            .where(*of_plan)
            .group_by(JOURNAL.c.change_id)
            .subquery()
        )
        is_newest = (JOURNAL.c.change_id == newest.c.change_id) & (JOURNAL.c.attempt == newest.c.attempt)
        return query.join(newest, is_newest).where(*of_plan)

    def _row(self, attempt: Attempt, run_id: str, now: datetime) -> dict[str, object]:
        change = attempt.change
        return {
            "declaration": self.declaration,
            "plan": attempt.plan,
            "change_id": change.change_id,
            "attempt": attempt.number,
            "direction": attempt.direction,
            "cycle": attempt.cycle,
            "status": "intended",
            "system": change.system,
            "record_id": change.record_id,
            "field": change.field,
            "action": change.action,
            "old_value": change.old_value if change.action in VALUES else None,
            "new_value": change.new_value,
            "stripe_customer_id": change.stripe_customer_id,
            "netsuite_internal_id": change.netsuite_internal_id,
            "result_id": attempt.result_id,
            "witness": attempt.witness,
            "run_id": run_id,
            "intended_at": now,
        }

    def _settled(self, attempt: Attempt, result: ChangeResult, now: datetime) -> dict[str, object]:
        return {
            "the_declaration": self.declaration,
            "the_plan": attempt.plan,
            "the_change": attempt.change.change_id,
            "the_attempt": attempt.number,
            "status": result.status,
            "found": result.found,
            "code": result.code,
            "error": result.error,
            "result_id": result.result_id or attempt.result_id,
            "witness": result.witness or attempt.witness,
            "settled_at": now,
        }


_SETTLE = (
    update(JOURNAL)
    .where(
        JOURNAL.c.declaration == bindparam("the_declaration"),
        JOURNAL.c.plan == bindparam("the_plan"),
        JOURNAL.c.change_id == bindparam("the_change"),
        JOURNAL.c.attempt == bindparam("the_attempt"),
        JOURNAL.c.status == "intended",
    )
    .values(
        {name: bindparam(name) for name in ("status", "found", "code", "error", "result_id", "witness", "settled_at")}
    )
)


def _entry(row: RowMapping) -> Entry:
    change = Change(
        change_id=row["change_id"],
        system=row["system"],
        record_id=row["record_id"],
        field=row["field"],
        action=row["action"],
        old_value=row["old_value"],
        new_value=row["new_value"],
        stripe_customer_id=row["stripe_customer_id"],
        netsuite_internal_id=row["netsuite_internal_id"],
    )
    made = (row["result_id"], row["witness"]) if row["direction"] == "undo" else (None, None)
    attempt = Attempt(row["plan"], change, row["direction"], row["attempt"], row["cycle"], False, None, *made)
    result = ChangeResult(row["status"], row["found"], row["code"], row["error"], row["result_id"], row["witness"])
    return Entry(attempt, result, row["run_id"], row["intended_at"], row["settled_at"])
