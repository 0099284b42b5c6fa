"""Shares a span of internal ids between threads, so that all of a pool is busy until the end.

A page can be asked for only when the id that ends the page before it is known. So the span is cut into ranges, each
read by one thread; a thread that is done takes over half of what is left of the largest range. No id is in two ranges
at any time. Nothing here knows HTTP or frames.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, TypeVar

Page = TypeVar("Page")


@dataclass(frozen=True)
class Read(Generic[Page]):
    """One page: what it holds, the ids of its rows in order, and whether its range goes on after the last of them."""

    page: Page
    ids: Sequence[int]
    more: bool


@dataclass
class _Range:
    """Ids above `after`, up to `until`. `rows` of its ids were found below `after`, beginning at `start`."""

    start: int
    after: int
    until: int
    rows: int = 0

    def rows_left(self, density: float) -> float:
        width = self.after - self.start
        return (self.until - self.after) * (self.rows / width if self.rows else density)


class Ranges(Generic[Page]):
    """Reads all ids of a span with several threads.

    `fetch(after, until)` reads one page, and is called by several threads at once. Where a page was in flight when its
    range was cut, its last rows may be read again for the upper half: `keep(page, until)` is told up to which id a page
    counts, and is called by one thread at a time.
    """

    def __init__(
        self,
        fetch: Callable[[int, int], Read[Page]],
        keep: Callable[[Page, int], None],
        page_rows: int,
        threads: int,
    ) -> None:
        self._fetch = fetch
        self._keep = keep
        self._page_rows = page_rows
        self._threads = threads
        self._changed = threading.Condition()
        self._waiting: list[_Range] = []
        self._running: list[_Range] = []
        self._density = 0.0
        self._failed = False

    def read(self, first: int, last: int, count: int) -> None:
        """Read ids from `first` to `last`, of which about `count` exist. An error of `fetch` or `keep` ends it."""
        width = last - first + 1
        self._density = count / width
        pieces = max(1, min(self._threads, round(count / self._page_rows)))
        edges = [first - 1 + width * n // pieces for n in range(pieces + 1)]
        self._waiting = [_Range(low, low, high) for low, high in pairwise(edges) if low < high]
        with ThreadPoolExecutor(self._threads, thread_name_prefix="netsuite") as pool:
            for done in [pool.submit(self._work) for _ in range(self._threads)]:
                done.result()

    def _work(self) -> None:
        try:
            while (mine := self._take()) is not None:
                self._read_range(mine)
        except BaseException:
            with self._changed:
                self._failed = True
                self._changed.notify_all()
            raise

    def _read_range(self, mine: _Range) -> None:
        more = True
        while more and not self._failed:
            read = self._fetch(mine.after, mine.until)
            with self._changed:
                more = self._advance(mine, read)
                if not more:
                    self._running.remove(mine)
                self._keep(read.page, mine.until)
                self._changed.notify_all()

    def _advance(self, mine: _Range, read: Read[Page]) -> bool:
        end = read.ids[-1] if read.ids else mine.after
        mine.rows += sum(1 for number in read.ids if number <= mine.until)
        mine.after = min(end, mine.until)
        return read.more and mine.after < mine.until

    def _take(self) -> _Range | None:
        with self._changed:
            while True:
                if self._failed:
                    return None
                taken = self._waiting.pop() if self._waiting else self._half_of_the_largest()
                if taken:
                    self._running.append(taken)
                    return taken
                if not self._running:
                    return None
                self._changed.wait()

    def _half_of_the_largest(self) -> _Range | None:
        """Take the upper half of what is left behind the page in flight, where that is worth a call."""
        victim = max(self._running, key=lambda r: r.rows_left(self._density), default=None)
        if victim is None or victim.rows_left(self._density) <= 1.5 * self._page_rows:
            return None
        in_flight = int((victim.until - victim.after) * self._page_rows / victim.rows_left(self._density))
        middle = (victim.after + in_flight + victim.until) // 2
        taken = _Range(middle, middle, victim.until)
        victim.until = middle
        return taken if taken.after < taken.until else None
