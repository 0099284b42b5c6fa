"""What a ledger is opened on: whose file it is, whose database, how private, and what is said where it is neither."""

import sqlite3
import stat
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from resources.ledger import Decisions, Journal, Ledger, Request, Requests
from schemas.attempts import ChangeResult
from schemas.errors import AccessError, TransientError, UserError
from schemas.words import StripeId
from tests.resources.ledger.ledger_rows import PRIVATE
from tests.resources.ledger.ledgers import ACME, BACKENDS, PLAN, attempt, change, ledger, ledger_url


def test_sqlite_is_private_and_durable(tmp_path: Path) -> None:
    with ledger("sqlite", tmp_path / "home") as opened, opened.engine.connect() as connection:
        Journal(opened, ACME).intend([attempt()], "run")
        modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "home").glob("ledger.db*")}
        assert modes == {0o600}
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA synchronous")) == 2


def test_postgresql_waits_for_the_disk(tmp_path: Path) -> None:
    with ledger("postgresql", tmp_path) as opened, opened.engine.connect() as connection:
        assert connection.scalar(text("SHOW synchronous_commit")) == "on"


def test_a_bare_postgresql_url_means_the_driver_that_is_there(tmp_path: Path) -> None:
    bare = ledger_url("postgresql", tmp_path).replace("+psycopg2", "")
    with Ledger.open(bare, tmp_path) as opened:
        assert opened.engine.url.drivername == "postgresql+psycopg2"


@contextmanager
def held_by_another(opened: Ledger) -> Iterator[None]:
    """Somebody else holds what our statements need, and our patience is over at once."""
    if opened.engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(opened.engine.url.database or "")) as other:
            other.execute("BEGIN EXCLUSIVE")
            yield
        return
    with opened.engine.connect() as other:
        other.execute(text("LOCK TABLE ledger_journal, ledger_request, ledger_decision"))
        with opened.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as administrator:
            administrator.execute(text("ALTER DATABASE postgres SET lock_timeout = '1ms'"))
            opened.engine.dispose()  # what is opened from here on is impatient
            try:
                yield
            finally:
                administrator.execute(text("ALTER DATABASE postgres RESET lock_timeout"))


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    "ask",
    [
        lambda ledger: Journal(ledger, ACME).intend([attempt(change=change(1, old=PRIVATE))], "run"),
        lambda ledger: Journal(ledger, ACME).settle([(attempt(), ChangeResult("conflict", found=PRIVATE))]),
        lambda ledger: Requests(ledger, ACME).add(Request("run", "apply", PLAN, {"ids": [PRIVATE]})),
        lambda ledger: Decisions(ledger, "acme").decide(StripeId("cus_1"), "never", None, PRIVATE, "no"),
    ],
    ids=["intend", "settle", "request", "decide"],
)
def test_a_ledger_that_somebody_holds_is_told_in_a_sentence_without_a_value(
    backend: str, ask: Callable[[Ledger], None], tmp_path: Path
) -> None:
    with Ledger.open(ledger_url(backend, tmp_path), tmp_path, wait_seconds=0) as opened, held_by_another(opened):
        with pytest.raises(TransientError, match=r"The ledger .* could not be asked \(.*\)") as caught:
            ask(opened)
        told = "".join(traceback.format_exception(caught.value))
        assert PRIVATE not in told
        assert "[SQL" not in told


def test_a_connection_that_was_closed_while_idle_is_opened_again(tmp_path: Path) -> None:
    with ledger("postgresql", tmp_path) as opened:
        Journal(opened, ACME).intend([attempt()], "run")
        other = create_engine(opened.engine.url)
        with other.connect() as connection:
            connection.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
            )
        other.dispose()
        assert len(Journal(opened, ACME).unsettled()) == 1


def from_the_future(path: Path) -> None:
    with ledger("sqlite", path.parent) as opened, opened.engine.begin() as connection:
        connection.execute(text("UPDATE ledger_version SET version_num = '9999'"))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda path: path.mkdir(), "cannot be opened"),
        (from_the_future, "newer Tieout"),
    ],
    ids=["a folder", "of a newer form"],
)
def test_a_file_that_is_no_ledger_of_ours_is_told_in_a_sentence(
    spoil: Callable[[Path], object], words: str, tmp_path: Path
) -> None:
    path = tmp_path / "ledger.db"
    spoil(path)
    with pytest.raises(AccessError, match=words):
        Ledger.open(f"sqlite:///{path}", tmp_path)
    assert list(tmp_path.glob("ledger.db.form-*")) == []


def test_a_file_that_is_held_while_it_is_opened_is_weather(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with ledger("sqlite", tmp_path):
        pass
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(TransientError, match="could not be asked"):
            Ledger.open(f"sqlite:///{path}", tmp_path, wait_seconds=0)


@pytest.mark.parametrize("url", ["mysql://host/db", "not a url"])
def test_another_url_is_refused_in_one_sentence(url: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"expected postgresql\+psycopg2://"):
        Ledger.open(url, tmp_path)


def test_a_database_that_is_not_there_is_told_without_its_password(tmp_path: Path) -> None:
    url = f"postgresql+psycopg2://user:secret-word@/db?host={tmp_path}"
    with pytest.raises(AccessError, match="cannot be opened") as caught:
        Ledger.open(url, tmp_path)
    assert "secret-word" not in str(caught.value)
