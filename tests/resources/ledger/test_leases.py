"""Leases, held by real processes that are killed, stopped and cut off: who comes next goes on, and nothing is mixed."""

import signal
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from resources.ledger import Journal, Ledger, processes
from schemas.attempts import ChangeResult
from schemas.errors import LostLeaseError, TransientError, UserError
from tests.resources.ledger.ledgers import ACME, BACKENDS, attempt, ledger_url
from tests.resources.storage.holding import held

SHORT = 2.5
"""Where the holder is to be late; where it must not be, a lease lasts so long that it is not on a busy machine."""

STEADY = 6.0
LONG = 600.0
PATIENCE = 120


@pytest.fixture(params=BACKENDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return ledger_url(request.param, tmp_path)


def opened(url: str, folder: Path, seconds: float = LONG) -> Ledger:
    return Ledger.open(url, folder, lease_seconds=seconds)


def run_out(ledger: Ledger) -> None:
    """As if nobody had renewed the lease for longer than it lasts."""
    with ledger.engine.begin() as connection:
        connection.execute(text("UPDATE ledger_lease SET until = until - 1000000"))


def is_run_out(ledger: Ledger) -> bool:
    with ledger.engine.connect() as connection:
        return bool(connection.scalar(text("SELECT until FROM ledger_lease")) < time.time())


def test_a_holder_that_was_killed_on_this_machine_is_followed_at_once(url: str, tmp_path: Path) -> None:
    with opened(url, tmp_path) as ours, held(url, tmp_path, LONG) as theirs:
        with pytest.raises(UserError, match=r"at this moment \(run theirs\)"), ours.alone("acme"):
            pass
        theirs.gets(signal.SIGKILL)
        with ours.alone("acme", "ours"):
            pass


def test_a_holder_that_was_killed_on_another_machine_is_followed_when_its_time_is_over(
    url: str, tmp_path: Path
) -> None:
    with opened(url, tmp_path / "here") as ours, held(url, tmp_path / "there", SHORT) as theirs:
        theirs.gets(signal.SIGKILL)
        with ours.alone("acme", "ours"):
            pass


def test_a_clock_that_was_set_back_keeps_nobody_waiting_for_who_is_gone(url: str, tmp_path: Path) -> None:
    with opened(url, tmp_path, SHORT) as ours, held(url, tmp_path / "before", SHORT) as theirs:
        theirs.gets(signal.SIGKILL)
        with ours.engine.begin() as connection:
            connection.execute(text("UPDATE ledger_lease SET until = until + 1000000"))
        started = time.monotonic()
        with ours.alone("acme", "ours"):
            assert time.monotonic() - started >= SHORT


def test_of_many_who_come_at_once_one_follows_and_nobody_takes_the_dead_for_alive(url: str, tmp_path: Path) -> None:
    names, said = [f"run {number}" for number in range(8)], dict[str, str]()
    done = threading.Barrier(len(names))

    def follow(name: str) -> None:
        try:
            with opened(url, tmp_path) as ours, ours.alone("acme", name):
                said[name] = "mine"
                done.wait(60)
        except UserError as error:
            said[name] = str(error)
            done.wait(60)

    with held(url, tmp_path, LONG) as theirs:
        theirs.gets(signal.SIGKILL)
        threads = [threading.Thread(target=follow, args=(name,)) for name in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    [winner] = [name for name, heard in said.items() if heard == "mine"]
    assert all(f"(run {winner})" in heard for name, heard in said.items() if name != winner), said


@pytest.mark.rule("W9")
def test_a_holder_that_lives_on_another_machine_is_not_robbed(url: str, tmp_path: Path) -> None:
    with opened(url, tmp_path / "here") as ours, held(url, tmp_path / "there", STEADY) as theirs:
        run_out(ours)
        ends = time.monotonic() + PATIENCE
        while is_run_out(ours):
            assert time.monotonic() < ends, "its holder does not renew it"
            time.sleep(0.01)
        with pytest.raises(UserError, match="Another run is writing for acme"), ours.alone("acme"):
            pass
        assert theirs.writes() == "written"


def test_a_holder_that_lives_on_this_machine_is_not_robbed_however_long_it_was_stopped(
    url: str, tmp_path: Path
) -> None:
    with opened(url, tmp_path) as ours, held(url, tmp_path, LONG) as theirs:
        theirs.gets(signal.SIGSTOP)
        run_out(ours)
        with pytest.raises(UserError, match="Another run is writing for acme"), ours.alone("acme"):
            pass
        theirs.gets(signal.SIGCONT)
        assert theirs.writes() == "written"


@pytest.mark.rule("W9")
def test_a_holder_elsewhere_that_was_stopped_for_too_long_writes_nothing_more(url: str, tmp_path: Path) -> None:
    with opened(url, tmp_path / "here") as ours, held(url, tmp_path / "there", SHORT) as theirs:
        assert theirs.writes() == "written"
        theirs.gets(signal.SIGSTOP)
        run_out(ours)
        with ours.alone("acme", "ours") as lease:
            journal = Journal(ours, ACME).under(lease)
            [open_still] = journal.unsettled()
            theirs.gets(signal.SIGCONT)
            assert theirs.writes() == "LostLeaseError"
            assert journal.unsettled() == [open_still]
            journal.settle([(open_still.attempt, ChangeResult("applied"))], is_own=False)
            journal.intend([attempt(7)], "ours")


def test_a_holder_that_was_stopped_while_nobody_came_goes_on(url: str, tmp_path: Path) -> None:
    with held(url, tmp_path, SHORT) as theirs:
        theirs.gets(signal.SIGSTOP)
        time.sleep(1.2 * SHORT)
        theirs.gets(signal.SIGCONT)
        assert theirs.writes() == "written"


@pytest.mark.rule("W9")
def test_who_lost_the_right_settles_nothing_of_others(url: str, tmp_path: Path) -> None:
    with opened(url, tmp_path) as ours, ours.alone("acme", "ours") as lease:
        journal = Journal(ours, ACME).under(lease)
        with ours.engine.begin() as connection:
            connection.execute(text("UPDATE ledger_lease SET token = 'another', holder = 'theirs'"))
        others = Journal(ours, ACME)
        others.intend([attempt(1)], "theirs")
        with pytest.raises(LostLeaseError, match="another one has taken its place"):
            journal.settle([(attempt(1), ChangeResult("stopped"))], is_own=False)
        with pytest.raises(LostLeaseError):
            journal.intend([attempt(2)], "ours")
        assert [entry.attempt for entry in others.unsettled()] == [replace(attempt(1), is_uncertain=False)]
        journal.settle([(attempt(1), ChangeResult("applied"))])  # what a run knows of its own is true for ever
        assert others.unsettled() == []


def test_a_ledger_that_cannot_be_asked_once_is_asked_again_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, ended = list[bool](), threading.Event()

    def renew() -> None:
        asked.append(True)
        if len(asked) == 1:
            raise TransientError("The ledger is not there.")
        ended.set()

    with opened(ledger_url("sqlite", tmp_path), tmp_path, SHORT) as ours, ours.alone("acme", "ours") as lease:
        monkeypatch.setattr(lease, "renew", renew)
        lease.keep(ended)
    assert len(asked) >= 2


def test_a_lost_connection_is_not_a_lost_right(tmp_path: Path) -> None:
    with opened(ledger_url("postgresql", tmp_path), tmp_path, SHORT) as ours, ours.alone("acme", "ours") as lease:
        with ours.engine.connect() as administrator:
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            administrator.execute(text(f"{others} AND datname = current_database()"))
        time.sleep(SHORT)
        lease.check()
        Journal(ours, ACME).under(lease).intend([attempt(1)], "ours")


def test_after_a_restart_of_the_machine_no_process_is_taken_for_the_holder(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with held(url, tmp_path, SHORT) as theirs, opened(url, tmp_path) as ours:
        theirs.gets(signal.SIGKILL)
        monkeypatch.setattr(processes, "machine", lambda: "booted again")
        run_out(ours)
        with ours.alone("acme", "ours"):
            pass


def test_a_turn_is_waited_for_and_its_holder_named_once(url: str, tmp_path: Path) -> None:
    told: list[str] = []
    with opened(url, tmp_path) as ours, held(url, tmp_path, LONG) as theirs:

        def heard(sentence: str) -> None:
            told.append(sentence)
            theirs.gets(signal.SIGKILL)

        with ours.exclusive("apply acme", "ours", heard):
            pass
    assert told == ["waits for its turn: apply acme is held by the run theirs"]
