"""What runs were asked to write: which plan, which way, which part of it, by whom. Asking is approving."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import orjson
from sqlalchemy import RowMapping, insert, select

from resources.ledger.store import Ledger
from resources.ledger.tables import REQUEST
from schemas.attempts import Direction
from schemas.words import DeclaredAccounts


@dataclass(frozen=True)
class Request:
    """What a person, or the schedule, asked a run to do.

    Attributes:
        run_id: the run.
        direction: to apply, or to undo.
        plan: the hash of the plan.
        filters: which part of it, as it was asked for.
        who: who asked; None in requests that were made before anybody was asked for a name.
        at: when (UTC), once it is kept.
    """

    run_id: str
    direction: Direction
    plan: str
    filters: Mapping[str, object]
    who: str | None = None
    at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Requests:
    """The requests of one declaration with its accounts."""

    ledger: Ledger
    declaration: DeclaredAccounts

    def add(self, asked: Request) -> None:
        """Put down what a run was asked to do; asking the same run twice changes nothing."""
        if self.of(asked.run_id) is None:
            row = {
                "declaration": self.declaration,
                "run_id": asked.run_id,
                "direction": asked.direction,
                "plan": asked.plan,
                "filters": orjson.dumps(dict(asked.filters), option=orjson.OPT_SORT_KEYS).decode(),
                "requested_at": datetime.now(UTC),
                "who": asked.who,
            }
            with self.ledger.engine.begin() as connection:
                connection.execute(insert(REQUEST), row)

    def of(self, run_id: str) -> Request | None:
        """What a run was asked to do, None if nothing."""
        query = select(REQUEST).where(REQUEST.c.declaration == self.declaration, REQUEST.c.run_id == run_id)
        with self.ledger.engine.connect() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else _request(row)

    def of_plan(self, plan: str) -> list[Request]:
        """Every request about a plan, oldest first."""
        query = select(REQUEST).where(REQUEST.c.declaration == self.declaration, REQUEST.c.plan == plan)
        with self.ledger.engine.connect() as connection:
            rows = connection.execute(query.order_by(REQUEST.c.requested_at, REQUEST.c.run_id)).mappings()
            return [_request(row) for row in rows]

    def of_others(self, plan: str, since: datetime) -> Request | None:
        """The last request about another plan after a moment (UTC), None if there was none."""
        query = select(REQUEST).where(REQUEST.c.declaration == self.declaration, REQUEST.c.plan != plan)
        newest = query.where(REQUEST.c.requested_at > since).order_by(REQUEST.c.requested_at.desc(), REQUEST.c.run_id)
        with self.ledger.engine.connect() as connection:
            row = connection.execute(newest).mappings().first()
        return None if row is None else _request(row)

    def approvals(self) -> list[tuple[str, datetime]]:
        """Every request to apply a plan: its hash, and when it was made, oldest first."""
        query = select(REQUEST.c.plan, REQUEST.c.requested_at).order_by(REQUEST.c.requested_at)
        ours = query.where(REQUEST.c.declaration == self.declaration, REQUEST.c.direction == "apply")
        with self.ledger.engine.connect() as connection:
            return [(row.plan, row.requested_at) for row in connection.execute(ours)]


def _request(row: RowMapping) -> Request:
    filters = orjson.loads(row["filters"])
    return Request(row["run_id"], row["direction"], row["plan"], filters, row["who"], row["requested_at"])
