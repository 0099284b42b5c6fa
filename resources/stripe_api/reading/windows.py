"""Which stretch of creation time is read by whom, and the proof that together they cover the range.

Pure arithmetic on half-open windows of unix seconds: no thread, no request. A list is read newest first, so that the
unread rest of a window lies at its old end, and can be given away while its owner goes on from the new end. The window
that a cursor was issued for is never changed while the cursor is used; rows below the edge that was given away are
dropped by the reader, because another window brings them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Literal

import polars as pl

WINDOWS_SCHEMA: Final = {"gte": pl.Int64, "lt": pl.Int64, "pages": pl.Int64, "rows": pl.Int64, "requests": pl.Int64}
"""One row per window that was read to its end: its half-open range in unix seconds, and what it took."""

WORTH_DIVIDING: Final = 150
"""Rows that must be expected in the rest of a window before it is divided: a page and a half."""

MOST_PAGES_OF_A_SECOND: Final = 10_000
"""Pages on which the last second stays the same, before a list counts as endless: a million rows of one second."""

MOST_LOST_CURSORS: Final = 20
"""Cursors that may be lost one after the other without getting on, as each was deleted while it was used."""

_PART: Final = WORTH_DIVIDING // 2


class ContradictionError(ValueError):
    """A list that cannot be whole, because its pages contradict each other. It says how."""


@dataclass(eq=False)
class Window:
    """One window while it is read. `gte` and `lt` are what is asked; rows below `edge` belong to another window.

    `seen` are the ids that were read of its second `last`, which alone can come again. `known` are those that an
    earlier window has read of that second, so that they are expected to come twice; `repeats` counts them.
    """

    gte: int
    lt: int
    edge: int
    last: int
    cursor: str | None = None
    density: float = 0.0
    pages: int = 0
    rows: int = 0
    requests: int = 0
    seen: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)
    repeats: int = 0
    stays: int = 0
    lost: int = 0

    @property
    def expected(self) -> float:
        """How many rows the rest may hold, if it is as dense as the last page."""
        return self.density * (self.last - self.edge)


@dataclass(frozen=True)
class Advance:
    """What a page means for its window: how many of its first rows belong to it, and whether it was the last."""

    rows: int
    done: bool
    reopened: Window | None = None


class Frontier:
    """All windows of one read. Not safe for threads: its owner holds a lock."""

    def __init__(self, since: int, until: int) -> None:
        """Cover the range `[since, until)` with one window."""
        self.open: list[Window] = [_window(since, until)]
        self.done: list[Window] = []

    def advance(self, window: Window, ids: Sequence[str], created: Sequence[int], *, has_more: bool) -> Advance:
        """Take note of a page (newest first) and say what to do with it.

        Raises:
            ContradictionError: More was promised than came, or there is no end.
        """
        window.pages += 1
        kept = sum(1 for second in created if second >= window.edge)
        window.rows += kept
        if not created and window.cursor is not None:
            raise ContradictionError("a page said that there was more, and the next one was empty")
        again = window.known.intersection(ids[:kept])
        window.known -= again
        window.repeats += len(again)
        if not has_more or kept < len(created):
            self._close(window)
            return Advance(kept, done=True)
        _go_on(window, ids, created)
        return Advance(kept, done=False)

    def reopen(self, window: Window) -> Advance:
        """Give up a cursor that Stripe no longer knows and ask for the rest anew, by time; the last second comes twice.

        Raises:
            ContradictionError: This happens again and again, and nothing is got by it.
        """
        if window.lost >= MOST_LOST_CURSORS:
            raise ContradictionError(f"{MOST_LOST_CURSORS} places in it were lost one after the other")
        rest = _window(window.edge, window.last + 1)
        rest.last, rest.known = window.last, window.seen | window.known
        rest.stays, rest.lost = window.stays, window.lost + 1
        window.edge = window.last + 1
        self._close(window)
        self.open.append(rest)
        return Advance(0, done=True, reopened=rest)

    def divide(self, idle: int) -> list[Window]:
        """Give the rest of the fullest window to idle readers, in equal parts; its owner keeps the newest part."""
        if idle < 1:
            return []
        fullest = max(self.open, key=lambda window: window.expected, default=None)
        if fullest is None or fullest.expected < WORTH_DIVIDING:
            return []
        span = fullest.last - fullest.edge
        parts = min(idle + 1, int(fullest.expected) // _PART, span)
        bounds = [fullest.edge + span * part // parts for part in range(parts)]
        given = [_window(low, high) for low, high in pairwise(bounds)]
        fullest.edge = bounds[-1]
        self.open.extend(given)
        return given

    def table(self) -> pl.DataFrame:
        """Return the windows that are done, oldest first."""
        rows = [(window.edge, window.lt, window.pages, window.rows, window.requests) for window in self.done]
        return pl.DataFrame(rows, schema=WINDOWS_SCHEMA, orient="row").sort("gte", "lt")

    @property
    def repeats(self) -> int:
        """How many rows came twice because a window had to be asked for anew."""
        return sum(window.repeats for window in (*self.done, *self.open))

    def _close(self, window: Window) -> None:
        self.open.remove(window)
        self.done.append(window)


def coverage_gaps(windows: pl.DataFrame, since: int, until: int) -> pl.DataFrame:
    """Return what is wrong with the windows of a table as a cover of `[since, until)`; no row means nothing is (X10).

    Columns: `kind` (`gap`: nobody read it; `overlap`: two did; `outside`: it was not asked for), `gte`, `lt`.

    >>> coverage_gaps(pl.DataFrame({"gte": [0, 5], "lt": [4, 9]}), 0, 9).rows()
    [('gap', 4, 5)]
    """
    faults: list[tuple[Literal["gap", "overlap", "outside"], int, int]] = []
    reached = since
    for low, high in [*windows.select("gte", "lt").sort("gte", "lt").iter_rows(), (until, until)]:
        if low < since or high > until:
            faults.append(("outside", low, high))
        if low > reached:
            faults.append(("gap", reached, low))
        elif low < reached and low < high:
            faults.append(("overlap", low, min(high, reached)))
        reached = max(reached, high)
    return pl.DataFrame(faults, schema={"kind": pl.String, "gte": pl.Int64, "lt": pl.Int64}, orient="row")


def _go_on(window: Window, ids: Sequence[str], created: Sequence[int]) -> None:
    """Move the cursor to the end of a page, and remember what could come again."""
    oldest = created[-1]
    of_oldest = {name for name, second in zip(ids, created, strict=True) if second == oldest}
    if oldest == window.last:
        window.seen |= of_oldest
        window.stays += 1
    else:
        window.seen, window.stays, window.lost = of_oldest, 0, 0
    if window.stays > MOST_PAGES_OF_A_SECOND:
        raise ContradictionError(f"one second of it has more than {MOST_PAGES_OF_A_SECOND:,} pages")
    window.density = len(created) / max(1, window.last - oldest)
    window.cursor, window.last = ids[-1], oldest


def _window(since: int, until: int) -> Window:
    return Window(gte=since, lt=until, edge=since, last=until)
