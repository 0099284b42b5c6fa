"""The ledger keeps what it was told, on SQLite and on PostgreSQL alike, whatever happens to the process."""

import multiprocessing
import os
import signal
import sqlite3
import stat
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from resources.ledger import Decisions, Journal, Ledger, Request, Requests
from resources.ledger.store import migration_settings
from resources.ledger.tables import METADATA, VERSION_TABLE
from schemas.attempts import ChangeResult, Entry
from schemas.errors import AccessError, TransientError, UserError
from schemas.words import DeclaredAccounts, InternalId, StripeId
from tests.resources.ledger.ledgers import BACKENDS, PLAN, attempt, change, ledger, ledger_url, older_entry

PRIVATE = "ada@example.com"


ACME = DeclaredAccounts("acme")


@pytest.fixture(params=BACKENDS)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    with ledger(request.param, tmp_path) as it:
        yield it


@pytest.fixture
def journal(opened: Ledger) -> Journal:
    return Journal(opened, "acme")


def shown(entries: list[Entry]) -> list[tuple[str, int, str, str | None]]:
    return [(e.attempt.change.change_id, e.attempt.number, e.status, e.result.code) for e in entries]


def rows(opened: Ledger, query: str) -> list[tuple[object, ...]]:
    with opened.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_migrations_give_the_tables_that_the_code_speaks_of(opened: Ledger) -> None:
    with opened.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, METADATA) == []


def test_opening_it_again_keeps_what_is_there(opened: Ledger, journal: Journal) -> None:
    journal.intend([attempt()], "run")
    url = opened.engine.url.render_as_string(hide_password=False)
    with Ledger.open(url, opened.folder) as again:
        assert shown(Journal(again, "acme").unsettled()) == [("netsuite:1:stripe_id", 1, "intended", None)]


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_ledger_of_the_first_form_keeps_its_entries(backend: str, tmp_path: Path) -> None:
    url = ledger_url(backend, tmp_path)
    first = create_engine(url)
    with first.begin() as connection:
        command.upgrade(migration_settings(connection), "0001")
        connection.execute(text("CREATE TABLE _alembic_tmp_ledger_journal (cut_short TEXT)"))
        connection.execute(text(older_entry()))
    first.dispose()
    with Ledger.open(url, tmp_path) as newest:
        assert len(Journal(newest, "acme").unsettled()) == 1
        Journal(newest, f"{'a' * 40}@{'0' * 16}").intend([attempt()], "run")
        Journal(newest, "acme").intend([attempt()], "run")
        with pytest.raises(IntegrityError):
            Journal(newest, "acme").intend([attempt()], "run")


def test_the_only_copy_of_a_table_that_a_killed_upgrade_has_left_takes_its_place(tmp_path: Path) -> None:
    """SQLite copies a table to change it; when each statement was final, the table could be gone and its copy there."""
    url = ledger_url("sqlite", tmp_path)
    first = create_engine(url)
    with first.begin() as connection:
        command.upgrade(migration_settings(connection), "0001")
        connection.execute(text(older_entry()))
        connection.execute(text("ALTER TABLE ledger_journal RENAME TO _alembic_tmp_ledger_journal"))
    first.dispose()
    with Ledger.open(url, tmp_path) as newest:
        assert len(Journal(newest, "acme").unsettled()) == 1


@pytest.mark.rule("W9")
def test_an_intent_is_unsettled_until_its_outcome_is_there(journal: Journal) -> None:
    first, second = attempt(1), attempt(2)
    journal.intend([first, second], "run")
    assert len(journal.unsettled()) == 2
    journal.settle(
        [(first, ChangeResult("conflict", found="cus_9")), (second, ChangeResult("failed", code="X", error="No."))]
    )
    assert journal.unsettled() == []
    entries = journal.latest(PLAN)
    assert entries["netsuite:1:stripe_id"].result == ChangeResult("conflict", found="cus_9")
    assert entries["netsuite:2:stripe_id"].result == ChangeResult("failed", code="X", error="No.")
    assert all(e.settled_at and e.settled_at >= e.intended_at and e.intended_at.tzinfo for e in entries.values())


