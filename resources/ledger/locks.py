"""The right to do something alone, which ends with the process that holds it, however that ends.

SQLite: a lock on a file, which the kernel gives back. PostgreSQL: an advisory lock of a session, which the server gives
back. Neither leaves anything behind that a person would have to clean up.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from resources.storage.file_lock import run_lock
from schemas.errors import TransientError


@contextmanager
def exclusive(engine: Engine, folder: Path, purpose: str, *, wait: bool = False) -> Iterator[bool]:
    """Hold the lock for a purpose while the body runs; gives whether it is ours, always true if waited for."""
    held = _in_postgresql if engine.dialect.name == "postgresql" else _in_file
    with held(engine, folder, purpose, wait=wait) as is_ours:
        yield is_ours


@contextmanager
def _in_file(_: Engine, folder: Path, purpose: str, *, wait: bool) -> Iterator[bool]:
    with run_lock(folder / "locks" / f"{purpose.replace(' ', '-')}.lock", wait=wait) as lock:
        yield lock.is_ours


@contextmanager
def _in_postgresql(engine: Engine, _: Path, purpose: str, *, wait: bool) -> Iterator[bool]:
    """Held by a connection of its own, outside of any transaction, so that it holds nothing else up."""
    key = {"key": int.from_bytes(hashlib.sha256(f"tieout {purpose}".encode()).digest()[:8], signed=True)}
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if wait:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), key)
        is_ours = wait or bool(connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), key))
        try:
            yield is_ours
        finally:
            if is_ours:
                with suppress(DBAPIError, TransientError):  # a lost connection has given it back already
                    connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)
