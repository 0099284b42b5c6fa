"""Reads a whole list in parallel windows of creation time. What a page holds is its caller's business.

Each window is read to its end, page after page; whenever more can be under way, the fullest one is divided. One thread
does it all. The first failure ends the read: a partial one is never returned as whole.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from math import ceil
from typing import Final, Generic, Protocol, TypeVar

import polars as pl

from resources.stripe_api.reading.pages import UnusableError
from resources.stripe_api.reading.windows import Advance, ContradictionError, Frontier, Window, coverage_gaps
from resources.stripe_api.session.connection import Params, StripeConnection
from resources.stripe_api.session.questions import Questions
from resources.stripe_api.session.rate_limit import TOGETHER
from resources.stripe_api.session.refusals import StripeProblem
from schemas.errors import InternalError, TransientError
from schemas.words import many

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
        self._started = self._said_at = time.monotonic()

    def run(self) -> pl.DataFrame:
        """Read everything and return the table of windows (`windows.WINDOWS_SCHEMA`).

        Raises:
            AccessError: The key may not list this.
            TransientError: Some page could not be asked for. Nothing is returned.
        """
        if self._since < self._until:
            with Questions[Window, P](self._connection, self._endpoint, self._listing.path) as asked:
                self._ask(asked, self._frontier.open)
                while self._frontier.open:
                    for window, answer in asked.answers(_TOLD_EVERY):
                        self._take(asked, window, answer)
                    if time.monotonic() - self._said_at >= _TOLD_EVERY:
                        self._tell()
            self._tell()
        windows = self._frontier.table()
        if not coverage_gaps(windows, self._since, self._until).is_empty():
            raise InternalError("The windows of a Stripe list do not cover its range exactly once.")
        return windows

    def check_unique(self, rows: int, ids: int) -> None:
        """Raise TransientError if more rows came twice than the questions that were asked anew explain."""
        if rows - ids != self._frontier.repeats:
            error = f"{many(rows, 'row')} came with {many(ids, 'id')}, so that one was on two pages"
            raise TransientError(_NOT_WHOLE.format(path=self._listing.path, error=error))

    @property
    def _endpoint(self) -> str:
        return f"GET {self._listing.path}"

    def _tell(self) -> None:
        self._said_at = time.monotonic()
        if self._on_progress is not None:
            self._on_progress(self._progress())

    def _progress(self) -> ListProgress:
        done, running = self._frontier.done, self._frontier.open
        return ListProgress(
            windows_done=len(done),
            windows_open=len(running),
            rows=sum(window.rows for window in (*done, *running)),
            requests=sum(window.requests for window in (*done, *running)),
            seconds=time.monotonic() - self._started,
            limit=self._connection.account.requests_per_second,
        )

    def _take(self, asked: Questions[Window, P], window: Window, answer: P | StripeProblem) -> None:
        """Keep a page, and ask for what it leaves to be read."""
        page = self._page(answer)
        window.requests += 1
        advance = self._advance(window, page)
        if page is not None:
            self._listing.keep(page, advance.rows)
        if not advance.done:
            self._ask(asked, [window])
        if advance.reopened is not None:
            self._ask(asked, [advance.reopened])
        while given := self._frontier.divide(self._readers() - len(self._frontier.open)):
            self._ask(asked, given)

    def _page(self, answer: P | StripeProblem) -> P | None:
        """Return a page, None if Stripe no longer knows the cursor."""
        if not isinstance(answer, StripeProblem):
            return answer
        if answer.is_lost_cursor:
            return None
        raise answer.error(self._endpoint)

    def _advance(self, window: Window, page: P | None) -> Advance:
        try:
            if page is None:
                return self._frontier.reopen(window)
            return self._frontier.advance(window, page.ids, page.created, has_more=page.has_more)
        except ContradictionError as error:
            raise TransientError(_NOT_WHOLE.format(path=self._listing.path, error=error)) from error

    def _readers(self) -> int:
        """Return how many windows fill the rate at the present latency, and a few: more would cut them too small."""
        account = self._connection.account
        busy = account.requests_per_second * self._connection.latency * _SPARE
        return min(account.max_in_flight, 2 + TOGETHER // 4 + ceil(busy))

    def _ask(self, asked: Questions[Window, P], windows: Iterable[Window]) -> None:
        """Ask for the next page of each window."""
        for window in windows:
            bounds = [("limit", str(PAGE_LIMIT)), ("created[gte]", str(window.gte)), ("created[lt]", str(window.lt))]
            cursor = [] if window.cursor is None else [("starting_after", window.cursor)]
            asked.ask(window, [*self._listing.params, *bounds, *cursor], partial(self._read, window))

    def _read(self, window: Window, body: bytes) -> P:
        page = self._listing.read(body)
        check_page(page, window)
        return page


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
