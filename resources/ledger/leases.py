"""Leases: the right to do something alone, for half a minute at a time, renewed while its holder lives.

On the holder's own machine the kernel says whether it lives: its death is known at once, and while it lives nobody
takes its lease, be it stopped or asleep. Elsewhere a lease that was not renewed in time may be taken: its holder is
gone, be it the process, the machine or the way to the database. A holder that was only stopped for so long finds out
before its next write: every intent is put down in one transaction with a look at the lease.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import uuid4

from sqlalchemy import Connection, Engine, RowMapping, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from resources.ledger.processes import forget_sign, lives, machine, sign_of_life
from resources.ledger.sqlite_file import in_one_transaction
from resources.ledger.tables import LEASE
from schemas.errors import LostLeaseError, TransientError

LEASE_SECONDS: Final = 30.0
"""How long a lease lasts when nobody renews it: so soon a death on another machine is noticed."""

_BEATS: Final = 6
_SECONDS_BETWEEN_LOOKS: Final = 0.5
_CLOCK: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


@dataclass(frozen=True)
class Holder:
    """Who holds a lease: its run, and until when if it is not renewed. `lives` is None where nobody here can tell."""

    run: str
    token: str
    until: float
    lives: bool | None


@dataclass
class Lease:
    """A lease that is ours, until we hear otherwise. Safe to share between threads."""

    engine: Engine
    purpose: str
    token: str
    seconds: float
    _sure_until: float = field(default=0.0, init=False)

    def check(self) -> None:
        """See that it is still ours, before something is done that only its holder may do.

        Raises:
            LostLeaseError: somebody else has taken it.
            TransientError: the database could not be asked.
        """
        if _clock() >= self._sure_until:
            self.renew()

    def renew(self) -> None:
        """Make it last for its full time again; raises as `check`."""
        with self.engine.begin() as connection:
            self.guard(connection)

    def guard(self, connection: Connection) -> None:
        """Let a transaction be only if the lease is ours until its end; raises as `check`."""
        asked = _clock()
        ours = (LEASE.c.purpose == self.purpose) & (LEASE.c.token == self.token)
        renewed = connection.execute(update(LEASE).where(ours).values(until=_now(connection) + self.seconds))
        if renewed.rowcount != 1:
            raise LostLeaseError(
                "This run was stopped for a while, or cut off from the ledger, and another one has taken its place: "
                "it does nothing more. See what the other one has done, then start this one again."
            )
        self._sure_until = max(self._sure_until, asked + self.seconds / 2)

    def keep(self, ended: threading.Event) -> None:
        """Renew it until something has ended, or it is lost; then its holder finds out by itself."""
        while not ended.wait(self.seconds / _BEATS):
            try:
                self.renew()
            except LostLeaseError:
                return
            except (TransientError, DBAPIError):
                continue


def does_not_wait(_: Holder) -> bool:
    """Take no for an answer."""
    return False


@contextmanager
def hold_lease(
    engine: Engine, folder: Path, wanted: "Wanted", waits_for: Callable[[Holder], bool] = does_not_wait
) -> Iterator[Lease | Holder]:
    """Hold a lease while the body runs, or give who holds it and lives.

    Args:
        engine: the ledger's.
        folder: where processes of this machine give a sign of life.
        wanted: which lease.
        waits_for: told who holds it, again and again, as long as it says true.
    """
    token = str(uuid4())
    with lives(folder, token):
        holder = _taken(engine, folder, wanted, token, waits_for)
        if holder is not None:
            yield holder
            return
        lease, ended = Lease(engine, wanted.purpose, token, wanted.seconds), threading.Event()
        beat = threading.Thread(target=lease.keep, args=(ended,), name=f"lease: {wanted.purpose}", daemon=True)
        beat.start()
        try:
            yield lease
        finally:
            ended.set()
            beat.join()
            with (
                suppress(TransientError, DBAPIError),
                engine.begin() as connection,
            ):  # else it ends when its time is over
                connection.execute(delete(LEASE).where(LEASE.c.purpose == wanted.purpose, LEASE.c.token == token))


@dataclass(frozen=True)
class Wanted:
    """A lease that somebody wants: what it is the right to do, for which run, and how long it lasts unrenewed."""

    purpose: str
    run: str
    seconds: float = LEASE_SECONDS


def gone(engine: Engine, folder: Path, prefix: str) -> list[Holder]:
    """Who held a lease for such a purpose, and neither gave it back nor renews it."""
    of_these = LEASE.c.purpose.startswith(prefix, autoescape=True)
    with engine.connect() as connection:
        now = _now(connection)
        holders = [_holder(folder, row) for row in connection.execute(select(LEASE).where(of_these)).mappings()]
    return [holder for holder in holders if _is_gone(holder, now)]


def forget(engine: Engine, folder: Path, holder: Holder) -> None:
    """Remove the lease of who is gone."""
    with engine.begin() as connection:
        connection.execute(delete(LEASE).where(LEASE.c.token == holder.token))
    forget_sign(folder, holder.token)


def _taken(
    engine: Engine, folder: Path, wanted: Wanted, token: str, waits_for: Callable[[Holder], bool]
) -> Holder | None:
    """None if the lease is ours now, else who holds it and is seen to live."""
    seen, since = _try_to_take(engine, folder, wanted, token, None), _clock()
    holder = seen
    while holder is not None:
        is_renewed = seen is not None and (holder.token, holder.until) != (seen.token, seen.until)
        if is_renewed:
            seen, since = holder, _clock()
        if (holder.lives or is_renewed) and not waits_for(holder):
            return holder
        time.sleep(_SECONDS_BETWEEN_LOOKS)
        is_silent = _clock() - since > wanted.seconds
        holder = _try_to_take(engine, folder, wanted, token, seen if is_silent else None)
    return None


def _try_to_take(engine: Engine, folder: Path, wanted: Wanted, token: str, silent: Holder | None) -> Holder | None:
    """Take the lease if its holder is gone, by the clock or as it was `silent` for so long: a clock may be set back."""
    values = {"token": token, "holder": wanted.run, "machine": machine()}
    of_purpose = LEASE.c.purpose == wanted.purpose
    try:
        with in_one_transaction(engine) as connection:
            row = connection.execute(select(LEASE).where(of_purpose).with_for_update()).mappings().first()
            now = _now(connection)
            if row is None:
                connection.execute(insert(LEASE).values(purpose=wanted.purpose, until=now + wanted.seconds, **values))
                return None
            holder = _holder(folder, row)
            if not _is_gone(holder, now) and (holder.lives or holder != silent):
                return holder
            connection.execute(update(LEASE).where(of_purpose).values(until=now + wanted.seconds, **values))
    except IntegrityError:  # somebody else was quicker
        return _try_to_take(engine, folder, wanted, token, silent)
    forget_sign(folder, holder.token)
    return None


def _holder(folder: Path, row: RowMapping) -> Holder:
    return Holder(row["holder"], row["token"], row["until"], sign_of_life(folder, row["token"], row["machine"]))


def _is_gone(holder: Holder, now: float) -> bool:
    return not holder.lives and (holder.lives is False or holder.until < now)


def _now(connection: Connection) -> float:
    """The time of the clock that all holders share: the server's, or on one machine the machine's."""
    if connection.dialect.name == "sqlite":
        return time.time()
    return float(connection.scalar(text("SELECT extract(epoch FROM clock_timestamp())::float8")) or 0)


def _clock() -> float:
    """Seconds that go on while this process is stopped, or its machine asleep."""
    return time.clock_gettime(_CLOCK)
