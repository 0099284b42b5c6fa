"""Opening the ledger: where it is, how durable, and that its tables have the newest form.

SQLite: write-ahead log with synchronous=FULL, so that a committed row is on disk (as far as the disk keeps its word on
fsync), in a file that only its owner can read. PostgreSQL: synchronous_commit is on in every session of ours.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, OperationalError

from resources.ledger.locks import exclusive
from resources.places import Places, private_folder
from schemas.errors import AccessError, MistakeError

LEDGER_URL: Final = "TIEOUT_LEDGER_URL"
"""Environment variable with the URL of a PostgreSQL database, `postgresql+psycopg2://…`. Unset: SQLite in the home."""

_MIGRATIONS: Final = Path(__file__).resolve().parent.parent / "ledger_migrations"
_WAIT_SECONDS: Final = 30


@dataclass(frozen=True)
class Ledger:
    """An open ledger. Safe to share between threads.

    Attributes:
        engine: the database.
        folder: where the locks of a SQLite ledger lie.
    """

    engine: Engine
    folder: Path

    @classmethod
    def of(cls, places: Places) -> Self:
        """Open the ledger of an installation: the one that the environment names, or `<home>/ledger.db`."""
        url = os.environ.get(LEDGER_URL)
        return cls.open(url or f"sqlite:///{places.home / 'ledger.db'}", places.home)

    @classmethod
    def open(cls, url: str, folder: Path) -> Self:
        """Open a ledger and bring its tables to the newest form.

        Raises:
            MistakeError: the URL cannot be used.
            AccessError: the database cannot be reached.
        """
        parsed = _checked(url)
        engine = _sqlite(parsed) if parsed.get_backend_name() == "sqlite" else _postgresql(parsed)
        ledger = cls(engine, folder)
        try:
            ledger._migrate()
        except OperationalError as error:
            engine.dispose()
            raise AccessError(
                f"The ledger {parsed.render_as_string(hide_password=True)} cannot be opened "
                f"({type(error.orig).__name__}): check that the database is there and may be used."
            ) from None
        return ledger

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.dispose()

    @contextmanager
    def alone(self, declaration: str) -> Iterator[None]:
        """Hold the one right to write for a declaration; it ends with the process, however that ends.

        Raises:
            MistakeError: somebody else holds it.
        """
        with exclusive(self.engine, self.folder, f"apply {declaration}") as is_ours:
            if not is_ours:
                raise MistakeError(
                    f"Another run is writing for {declaration} at this moment; wait until it has ended, then start "
                    "this one again."
                )
            yield

    def _migrate(self) -> None:
        with exclusive(self.engine, self.folder, "migrate", wait=True), self.engine.begin() as connection:
            command.upgrade(migration_settings(connection), "head")


def migration_settings(connection: Connection) -> Config:
    """What alembic needs to know to look at, or change, the tables behind this connection."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _checked(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise MistakeError(
            f"{LEDGER_URL} is not a database URL; expected postgresql+psycopg2://user@host/database."
        ) from None
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg2")  # the driver that dagster-postgres brings
    if parsed.drivername not in {"sqlite", "postgresql+psycopg2"}:
        raise MistakeError(
            f"{LEDGER_URL} names {parsed.drivername}; expected postgresql+psycopg2://user@host/database."
        )
    return parsed


def _sqlite(url: URL) -> Engine:
    path = Path(url.database or "")
    private_folder(path.parent)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))  # its log and its index take over these rights
    engine = create_engine(url, connect_args={"timeout": _WAIT_SECONDS})

    @event.listens_for(engine, "connect")
    def durable(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    return engine


def _postgresql(url: URL) -> Engine:
    settings = {"options": "-c synchronous_commit=on", "connect_timeout": _WAIT_SECONDS}
    # Outcomes are updates of many rows: sent together, not each with a round trip of its own.
    return create_engine(url, connect_args=settings, pool_pre_ping=True, executemany_mode="values_plus_batch")