@pytest.mark.rule("W9")
def test_an_outcome_is_final(journal: Journal) -> None:
    journal.intend([attempt()], "run")
    journal.settle([(attempt(), ChangeResult("applied"))])
    journal.settle([(attempt(), ChangeResult("failed", code="late"))])
    assert shown(list(journal.latest(PLAN).values())) == [("netsuite:1:stripe_id", 1, "applied", None)]


def test_the_last_attempt_counts_and_the_others_are_kept(opened: Ledger, journal: Journal) -> None:
    journal.intend([attempt()], "run 1")
    journal.settle([(attempt(), ChangeResult("failed", code="busy"))])
    journal.intend([attempt(number=2)], "run 2")
    assert shown(list(journal.latest(PLAN).values())) == [("netsuite:1:stripe_id", 2, "intended", None)]
    assert rows(opened, "SELECT attempt, status, code, run_id FROM ledger_journal ORDER BY attempt") == [
        (1, "failed", "busy", "run 1"),
        (2, "intended", None, "run 2"),
    ]


@pytest.mark.rule("W9")
def test_the_same_attempt_cannot_be_intended_twice(journal: Journal) -> None:
    journal.intend([attempt()], "run")
    with pytest.raises(IntegrityError):
        journal.intend([attempt(2), attempt()], "other run")
    assert len(journal.unsettled()) == 1


def test_what_is_read_is_what_was_written(journal: Journal) -> None:
    long = change(7, "comments", old="text of a customer")
    set_ = change(3, "external_id", old="  ")
    journal.intend([attempt(change=long, direction="undo", number=3, cycle=2), attempt(change=set_)], "run")
    found = journal.latest(PLAN)
    assert found[set_.change_id].attempt.change == set_
    entry = found[long.change_id]
    assert (entry.attempt.direction, entry.attempt.number, entry.attempt.cycle) == ("undo", 3, 2)
    assert entry.attempt.change.old_value is None  # undoing an append restores no text, so none is kept


@pytest.mark.parametrize("value", ["a\0b", "\0", "\ufffe", "\ufffe0", "\ufffee\0\0"])
def test_a_text_with_nul_is_kept_exactly(opened: Ledger, journal: Journal, value: str) -> None:
    """PostgreSQL's texts refuse it; an outcome must be there nevertheless."""
    odd = change(3, "external_id", old=value)
    journal.intend([attempt(change=odd)], "run")
    journal.settle([(attempt(change=odd), ChangeResult("conflict", found=value, code=value, error=value))])
    entry = journal.latest(PLAN)[odd.change_id]
    assert entry.attempt.change == odd
    assert entry.result == ChangeResult("conflict", found=value, code=value, error=value)
    requests = Requests(opened, ACME)
    requests.add(Request("run", "apply", PLAN, {"ids": [value]}))
    assert requests.of("run") == Request("run", "apply", PLAN, {"ids": [value]})
    Decisions(opened, "acme").decide(StripeId(f"cus_{value}"), "never", None, value, value)
    standing = Decisions(opened, "acme").standing().select("stripe_customer_id", "who", "why")
    assert standing.rows() == [(f"cus_{value}", value, value)]


@pytest.mark.rule("D6")
def test_declarations_never_see_each_other(opened: Ledger, journal: Journal) -> None:
    journal.intend([attempt()], "run")
    Requests(opened, ACME).add(Request("run", "apply", PLAN, {}))
    Decisions(opened, "acme").decide(StripeId("cus_1"), "never", None, "ada", "closed")
    other, requests = Journal(opened, "other"), Requests(opened, DeclaredAccounts("other"))
    assert (other.unsettled(), other.latest(PLAN), requests.of("run"), requests.approvals()) == ([], {}, None, [])
    assert Decisions(opened, "other").standing().is_empty()


