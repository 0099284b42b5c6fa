"""Opening the ledger: that its tables have the newest form, whose it is for how long, and what is said where it cannot.

Which database it is and how its connections are made is in `engines`.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Self

from sqlalchemy import Engine, event
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from resources.ledger.engines import LEDGER_URL, WAIT_SECONDS, checked_url, connect
from resources.ledger.leases import (
    LEASE_SECONDS,
    Holder,
    Lease,
    Wanted,
    does_not_wait,
    forget,
    gone,
    hold_lease,
)
from resources.ledger.locks import exclusive
from resources.ledger.sqlite_file import (
    damage,
    hold,
    in_one_transaction,
    is_damage,
    let_go,
    make_if_missing,
    refuse_foreign,
)
from resources.ledger.tables import VERSION_TABLE
from resources.storage.folders import Folders
from schemas.errors import AccessError, TieoutError, TransientError, UserError

RUN: Final = "run "
"""How the purpose of a lease begins that says that a run is alive; its id follows."""

_HELD: Final = ("SQLITE_BUSY", "SQLITE_LOCKED")


@dataclass(frozen=True)
class Ledger:
    """An open ledger. Safe to share between threads.

    Attributes:
        engine: the database. One that is held by another process, or away, is a `TransientError`, whoever asks it; a
            file that is not what SQLite wrote, a `DamageError`.
        folder: where the locks of a SQLite ledger lie, and the signs of life of this machine's processes.
        lease_seconds: how long a lease lasts that nobody renews.
    """

    engine: Engine
    folder: Path
    lease_seconds: float = LEASE_SECONDS

    @classmethod
    def of(cls, folders: Folders) -> Self:
        """Open the ledger of an installation: the one that the environment names, or `<home>/ledger.db`."""
        url = os.environ.get(LEDGER_URL)
        return cls.open(url or f"sqlite:///{folders.home / 'ledger.db'}", folders.home)

    @classmethod
    def open(
        cls, url: str, folder: Path, wait_seconds: float = WAIT_SECONDS, lease_seconds: float = LEASE_SECONDS
    ) -> Self:
        """Open a ledger and bring its tables to the newest form, in one transaction.

        Args:
            url: the database.
            folder: where the locks of a SQLite ledger lie.
            wait_seconds: how long to wait for a SQLite file that another process holds.
            lease_seconds: how long a lease lasts that nobody renews.

        Raises:
            UserError: the URL cannot be used, or its driver is not installed.
            AccessError: the database cannot be reached, may not be used, or is of a newer form than we know.
            DamageError: the file of a SQLite ledger is empty, cut, or no ledger.
            TransientError: another process holds it.
        """
        parsed = checked_url(url)
        with _opening(parsed):
            engine = connect(parsed, wait_seconds)
            ledger = cls(engine, folder, lease_seconds)
            try:
                ledger._migrate()
            except BaseException:
                engine.dispose()
                raise
        event.listen(engine, "handle_error", partial(_tell, parsed))
        return ledger

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    @contextmanager
    def alone(self, declaration: str, run: str = "") -> Iterator[Lease]:
        """Hold the one right to write for a declaration; it ends soon after the process that holds it.

        Raises:
            UserError: somebody else holds it.
            TransientError: the database could not be asked who does.
        """
        with self.lease(f"apply {declaration}", run) as lease:
            if isinstance(lease, Holder):
                by = f" (run {lease.run})" if lease.run else ""
                raise UserError(
                    f"Another run is writing for {declaration} at this moment{by}; wait until it has ended, then start "
                    "this one again."
                )
            yield lease

    @contextmanager
    def exclusive(self, purpose: str, run: str, on_progress: Callable[[str], None]) -> Iterator[Lease]:
        """Hold a lease that others hold before, and after; who lives is waited for, and named once."""
        named = set[str]()

        def waits_for(holder: Holder) -> bool:
            if holder.token not in named:
                on_progress(f"waits for its turn: {purpose} is held by the run {holder.run}")
            named.add(holder.token)
            return True

        with self.lease(purpose, run, waits_for) as lease:
            if isinstance(lease, Lease):
                yield lease

    @contextmanager
    def lease(
        self, purpose: str, run: str, waits_for: Callable[[Holder], bool] = does_not_wait
    ) -> Iterator[Lease | Holder]:
        """Hold a lease of this ledger's (`resources.ledger.leases.hold_lease`)."""
        wanted = Wanted(purpose, run, self.lease_seconds)
        with hold_lease(self.engine, self.folder, wanted, waits_for) as lease:
            yield lease

    def find_runs_gone(self) -> list[Holder]:
        """Who was alive as a run, and ended without a word; `forget` them when that is told."""
        return gone(self.engine, self.folder, RUN)

    def forget(self, holder: Holder) -> None:
        """Remove the lease of who is gone."""
        forget(self.engine, self.folder, holder)

    def form(self) -> str:
        """The form of its tables, as the newest migration calls it."""
        with self.engine.connect() as connection:
            return str(connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").scalar())  # noqa: S608

    def _migrate(self) -> None:
        from resources.ledger.forms import bring_to_newest  # noqa: PLC0415 (Alembic takes time to load, as below)

        with exclusive(self.engine, self.folder, "migrate", wait=True):
            path = self._file()
            if path:
                make_if_missing(path, bring_to_newest)
                hold(path)
            try:
                with in_one_transaction(self.engine) as connection:
                    if path:
                        refuse_foreign(path, connection)
                    bring_to_newest(connection, path)
            except BaseException:
                self._close()
                raise

    def _file(self) -> Path | None:
        """The file of a SQLite ledger."""
        return Path(self.engine.url.database or "") if self.engine.dialect.name == "sqlite" else None

    def _close(self) -> None:
        self.engine.dispose()
        if path := self._file():
            let_go(path)


def _tell(url: URL, met: ExceptionContext) -> None:
    """Tell a lock that is not given, and a database that is away, in a sentence of ours: the driver's quotes rows.

    A connection that was closed while it was idle is none of these: SQLAlchemy opens another.
    """
    error = met.sqlalchemy_exception
    if isinstance(error, DBAPIError) and is_damage(error):
        raise _found_damaged(url, error)
    if isinstance(error, (OperationalError, InterfaceError)) and not met.is_pre_ping:
        raise _transient(url, error)


def _found_damaged(url: URL, error: DBAPIError) -> TieoutError:
    return damage(Path(url.database or ""), _reason(error))


def _transient(url: URL, error: DBAPIError) -> TransientError:
    return TransientError(
        f"The ledger {url.render_as_string()} could not be asked ({_reason(error)}): see that no other process holds "
        "it, that its database runs and its disk has room, then start the run again; it goes on where it stopped."
    )


@contextmanager
def _opening(url: URL) -> Iterator[None]:
    """Tell what is wrong with a ledger that cannot be opened: mostly its place, rarely who holds it."""
    from alembic.util import CommandError  # noqa: PLC0415 (it takes time to load, and much is done without a ledger)

    try:
        yield
    except CommandError:
        raise AccessError(
            f"The ledger {url.render_as_string()} was brought into its form by a newer Tieout: use that version, or "
            "put back the copy that was made before (docs/upgrading.md)."
        ) from None
    except (DBAPIError, OSError, sqlite3.Error) as error:
        reason = _reason(error)
        if isinstance(error, DBAPIError) and is_damage(error):
            raise _found_damaged(url, error) from None
        if isinstance(error, OperationalError) and reason.startswith(_HELD):
            raise _transient(url, error) from None
        raise AccessError(
            f"The ledger {url.render_as_string()} cannot be opened ({reason}): check that the database is there and "
            "may be used, and that its disk has room."
        ) from None


def _reason(error: DBAPIError | OSError | sqlite3.Error) -> str:
    """What the driver calls it; never its words, which may quote a row."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return str(getattr(cause, "sqlite_errorname", type(cause).__name__))
