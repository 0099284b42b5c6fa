"""Processes of their own that hold a right, write when they are told to, and say how that went.

They are forked from a clean parent that has imported everything, so that each costs little.
"""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from resources.ledger import Journal, Ledger
from schemas.errors import TieoutError
from tests.resources.ledger.ledgers import ACME, attempt

PATIENCE = 120
"""Seconds after which a process that says nothing fails its test."""


class Process:
    """Somebody else who holds the right to write for acme."""

    def __init__(self, process: BaseProcess, connection: "Connection[None, str]") -> None:
        self._process, self._connection = process, connection

    def says(self) -> str:
        assert self._connection.poll(PATIENCE), "it says nothing"
        return self._connection.recv()

    def writes(self) -> str:
        self._connection.send(None)
        return self.says()

    def gets(self, number: signal.Signals) -> None:
        assert self._process.pid is not None
        os.kill(self._process.pid, number)
        if number is signal.SIGKILL:
            self._process.join()


@contextmanager
def held(url: str, folder: Path, seconds: float) -> Iterator[Process]:
    """A process that holds the right while the body runs, if it is not killed before."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    ours, theirs = context.Pipe()
    process = context.Process(target=_hold, args=(theirs, url, folder, seconds), daemon=True)
    process.start()
    theirs.close()
    try:
        made = Process(process, ours)
        assert made.says() == "holding"
        yield made
    finally:
        process.kill()
        process.join()
        ours.close()


def _hold(connection: "Connection[str, None]", url: str, folder: Path, seconds: float) -> None:
    """Hold the right; each time that something is heard, put down one intent more."""
    with Ledger.open(url, folder, lease_seconds=seconds) as ledger, ledger.alone("acme", "theirs") as lease:
        journal, number = Journal(ledger, ACME).under(lease), 0
        connection.send("holding")
        while True:
            connection.recv()
            number += 1
            try:
                journal.check()
                journal.intend([attempt(number)], "theirs")
            except TieoutError as error:
                connection.send(type(error).__name__)
            else:
                connection.send("written")
