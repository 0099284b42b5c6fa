"""Cuts what is to be done into batches, and has so many of them under way that no place of a system is ever free.

Two batches more than the system takes at a time are on their way: their intents are on disk, and what they have to ask
elsewhere is asked, before a place is free. How many records are in a batch follows from the time that a record takes;
towards the end batches get smaller, so that the places become free together.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from math import ceil
from typing import Final, Generic, TypeVar

from resources.writers import Writer
from schemas.attempts import Attempt, Entry
from schemas.errors import TransientError, UserError

T = TypeVar("T", Attempt, Entry)

AHEAD: Final = 2
"""Batches that are ready, and wait for a place: two places often become free one after the other."""

AT_FIRST: Final = 10
"""Records in the first batch, while nobody knows how long one takes: few, so that it is soon under way."""

MORE_EACH: Final = 3
"""Records more in each next one until somebody knows: so the places do not become free all at the same time."""

SECONDS_PER_BATCH: Final = 20.0
"""So long that what a call takes in itself is little of it, and so short that one that is lost loses little: a call of
NetSuite's has 300 seconds, and hands back what it has not done after 200."""

LEAST_SECONDS: Final = 2.0
"""The end of a run is cut no finer: a call takes half a second in itself."""


def by_record(items: Iterable[T], record_of: Callable[[T], str]) -> list[list[T]]:
    """All that is for one record together, in the order of records."""
    return [list(group) for _, group in groupby(sorted(items, key=record_of), key=record_of)]


class Batches(Generic[T]):
    """Hands out what is left, so many records at a time, each with all that is for it. Safe to share by threads."""

    def __init__(self, items: Sequence[T], record_of: Callable[[T], str], most: int, takers: int) -> None:
        """Hand out `items` to so many takers, `most` records at a time at most."""
        self._lock = threading.Lock()
        self._records: deque[list[T]] = deque(by_record(items, record_of))
        self._most, self._takers = most, takers
        self._seconds_per_record: float | None = None
        self._at_first = AT_FIRST

    def take(self) -> tuple[list[T], int]:
        """The next batch, and how many records are in it; none at the end."""
        with self._lock:
            records = min(self._size(), len(self._records))
            return [item for _ in range(records) for item in self._records.popleft()], records

    def took(self, records: int, seconds: float) -> None:
        """Hear how long a batch took."""
        with self._lock:
            now, before = seconds / records, self._seconds_per_record
            self._seconds_per_record = now if before is None else (before + now) / 2

    def _size(self) -> int:
        if self._seconds_per_record is None:
            wanted = least = self._at_first
            self._at_first += MORE_EACH
        else:
            each = max(self._seconds_per_record, 1e-6)
            wanted, least = int(SECONDS_PER_BATCH / each), ceil(LEAST_SECONDS / each)
        fair = max(least, ceil(len(self._records) / self._takers))
        return max(1, min(self._most, wanted, fair))


def in_batches(
    writer: Writer, items: Sequence[T], record_of: Callable[[T], str], act: Callable[[Sequence[T]], None]
) -> None:
    """Act on all items, batch by batch, as many at a time as the writer takes; after an error no further one begins."""
    takers = writer.workers + AHEAD
    batches, stopped = Batches(items, record_of, writer.records_per_batch, takers), threading.Event()

    def work() -> BaseException | None:
        try:
            while not stopped.is_set():
                batch, records = batches.take()
                if not batch:
                    return None
                started = time.monotonic()
                act(batch)
                batches.took(records, time.monotonic() - started)
        except BaseException as error:  # noqa: BLE001 - kept, and raised below, when the others have ended
            stopped.set()
            return error
        return None

    with ThreadPoolExecutor(takers, thread_name_prefix="write-back") as pool:
        ended = [pool.submit(work) for _ in range(min(takers, len(items)))]
        errors = [error for error in (one.result() for one in ended) if error is not None]
    for error in sorted(errors, key=_importance):
        raise error


def _importance(error: BaseException) -> int:
    """A bug before a person's mistake before what passes by itself."""
    if isinstance(error, TransientError):
        return 2
    return 1 if isinstance(error, UserError) else 0