def test_a_request_is_kept_once_per_run(opened: Ledger) -> None:
    requests = Requests(opened, ACME)
    asked = Request("run", "apply", PLAN, {"at_most": 5, "ids": ["cus_1"]})
    requests.add(asked)
    requests.add(Request("run", "undo", "b" * 64, {}))
    assert requests.of("run") == asked
    assert [plan for plan, _ in requests.approvals()] == [PLAN]


@pytest.mark.rule("M8")
def test_the_last_decision_counts_and_all_are_kept(opened: Ledger) -> None:
    decisions = Decisions(opened, "acme")
    decisions.decide(StripeId("cus_2"), "link", InternalId(7), "ada", "same company")
    decisions.decide(StripeId("cus_1"), "link", InternalId(5), "ada", "told by phone")
    decisions.decide(StripeId("cus_1"), "never", None, "bob", "a test customer")
    decisions.decide(StripeId("cus_2"), "withdrawn", None, "bob", "was wrong")
    standing = decisions.standing().select("stripe_customer_id", "netsuite_internal_id", "who", "why")
    assert standing.rows() == [("cus_1", None, "bob", "a test customer")]
    assert rows(opened, "SELECT who, kind FROM ledger_decision ORDER BY number") == [
        ("ada", "link"),
        ("ada", "link"),
        ("bob", "never"),
        ("bob", "withdrawn"),
    ]
    assert {customer: decision.kind for customer, decision in decisions.last().items()} == {
        "cus_1": "never",
        "cus_2": "withdrawn",
    }


def test_only_one_may_write_for_a_declaration(opened: Ledger) -> None:
    with opened.alone("acme"):
        with pytest.raises(UserError, match="Another run is writing for acme"), opened.alone("acme"):
            pass
        with opened.alone("other"):
            pass
    with opened.alone("acme"):
        pass


def _hold(url: str, folder: Path, ready: object) -> None:
    with Ledger.open(url, folder) as held, held.alone("acme"):
        ready.send(os.getpid())  # type: ignore[attr-defined]
        signal.pause()


@pytest.mark.rule("W9")
def test_the_right_to_write_ends_with_a_killed_process(opened: Ledger) -> None:
    ours, theirs = multiprocessing.Pipe()
    url = opened.engine.url.render_as_string(hide_password=False)
    holder = multiprocessing.get_context("spawn").Process(target=_hold, args=(url, opened.folder, theirs))
    holder.start()
    pid = ours.recv()
    with pytest.raises(UserError, match="Another run"), opened.alone("acme"):
        pass
    os.kill(pid, signal.SIGKILL)
    holder.join()
    with opened.alone("acme"):
        pass


def test_sqlite_is_private_and_durable(tmp_path: Path) -> None:
    with ledger("sqlite", tmp_path / "home") as opened, opened.engine.connect() as connection:
        Journal(opened, "acme").intend([attempt()], "run")
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
        lambda ledger: Journal(ledger, "acme").intend([attempt(change=change(1, old=PRIVATE))], "run"),
        lambda ledger: Journal(ledger, "acme").settle([(attempt(), ChangeResult("conflict", found=PRIVATE))]),
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


def test_a_refused_row_shows_no_value(journal: Journal) -> None:
    journal.intend([attempt()], "run")
    with pytest.raises(IntegrityError) as caught:
        journal.intend([attempt(change=change(1, old=PRIVATE))], "run")
    assert PRIVATE not in str(caught.value)


def test_a_connection_that_was_closed_while_idle_is_opened_again(tmp_path: Path) -> None:
    with ledger("postgresql", tmp_path) as opened:
        Journal(opened, "acme").intend([attempt()], "run")
        other = create_engine(opened.engine.url)
        with other.connect() as connection:
            connection.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
            )
        other.dispose()
        assert len(Journal(opened, "acme").unsettled()) == 1


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
