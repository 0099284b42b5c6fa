"""The file of a SQLite ledger: made whole or not at all, and refused when it is damaged.

A ledger cannot be computed again. So an empty file, a part of one, or something else in its place is never taken for a
new ledger: whoever finds it is told how to bring the old one back.
"""

import os
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

from sqlalchemy import Connection, Engine, NullPool, create_engine, inspect
from sqlalchemy.exc import DBAPIError

from resources.ledger.tables import VERSION_TABLE
from resources.storage.atomic import flush, private_folder
from schemas.errors import DamageError

_OPEN: Final = Counter[Path]()
_TURN: Final = threading.Lock()
_MAGIC: Final = b"SQLite format 3\0"
_HEADER: Final = 100
_LARGEST_PAGE: Final = 65_536
_DAMAGED: Final = ("SQLITE_CORRUPT", "SQLITE_NOTADB")


@contextmanager
def in_one_transaction(engine: Engine) -> Iterator[Connection]:
    """A connection whose every statement takes effect at the end of the body, or none.

    Python's SQLite driver begins no transaction before a change of tables, so that each would be final at once.
    """
    is_sqlite = engine.dialect.name == "sqlite"
    with closing(engine.connect()) as connection:
        connection.execution_options(**{"isolation_level": "AUTOCOMMIT"} if is_sqlite else {})
        with connection.begin():
            if is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection


def make_if_missing(path: Path, make: Callable[[Connection], None]) -> None:
    """Make the file beside its place, and put it there when it is whole. Only for who holds the lock on its form.

    Raises:
        DamageError: the file is missing, but its log is there, so that it was lost.
    """
    private_folder(path.parent)
    for begun in path.parent.glob(f".{path.name}.*"):  # of a process that was killed while it made one
        begun.unlink()
    if path.exists():
        return
    if _size(path.with_name(f"{path.name}-wal")):
        raise damage(path, "it is not there, though its log is")
    fresh = path.with_name(f".{path.name}.{uuid4().hex}")
    os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    engine = create_engine(f"sqlite:///{fresh}", poolclass=NullPool, hide_parameters=True)
    with in_one_transaction(engine) as connection:
        make(connection)
    flush(fresh)
    fresh.replace(path)
    flush(path.parent)


def copied(path: Path, form: str) -> Path:
    """Copy a ledger as it is, beside it and for its owner alone; the copy is named by its form and the moment.

    Whoever has begun a transaction may do so: only what was there before it is copied.
    """
    copy = path.with_name(f"{path.name}.form-{form}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}")
    fresh = path.with_name(f".{path.name}.{uuid4().hex}")
    os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(fresh)) as target:
        source.backup(target)
    flush(fresh)
    fresh.replace(copy)
    flush(path.parent)
    return copy


def hold(path: Path) -> None:
    """Look whether a file can be a whole database, before SQLite is given it, and know it as open until `let_go`.

    A file that this process has open already is not looked at. The kernel takes all locks on a file from a process that
    closes any of its handles (https://sqlite.org/howtocorrupt.html, 2.2), SQLite's as well: another process that closes
    the ledger then takes its log away, and what is written after that is lost or stands in the wrong place.

    Raises:
        DamageError: it cannot.
    """
    with _TURN:
        if not _OPEN[path.resolve()]:
            _refuse_damaged(path)
        _OPEN[path.resolve()] += 1


def let_go(path: Path) -> None:
    """Know a file as closed, once for each time that it was held: SQLite has no handle of it any more."""
    with _TURN:
        _OPEN[path.resolve()] -= 1


def _refuse_damaged(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(_HEADER)
    size = _size(path)
    if not size:
        raise damage(path, "it is empty")
    if not head.startswith(_MAGIC):
        raise damage(path, "it is no SQLite database")
    page = int.from_bytes(head[16:18]) if int.from_bytes(head[16:18]) > 1 else _LARGEST_PAGE
    has_log = _size(path.with_name(f"{path.name}-wal")) > 0  # which may hold pages that the file has not yet
    if size < int.from_bytes(head[28:32]) * page and not has_log:
        raise damage(path, "it was cut short")


def refuse_foreign(path: Path, connection: Connection) -> None:
    """Look whether a database is a ledger. Raises `DamageError` if it is not, be it without any table."""
    if not inspect(connection).has_table(VERSION_TABLE) or not _version(connection):
        raise damage(path, "it holds no ledger")


def damage(path: Path, what: str) -> DamageError:
    """The error for a ledger that is not what was written."""
    return DamageError(
        f"The ledger {path} is damaged ({what}): stop every run, move it away together with {path.name}-wal and "
        f"{path.name}-shm, and put your last copy of it in its place (docs/deploy.md, Backup); without a copy, start "
        "with no file there, and a new ledger begins, which can undo nothing of before and knows no person's decisions."
    )


def is_damage(error: DBAPIError) -> bool:
    """Whether SQLite found that the file is not what it wrote."""
    return str(getattr(error.orig, "sqlite_errorname", "")).startswith(_DAMAGED)


def _version(connection: Connection) -> object:
    return connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").scalar()  # noqa: S608 (our own name)


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
