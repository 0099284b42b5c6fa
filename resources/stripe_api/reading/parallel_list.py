"""Reads a whole list in parallel windows of creation time. What a page holds is its caller's business.

One task reads one window to its end, page after page; whenever readers are idle, the fullest window is divided among
them. The first failure stops all of them: a partial read is never returned as whole.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import ceil
from typing import Final, Generic, Protocol, TypeVar

import polars as pl

from resources.stripe_api.reading.pages import UnusableError
from resources.stripe_api.reading.windows import Advance, ContradictionError, Frontier, Window, coverage_gaps
from resources.stripe_api.session.connection import Params, StripeConnection
from resources.stripe_api.session.rate_limit import TOGETHER
from resources.stripe_api.session.refusals import StripeProblem
from schemas.errors import InternalError, TransientError

PAGE_LIMIT: Final = 100
"""The most objects that Stripe puts on a page."""

_TOLD_EVERY: Final = 5.0
_SPARE: Final = 1.1


class Page(Protocol):
    """What the walk must know of a page: newest first, as Stripe sends it."""

    @property
    def ids(self) -> list[str]: ...  # noqa: D102 - said by the class
    @property
    def created(self) -> list[int]: ...  # noqa: D102
    @property
    def has_more(self) -> bool: ...  # noqa: D102


P = TypeVar("P", bound=Page)


@dataclass(frozen=True)
class ListProgress:
    """How far a read is. `rate` and `limit` are requests per second."""

    windows_done: int
    windows_open: int
    rows: int
    requests: int
    seconds: float
    limit: int

    @property
    def rate(self) -> float:
        """Requests a second so far."""
        return self.requests / self.seconds if self.seconds > 0 else 0.0


@dataclass(frozen=True)
class Listing(Generic[P]):
    """What is listed: an endpoint, its fixed parameters, how a page is read, and where its first rows go."""

    path: str
    params: Params
    read: Callable[[bytes], P]
    keep: Callable[[P, int], None]


class ParallelList(Generic[P]):
    """One read of one list over `[since, until)`, both in unix seconds."""

    def __init__(
        self,
        connection: StripeConnection,
        listing: Listing[P],
        since: int,
        until: int,
        on_progress: Callable[[ListProgress], None] | None,
    ) -> None:
        """Read nothing yet."""
        self._connection, self._listing, self._on_progress = connection, listing, on_progress
        self._since, self._until = since, until
        self._frontier = Frontier(since, until)
        self._changed = threading.Condition()
        self._running = 0
        self._error: BaseException | None = None
        self._halted = threading.Event()
        self._started = self._said_at = time.monotonic()

    def run(self) -> pl.DataFrame:
        """Read everything and return the table of windows (`windows.WINDOWS_SCHEMA`).

        Raises:
            AccessError: The key may not list this.
            TransientError: Some page could not be asked for. Nothing is returned.
        """
        if self._since < self._until:
            with ThreadPoolExecutor(self._connection.account.max_in_flight, "stripe") as pool:
                self._pool = pool
                try:
                    self._launch(self._frontier.open)
                    while self._is_running():
                        if time.monotonic() - self._said_at >= _TOLD_EVERY:
                            self._tell()
                    self._tell()
                finally:
                    self._halted.set()
        if self._error is not None:
            raise self._error
        windows = self._frontier.table()
        if not coverage_gaps(windows, self._since, self._until).is_empty():
            raise InternalError("The windows of a Stripe list do not cover its range exactly once.")
        return windows

    def check_unique(self, rows: int, ids: int) -> None:
        """Raise TransientError if more rows came twice than the questions that were asked anew explain."""
        if rows - ids != self._frontier.repeats:
            error = f"{rows:,} rows came with {ids:,} ids, so that one was on two pages"
            raise TransientError(_NOT_WHOLE.format(path=self._listing.path, error=error))

    def _is_running(self) -> bool:
        """Wait for news, or for some seconds, and say whether there is more to wait for."""
        with self._changed:
            if self._running and self._error is None:
                self._changed.wait(_TOLD_EVERY)
            return self._running > 0 and self._error is None

    def _tell(self) -> None:
        self._said_at = time.monotonic()
        if self._on_progress is not None:
            self._on_progress(self._progress())

    def _progress(self) -> ListProgress:
        with self._changed:
            done, running = list(self._frontier.done), list(self._frontier.open)
        return ListProgress(
            windows_done=len(done),
            windows_open=len(running),
            rows=sum(window.rows for window in (*done, *running)),
            requests=sum(window.requests for window in (*done, *running)),
            seconds=time.monotonic() - self._started,
            limit=self._connection.account.requests_per_second,
        )

    def _launch(self, windows: list[Window]) -> None:
        self._running += len(windows)
        for window in list(windows):
            self._pool.submit(self._read_window, window)

    def _read_window(self, window: Window) -> None:
        """Read a window to its end. Whatever goes wrong is kept for the thread that waits."""
        try:
            while not self._halted.is_set() and not self._read_page(window):
                pass
        except BaseException as error:  # noqa: BLE001 - raised again by the thread that waits
            self._halted.set()
            with self._changed:
                self._error = self._error or error
        with self._changed:
            self._running -= 1
            self._divide()
            self._changed.notify()

    def _read_page(self, window: Window) -> bool:
        page = self._ask(window)
        with self._changed:
            window.requests += 1
            advance = self._advance(window, page)
            self._follow(advance)
        if page is not None:
            self._listing.keep(page, advance.rows)
        return advance.done

    def _advance(self, window: Window, page: P | None) -> Advance:
        try:
            if page is None:
                return self._frontier.reopen(window)
            return self._frontier.advance(window, page.ids, page.created, has_more=page.has_more)
        except ContradictionError as error:
            raise TransientError(_NOT_WHOLE.format(path=self._listing.path, error=error)) from error

    def _follow(self, advance: Advance) -> None:
        if advance.reopened is not None:
            self._launch([advance.reopened])
        self._divide()

    def _divide(self) -> None:
        """Give idle readers work. A reader whose window is done still counts until it says so."""
        while not self._halted.is_set():
            given = self._frontier.divide(self._readers() - self._running)
            if not given:
                return
            self._launch(given)

    def _readers(self) -> int:
        """Return how many readers fill the rate at the present latency, and a few: more would cut windows too small."""
        account = self._connection.account
        busy = account.requests_per_second * self._connection.latency * _SPARE
        return min(account.max_in_flight, 2 + TOGETHER // 4 + ceil(busy))

    def _ask(self, window: Window) -> P | None:
        """Return the next page of a window, None if Stripe no longer knows its cursor."""
        listing = self._listing
        bounds = [("limit", str(PAGE_LIMIT)), ("created[gte]", str(window.gte)), ("created[lt]", str(window.lt))]
        cursor = [] if window.cursor is None else [("starting_after", window.cursor)]
        endpoint = f"GET {listing.path}"

        def read(body: bytes) -> P:
            page = listing.read(body)
            check_page(page, window)
            return page

        answer = self._connection.get(
            endpoint,
            listing.path,
            [*listing.params, *bounds, *cursor],
            read,
            halted=self._halted.is_set,
            group=TOGETHER,
        )
        if not isinstance(answer, StripeProblem):
            return answer
        if answer.is_lost_cursor:
            return None
        raise answer.error(endpoint)


_NOT_WHOLE: Final = (
    "Stripe's list {path} contradicts itself: {error}. Nothing of this read is kept; run it again later."
)


def check_page(page: Page, window: Window) -> None:
    """Raise UnusableError for a page that breaks what a walk rests on: order, window, cursor, size."""
    created = page.created
    if not created:
        if page.has_more:
            raise UnusableError("an empty page that says there is more")
        return
    if len(created) > PAGE_LIMIT:
        raise UnusableError("a page with more rows than were asked for")
    if created != sorted(created, reverse=True) or created[0] >= window.lt or created[-1] < window.gte:
        raise UnusableError("a page out of its order or window")
    if created[0] > window.last or window.cursor in page.ids:
        raise UnusableError("a page that does not go on from its cursor")
    if window.cursor is not None and not window.seen.isdisjoint(page.ids):
        raise UnusableError("a page that repeats an earlier one")
