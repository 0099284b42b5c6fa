"""Ctrl-C, and SIGTERM, end a command at once and in one line, whatever it is doing.

Python tells only the main thread of a signal, and Dagster keeps it for later, while a step waits for an answer that may
take minutes. So a thread of its own listens, tidies up within seconds, and ends the process. Nothing is lost: files are
replaced whole, and what the process holds in the ledger ends with it.
"""

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

COMMANDS: Final = {
    "pipelines.run": "Stopped before the end; nothing outside of this machine was changed.",
    "pipelines.init": "Stopped before the end; no declaration was written.",
    "pipelines.advise": "Stopped before the end; nothing was changed.",
    "pipelines.apply_stripe": "Stopped before the end; start it again: it looks at what was done, and goes on.",
    "pipelines.replay": "Stopped before the end; nothing was changed.",
    "pipelines.compare": "Stopped before the end; nothing was changed.",
    "pipelines.into_store": "Stopped before the end; start it again: it goes on.",
    "pipelines.results": "Stopped before the end; nothing was changed.",
    "pipelines.prune": "Stopped before the end; start it again: it goes on.",
    "pipelines.operate": "Stopped before the end; start it again: it looks at what was done, and goes on.",
}
"""The modules that a person starts, and may end, in a terminal, and what is said then."""

_NUMBERS: Final = (signal.SIGINT, signal.SIGTERM)
INTERRUPTED: Final = 128 + signal.SIGINT
"""What a command returns that was ended so, as a shell says it."""

_SECONDS_TO_TIDY: Final = 3.0
_stopping = threading.Event()
_tidying: list[Callable[[], object]] = []


def end_at_once(sentence: str) -> None:
    """From here on a signal ends this process in one line."""
    reads, writes = socket.socketpair()
    writes.setblocking(False)
    for number in _NUMBERS:
        signal.signal(number, lambda *_: None)
    signal.set_wakeup_fd(writes.fileno(), warn_on_full_buffer=False)
    threading.Thread(target=_listen, args=(reads, writes, sentence), name="interrupts", daemon=True).start()


@contextmanager
def tidy_up(tidy: Callable[[], object]) -> Iterator[None]:
    """Tidy up too if the process is ended while the body runs; last come first."""
    _tidying.insert(0, tidy)
    try:
        yield
    finally:
        _tidying.remove(tidy)


def give_way() -> None:
    """Say nothing more if the process is being ended."""
    if _stopping.is_set():
        threading.Event().wait(2 * _SECONDS_TO_TIDY)


def _listen(reads: socket.socket, _: socket.socket, sentence: str) -> None:
    while reads.recv(1)[0] not in _NUMBERS:
        pass
    _stopping.set()
    tidying = threading.Thread(target=_tidy, daemon=True)
    tidying.start()
    tidying.join(_SECONDS_TO_TIDY)
    sys.stderr.write(f"✗ {sentence}\n")
    sys.stderr.flush()
    os._exit(INTERRUPTED)


def _tidy() -> None:
    for tidy in _tidying.copy():
        tidy()
