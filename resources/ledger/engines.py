"""Which database the ledger is, and how it is connected to: durable, and in nobody's way.

SQLite: write-ahead log with synchronous=FULL, so that a committed row is on disk (as far as the disk keeps its word on
fsync), in a file that only its owner can read. PostgreSQL: synchronous_commit is on in every session of ours; its
driver is an extra, as only several machines need it.
"""

import sqlite3
from functools import cache
from importlib import import_module
from typing import Final

from sqlalchemy import Dialect, Engine, create_engine, create_pool_from_url, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError
from sqlalchemy.util import LRUCache

from schemas.errors import UserError

LEDGER_URL: Final = "TIEOUT_LEDGER_URL"
"""Environment variable with the URL of a PostgreSQL database, `postgresql+psycopg2://…`. Unset: SQLite in the home."""

WAIT_SECONDS: Final = 30


def checked_url(url: str) -> URL:
    """Return the URL with its driver named.

    Raises:
        UserError: it is none, or of a database that cannot hold a ledger.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise UserError(
            f"{LEDGER_URL} is not a database URL; expected postgresql+psycopg2://user@host/database."
        ) from None
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg2")
    if parsed.drivername not in {"sqlite", "postgresql+psycopg2"}:
        raise UserError(f"{LEDGER_URL} names {parsed.drivername}; expected postgresql+psycopg2://user@host/database.")
    return parsed


def connect(url: URL, wait_seconds: float) -> Engine:
    """Return what connects to the database; a SQLite file that is held is waited for so long.

    Raises:
        UserError: the driver is not installed.
    """
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, wait_seconds)
    need_postgresql(LEDGER_URL, "psycopg2")
    return _postgresql(url)


def need_postgresql(where: str, module: str) -> None:
    """Say how to install what PostgreSQL needs, if it is missing.

    Args:
        where: what names a database in PostgreSQL.
        module: what has to be there to use it.

    Raises:
        UserError: it is missing.
    """
    try:
        import_module(module)
    except ModuleNotFoundError as error:
        raise UserError(
            f"{where} names a PostgreSQL database, but {error.name} is not installed: run `make .venv/postgres.ok` in "
            "the checkout, which installs PostgreSQL's drivers, then start again."
        ) from None


_WORDED: Final = LRUCache[object, object](500)
"""Statements in SQL: a run opens a ledger twenty times, and would put each of them into words anew."""


@cache
def sqlite_dialect() -> Dialect:
    """What SQLite can, looked at once; `_WORDED` knows a statement by it."""
    engine = create_engine("sqlite://")
    engine.connect().close()
    engine.dispose()
    return engine.dialect


def _sqlite(url: URL, wait_seconds: float) -> Engine:
    pool = create_pool_from_url(url, connect_args={"timeout": wait_seconds})
    worded = {"compiled_cache": _WORDED}
    engine = Engine(pool, sqlite_dialect(), url, hide_parameters=True, execution_options=worded)

    @event.listens_for(engine, "connect")
    def durable(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    return engine


def _postgresql(url: URL) -> Engine:
    settings = {"options": " ".join(f"-c {name}" for name in _SESSION), "connect_timeout": WAIT_SECONDS, **_WIRE}
    # Outcomes are updates of many rows: sent together, not each with a round trip of its own.
    return create_engine(
        url, connect_args=settings, pool_pre_ping=True, executemany_mode="values_plus_batch", hide_parameters=True
    )


_SESSION: Final = (
    "synchronous_commit=on",
    "idle_in_transaction_session_timeout=20s",  # a process that is stopped, or cut off, in the middle of a transaction
    "tcp_keepalives_idle=10",
    "tcp_keepalives_interval=5",
    "tcp_keepalives_count=2",
)
"""What every session of ours is set to: durable, and, when its client is gone, soon in nobody's way."""

_WIRE: Final = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 20_000,  # milliseconds; without it a question into a cut line waits for a quarter of an hour
}
"""When the server is gone, or the way to it, its client hears of it before its leases are over."""
