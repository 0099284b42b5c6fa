"""Shares the rows of a search between threads, so that all of a pool is busy from the first call to the last.

A page can be asked for only when the id that ends the page before it is known. So each thread begins with a part of its
own, found by NetSuite, before anybody here knows an id; a thread that is done takes over what another would get to
last. No id is in two ranges at any time. Nothing here knows HTTP or frames.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import ceil
from typing import Final, Generic, TypeVar

Page = TypeVar("Page")

HIGHEST_ID: Final = 10**15 - 1
STRETCH: Final = 1.25
"""How much larger than others a page may be that ends a range: a call for the few rows left would cost more."""

_SURE: Final = 0.98
"""Share of the rows expected that a page is trusted to hold: the ids are never quite as even as they look."""

_WORTH_A_CALL: Final = 0.1
"""Share of a page that must be left behind the one in flight before another thread takes it."""


@dataclass(frozen=True)
class Read(Generic[Page]):
    """One page: what it holds, the ids of its rows in order, and whether its range goes on after the last of them."""

    page: Page
    ids: Sequence[int]
    more: bool


@dataclass(frozen=True)
class Begun(Generic[Page]):
    """The first page of a part: the ids above `start`; there is no such part where that is None.

    `rows` is how many the part holds, about. `last` is told by the last part: the highest id, 0 for none.
    """

    read: Read[Page]
    start: int | None
    rows: int
    last: int | None = None


@dataclass(eq=False)
class _Range:
    """Ids above `after`, up to `until`. `rows` are expected there, of which `asked` are in flight.

    `found` of its ids were read, beginning at `start`.
    """

    start: int
    after: int
    until: int
    rows: float = 0.0
    asked: int = 0
    found: int = 0

    @property
    def left(self) -> float:
        """How many rows are expected: as many as were counted; where there are more, as dense as those before."""
        if self.rows > 0:
            return self.rows
        return (self.until - self.after) * self.found / max(1, self.after - self.start)

    @property
    def behind(self) -> float:
        """How many are expected behind the page in flight."""
        return self.left - self.asked

    def cut(self, edge: int, rows: float) -> "_Range":
        """Give away the ids above an edge, where so many rows are expected."""
        upper = _Range(edge, edge, self.until, rows)
        self.until = edge
        return upper


class Ranges(Generic[Page]):
    """Reads all rows of a search with several threads, each of which begins with a part.

    `begin(part)` reads the first page of a part, `fetch(after, until, limit)` another page; both are called by several
    threads at once. Where a page was in flight when its range was cut, its last rows may be read again for the upper
    half: `keep(page, after, until)` is told which ids of a page count, and is called by one thread at a time.
    """

    def __init__(
        self,
        begin: Callable[[int], Begun[Page]],
        fetch: Callable[[int, int, int], Read[Page]],
        keep: Callable[[Page, int, int], None],
        page_rows: int,
        most_rows: int,
    ) -> None:
        self._begin = begin
        self._fetch = fetch
        self._keep = keep
        self._page_rows = page_rows
        self._most_rows = max(page_rows, min(most_rows, int(page_rows * STRETCH)))
        self._changed = threading.Condition()
        self._first = _Range(0, 0, HIGHEST_ID)  # the other parts are cut off it as they are found
        self._running = [self._first]
        self._beginning = 0
        self._failed = False

    def read(self, threads: int, parts: int) -> None:
        """Read all parts, once. An error of `begin`, `fetch` or `keep` ends it."""
        self._beginning = parts
        with ThreadPoolExecutor(threads, thread_name_prefix="netsuite") as pool:
            for done in [pool.submit(self._work, part if part < parts else None) for part in range(threads)]:
                done.result()

    def _work(self, part: int | None) -> None:
        try:
            mine = self._take() if part is None else self._begun(part)
            while mine is not None:
                self._read_range(mine)
                mine = self._take()
        except BaseException:
            with self._changed:
                self._failed = True
                self._changed.notify_all()
            raise

    def _begun(self, part: int) -> _Range | None:
        """Read the first page of a part, and give what is left of it; of another part, where that is nothing."""
        begun = self._begin(part)
        with self._changed:
            mine = self._first if part == 0 else self._cut_at(begun.start)
            if mine is not None:
                mine.rows = begun.rows
            if begun.last is not None:
                self._end_at(begun.last)
            goes_on = mine is not None and self._took(mine, begun.read)
            self._beginning -= 1
            self._changed.notify_all()
        return mine if goes_on else self._take()

    def _cut_at(self, start: int | None) -> _Range | None:
        """Open a part at its start, or at where the part below has read on to; not where all is read already."""
        if start is None:
            return None
        for lower in self._running:
            if lower.start <= start < lower.until and lower.after < lower.until:
                self._running.append(upper := lower.cut(max(start, lower.after), 0.0))
                return upper
        return None

    def _end_at(self, last: int) -> None:
        for top in self._running:
            if top.until == HIGHEST_ID:
                top.until = max(top.after, last)

    def _read_range(self, mine: _Range) -> None:
        while (limit := self._next_page(mine)) is not None:
            read = self._fetch(mine.after, mine.until, limit)
            with self._changed:
                goes_on = self._took(mine, read)
                self._changed.notify_all()
            if not goes_on:
                return

    def _next_page(self, mine: _Range) -> int | None:
        """How many rows to ask for; None if the range is at its end. Whose part may end is told by the next one."""
        with self._changed:
            while self._beginning and mine.rows < self._page_rows and not self._failed:
                self._changed.wait()
            if self._failed:
                return None
            if mine.after >= mine.until:
                self._running.remove(mine)
                self._changed.notify_all()
                return None
            mine.asked = self._rows_to_ask(mine.left)
            return mine.asked

    def _rows_to_ask(self, left: float) -> int:
        """As many as make the calls of a range about equal; in the last one more, in case there are."""
        calls = max(1, round(left / self._page_rows))
        return self._most_rows if calls == 1 else min(self._most_rows, ceil(left / calls))

    def _took(self, mine: _Range, read: Read[Page]) -> bool:
        """Take note of a page, and say whether its range goes on."""
        end = read.ids[-1] if read.ids else mine.after
        after = mine.after
        found = sum(1 for number in read.ids if after < number <= mine.until)
        mine.found += found
        mine.rows -= found
        mine.asked = 0
        mine.after = max(after, min(end, mine.until))
        goes_on = read.more and mine.after < mine.until
        if not goes_on:
            self._running.remove(mine)
        self._keep(read.page, after, mine.until)
        return goes_on

    def _take(self) -> _Range | None:
        """Wait for something to take over; None when all is read."""
        with self._changed:
            while not self._failed:
                taken = None if self._beginning else self._from_the_longest()
                if taken is not None:
                    self._running.append(taken)
                    return taken
                if not self._running:
                    return None
                self._changed.wait()
            return None

    def _from_the_longest(self) -> _Range | None:
        """Take the upper half of what is left behind the page in flight; all of it, where one call reads that."""
        victim = max(self._running, key=lambda one: one.behind, default=None)
        if victim is None or victim.behind <= _WORTH_A_CALL * self._page_rows:
            return None
        kept = victim.asked * _SURE if victim.behind <= self._page_rows else victim.asked + victim.behind / 2
        given = victim.left - kept
        edge = victim.until - int((victim.until - victim.after) * given / victim.left)
        if not victim.after < edge < victim.until:
            return None
        victim.rows -= given
        return victim.cut(edge, given)
