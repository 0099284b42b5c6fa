"""Leases, held by real processes that are killed, stopped and cut off: who comes next goes on, and nothing is mixed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from resources.ledger import Journal, Ledger, processes
from schemas.changes import Outcome
from schemas.errors import LostLeaseError, MistakeError
from tests.reconciling import CHECKOUT
from tests.resources.ledgers import BACKENDS, attempt, ledger_url

SHORT = 2.5
LONG = 600.0


@pytest.fixture(params=BACKENDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return ledger_url(request.param, tmp_path)


class Process:
    """Somebody else who holds the right to write for acme."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        assert self.says() == "holding"

    def says(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def writes(self) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self.says()

    def gets(self, number: signal.Signals) -> None:
        os.kill(self._process.pid, number)
        if number is signal.SIGKILL:
            self._process.wait()


@contextmanager
def held(url: str, folder: Path, seconds: float) -> Iterator[Process]:
    command = [sys.executable, "-m", "tests.resources.holding", url, str(folder), str(seconds)]
    with subprocess.Popen(command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Process(process)
        finally:
            process.kill()


def opened(url: str, folder: Path, seconds: float = LONG) -> Ledger:
    return Ledger.open(url, folder, lease_seconds=seconds)


def test_a_holder_that_was_killed_on_this_machine_is_followed_at_once(url: str, tmp_path: Path) -> None:
    with opened(url, tmp_path) as ours, held(url, tmp_path, LONG) as theirs:
        with pytest.raises(MistakeError, match=r"at this moment \(run theirs\)"), ours.alone("acme"):
            pass
        theirs.gets(signal.SIGKILL)
        with ours.alone("acme", "ours"):
            pass


def test_a_holder_that_was_killed_on_another_machine_is_followed_when_its_time_is_over(
    url: str, tmp_path: Path
) -> None:
    with opened(url, tmp_path / "here") as ours, held(url, tmp_path / "there", SHORT) as theirs:
        theirs.gets(signal.SIGKILL)
        started = time.monotonic()
        with ours.alone("acme", "ours"):
            assert time.monotonic() - started < 4 * SHORT


def test_a_holder_that_lives_on_another_machine_is_not_robbed(url: str, tmp_path: Path) -> None:
    with opened(url, tmp_path / "here") as ours, held(url, tmp_path / "there", SHORT) as theirs:
        time.sleep(2 * SHORT)
        with pytest.raises(MistakeError, match="Another run is writing for acme"), ours.alone("acme"):
            pass
        assert theirs.writes() == "written"


@pytest.mark.parametrize("where", ["here", "there"])
def test_a_holder_that_was_stopped_for_too_long_writes_nothing_more(url: str, tmp_path: Path, where: str) -> None:
    with opened(url, tmp_path / "here") as ours, held(url, tmp_path / where, SHORT) as theirs:
        assert theirs.writes() == "written"
        theirs.gets(signal.SIGSTOP)
        time.sleep(2 * SHORT)
        with ours.alone("acme", "ours") as lease:
            journal = Journal(ours, "acme").under(lease)  # type: ignore[arg-type]
            [open_still] = journal.unsettled()
            theirs.gets(signal.SIGCONT)
            assert theirs.writes() == "LostLeaseError"
            assert journal.unsettled() == [open_still]
            journal.settle([(open_still.attempt, Outcome("applied"))], is_own=False)
            journal.intend([attempt(7)], "ours")


def test_a_holder_that_was_stopped_while_nobody_came_goes_on(url: str, tmp_path: Path) -> None:
    with held(url, tmp_path, SHORT) as theirs:
        theirs.gets(signal.SIGSTOP)
        time.sleep(2 * SHORT)
        theirs.gets(signal.SIGCONT)
        assert theirs.writes() == "written"


def test_who_lost_the_right_settles_nothing_of_others(url: str, tmp_path: Path) -> None:
    with opened(url, tmp_path) as ours, ours.alone("acme", "ours") as lease:
        journal = Journal(ours, "acme").under(lease)  # type: ignore[arg-type]
        with ours.engine.begin() as connection:
            connection.execute(text("UPDATE ledger_lease SET token = 'another', holder = 'theirs'"))
        others = Journal(ours, "acme")  # type: ignore[arg-type]
        others.intend([attempt(1)], "theirs")
        with pytest.raises(LostLeaseError, match="another one has taken its place"):
            journal.settle([(attempt(1), Outcome("stopped"))], is_own=False)
        with pytest.raises(LostLeaseError):
            journal.intend([attempt(2)], "ours")
        assert [entry.attempt for entry in others.unsettled()] == [replace(attempt(1), is_uncertain=False)]


def test_a_lost_connection_is_not_a_lost_right(tmp_path: Path) -> None:
    with opened(ledger_url("postgresql", tmp_path), tmp_path, SHORT) as ours, ours.alone("acme", "ours") as lease:
        with ours.engine.connect() as administrator:
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            administrator.execute(text(f"{others} AND datname = current_database()"))
        time.sleep(SHORT)
        lease.check()
        Journal(ours, "acme").under(lease).intend([attempt(1)], "ours")  # type: ignore[arg-type]


def test_after_a_restart_of_the_machine_no_process_is_taken_for_the_holder(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with held(url, tmp_path, SHORT) as theirs, opened(url, tmp_path) as ours:
        theirs.gets(signal.SIGKILL)
        monkeypatch.setattr(processes, "machine", lambda: "booted again")
        with ours.alone("acme", "ours"):
            pass


def test_a_turn_is_waited_for_and_its_holder_named_once(url: str, tmp_path: Path) -> None:
    told: list[str] = []
    with opened(url, tmp_path) as ours, held(url, tmp_path, LONG) as theirs:

        def heard(sentence: str) -> None:
            told.append(sentence)
            theirs.gets(signal.SIGKILL)

        with ours.turn("apply acme", "ours", heard):
            pass
    assert told == ["waits for its turn: apply acme is held by the run theirs"]
