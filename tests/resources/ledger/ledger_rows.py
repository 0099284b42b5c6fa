"""What stands in a ledger, for tests to compare."""

from sqlalchemy import text

from resources.ledger import Ledger
from schemas.attempts import Entry

PRIVATE = "ada@example.com"


def shown(entries: list[Entry]) -> list[tuple[str, int, str, str | None]]:
    return [(e.attempt.change.change_id, e.attempt.number, e.status, e.result.code) for e in entries]


def rows(opened: Ledger, query: str) -> list[tuple[object, ...]]:
    with opened.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]
