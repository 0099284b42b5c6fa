"""The tables of the ledger as SQLAlchemy sees them. Their history is in `resources/ledger/migrations`.

They may share a database with Dagster's own, so that every name begins with `ledger_`.
Journal and decisions only grow: the last attempt at a change, the last decision on a customer, is the one that counts.
"""

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import BigInteger, Column, DateTime, Float, Index, Integer, MetaData, String, Table, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class UtcTime(TypeDecorator[datetime]):
    """An aware time, always UTC. SQLite keeps no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """To the database."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """From the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class _WithoutNul(TypeDecorator[str]):
    """A text in which NUL, which PostgreSQL refuses, is written as two other characters.

    They begin with U+FFFE, which stands in no text; where it does all the same, it is two as well, so nothing is lost.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """To the database."""
        if value is None:
            return value
        return value.replace(_ESCAPE, f"{_ESCAPE}e").replace("\0", f"{_ESCAPE}0")

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """From the database."""
        if value is None:
            return value
        return value.replace(f"{_ESCAPE}0", "\0").replace(f"{_ESCAPE}e", _ESCAPE)


_ESCAPE: Final = "\ufffe"

AnyText: Final = Text().with_variant(_WithoutNul(), "postgresql")
"""A text that may hold NUL."""

METADATA = MetaData()
VERSION_TABLE = "ledger_version"

_WITH_ACCOUNTS = "its name, an @, and a hash of its accounts: other accounts are others' entries"

JOURNAL = Table(
    "ledger_journal",
    METADATA,
    Column("declaration", String(60), primary_key=True, comment=_WITH_ACCOUNTS),
    Column("plan", String(64), primary_key=True),
    Column("change_id", AnyText, primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("direction", String(5), nullable=False),
    Column("cycle", Integer, nullable=False),
    Column("status", String(8), nullable=False),
    Column("system", String(8), nullable=False),
    Column("record_id", AnyText, comment="null for a create"),
    Column("field", AnyText, nullable=False),
    Column("action", String(6), nullable=False),
    Column("old_value", AnyText, comment="null for an append: undoing it removes the word, and restores no text"),
    Column("new_value", AnyText),
    Column("stripe_customer_id", AnyText),
    Column("netsuite_internal_id", BigInteger),
    Column("found", AnyText),
    Column("code", AnyText),
    Column("error", AnyText),
    Column("run_id", Text, nullable=False),
    Column("intended_at", UtcTime, nullable=False),
    Column("settled_at", UtcTime),
    Column("result_id", AnyText, comment="the id of the record that a create made"),
    Column("witness", AnyText, comment="what shows whether somebody has touched that record since"),
    Index("ledger_journal_by_status", "declaration", "status"),
)

REQUEST = Table(
    "ledger_request",
    METADATA,
    Column("declaration", String(60), primary_key=True, comment=_WITH_ACCOUNTS),
    Column("run_id", Text, primary_key=True),
    Column("direction", String(5), nullable=False),
    Column("plan", String(64), nullable=False),
    Column("filters", Text, nullable=False, comment="JSON"),
    Column("requested_at", UtcTime, nullable=False),
    Column("who", AnyText, comment="null in requests of before it was asked for"),
)

DECISION = Table(
    "ledger_decision",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("declaration", String(40), nullable=False),
    Column("stripe_customer_id", AnyText, nullable=False),
    Column("kind", String(9), nullable=False, comment="link, never, or withdrawn"),
    Column("netsuite_internal_id", BigInteger),
    Column("who", AnyText, nullable=False),
    Column("why", AnyText, nullable=False),
    Column("decided_at", UtcTime, nullable=False),
    Index("ledger_decision_by_customer", "declaration", "stripe_customer_id"),
)

GUESS = Table(
    "ledger_guess",
    METADATA,
    Column("declaration", String(60), primary_key=True),
    Column("stripe_customer_id", AnyText, primary_key=True),
    Column("netsuite_internal_id", BigInteger, primary_key=True, autoincrement=False),
    Column("why", AnyText, nullable=False),
    Column("plan", String(64), nullable=False, comment="the first plan that had it"),
    Column("guessed_at", UtcTime, nullable=False),
)

LEASE = Table(
    "ledger_lease",
    METADATA,
    Column("purpose", String(120), primary_key=True),
    Column("token", String(36), nullable=False),
    Column("holder", Text, nullable=False, comment="the run, for people"),
    Column("machine", Text, nullable=False, comment="what kernel can say whether the holder lives"),
    Column("until", Float, nullable=False, comment="seconds since 1970, by the database's clock"),
)
