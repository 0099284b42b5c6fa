"""Moments at which a run is killed: what it has asked for waits until it is gone, and is then done all the same."""

import itertools
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Final

from resources.ledger import RUN, Ledger
from resources.storage.folders import Folders
from sandbox.netsuite_standin import World
from sandbox.stripe_standin import Book

Moment = Callable[[], AbstractContextManager[threading.Event]]
"""The context begins before the run, gives what is set when its moment has come, and ends after its death."""

_SECONDS_BETWEEN_LOOKS: Final = 0.002


@contextmanager
def saving(records: World, number: int) -> Iterator[threading.Event]:
    """NetSuite is about to do its so-manieth save from now."""
    reached, gone = threading.Event(), threading.Event()

    def wait() -> None:
        reached.set()
        gone.wait()

    records.interfere("record.save", wait, skip=number)
    try:
        yield reached
    finally:
        gone.set()
        records._interferences.clear()


@contextmanager
def updating(book: Book, number: int) -> Iterator[threading.Event]:
    """Stripe is about to do its so-manieth update from now."""
    reached, gone, put, asked = threading.Event(), threading.Event(), book.put, itertools.count()

    def wait(*args: object, **given: object) -> object:
        if next(asked) == number:
            reached.set()
            gone.wait()
        return put(*args, **given)  # type: ignore[arg-type]

    book.put = wait  # type: ignore[method-assign,assignment]
    try:
        yield reached
    finally:
        gone.set()
        book.put = put  # type: ignore[method-assign]


@contextmanager
def writing_to_the_ledger(folders: Folders) -> Iterator[threading.Event]:
    """The next run has said that it lives, and nobody can write to the ledger: neither what it does, nor its end."""
    reached, gone = threading.Event(), threading.Event()
    with Ledger.of(folders) as ledger:
        path = str(ledger.engine.url.database)

    def hold() -> None:
        with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as connection:
            while not gone.wait(_SECONDS_BETWEEN_LOOKS):
                connection.execute("BEGIN IMMEDIATE")
                query = "SELECT count(*) FROM ledger_lease WHERE purpose LIKE ? || '%'"
                if connection.execute(query, (RUN,)).fetchone()[0]:
                    reached.set()
                    gone.wait()
                connection.execute("ROLLBACK")

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        yield reached
    finally:
        gone.set()
        holder.join()
