"""Reads all rows of one query of a saved search through the pool, and proves that none is missing.

NetSuite says how many rows there are before the first is read; where that is not how many were read, it is asked
again, and the reading repeated if the answer does not explain the difference. Frames and labels are in `columns`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Self

import polars as pl
from pydantic import AwareDatetime, BaseModel, Field, model_validator

from resources.netsuite_api.reading.columns import Page, SearchColumn, Wanted, no_rows, page_frame
from resources.netsuite_api.reading.ranges import Ranges, Read
from resources.netsuite_api.session.answers import Parsed, unusable
from resources.netsuite_api.session.restlet import Json, Restlet
from schemas.errors import TransientError

TRIES: Final = 3
MOST_ROWS: Final = 5_000
IDS_ONLY: Final = Wanted((), ())


class Measured(BaseModel):
    """What a query finds: columns, how many rows, their lowest and highest internal id; and NetSuite's time."""

    columns: list[SearchColumn]
    count: int = Field(ge=0)
    first: int | None = Field(ge=1)
    last: int | None = Field(ge=1, lt=10**15)
    now: AwareDatetime

    @model_validator(mode="after")
    def _is_a_span(self) -> Self:
        if (self.first or 0) > (self.last or 0):
            raise ValueError("the first id is above the last one")
        return self


@dataclass(frozen=True)
class Collected:
    """All rows of a query, in the order of their ids, as the columns of `page_frame`."""

    frame: pl.DataFrame
    measured: Measured
    calls: int
    moved: bool
    """Customers came or went meanwhile; all that were there throughout are here."""


@dataclass(frozen=True)
class Query:
    """What is asked of a saved search: its id, the columns, and further criteria as the RESTlet takes them."""

    search_id: str
    wanted: Wanted
    rows_per_call: int
    criteria: Mapping[str, Json]

    def asked(self) -> dict[str, Json]:
        """Give the part of a request that all calls of this query share."""
        return {"search": self.search_id, **self.criteria}


OnRows = Callable[[int, int], None]
"""Called with the rows read so far and the rows that there are."""


def collect(
    restlet: Restlet, query: Query, on_progress: OnRows | None = None, measured: Measured | None = None
) -> Collected:
    """Read all rows of a query, which may have been measured just before.

    Raises:
        TransientError: NetSuite could not be asked, or its customers changed too much while they were read.
            Or it answered what cannot be right: rows that were not asked for, or in another order than that of their
            ids, or far more of them than it counts.
    """
    calls = 0
    for _ in range(TRIES):
        before = measured or restlet.ask("measure", Measured, **query.asked())
        measured = None
        pages = _Pages(restlet, query, before.count, on_progress)
        pages.read(before)
        frame = pages.frame()
        calls += pages.calls + 1
        if frame.height == before.count:
            return Collected(frame, before, calls, moved=False)
        after = restlet.ask("measure", Measured, **query.asked())
        calls += 1
        if min(before.count, after.count) <= frame.height <= max(before.count, after.count):
            return Collected(frame, before, calls, moved=True)
    raise TransientError(
        f"The saved search {query.search_id} was read {TRIES} times and never gave as many rows as NetSuite counts "
        f"({frame.height} read, {after.count} counted): run again when fewer customers are being changed."
    )


class _Pages:
    """The pages of one attempt, and what was counted on the way."""

    def __init__(self, restlet: Restlet, query: Query, count: int, on_progress: OnRows | None) -> None:
        self._restlet = restlet
        self._query = query
        self._count = count
        self._most = 2 * count + 10_000  # customers come during a read, but a search that never ends is none
        self._on_progress = on_progress
        self._frames: list[pl.DataFrame] = []
        self._rows = 0
        self.calls = 0

    def read(self, measured: Measured) -> None:
        if measured.first is None or measured.last is None:
            return
        settings = self._restlet.settings
        ranges = Ranges(self._fetch, self._keep, self._query.rows_per_call, settings.concurrency)
        ranges.read(measured.first, measured.last, measured.count)

    def frame(self) -> pl.DataFrame:
        """Put the pages in order: no two of them overlap, so nothing within them has to move."""
        ordered = sorted(self._frames, key=lambda page: int(page["internal_id"][0]))
        return pl.concat([no_rows(self._query.wanted), *ordered], rechunk=False)

    def _fetch(self, after: int, until: int) -> Read[pl.DataFrame]:
        limit = self._query.rows_per_call
        numbers = list(self._query.wanted.numbers)
        answer, _ = self._restlet.ask_raw(
            "search", **self._query.asked(), columns=numbers, after=after, until=until, limit=limit
        )
        page, more = _page(answer)
        if len(page.ids) > MOST_ROWS:
            raise unusable(f"it has {len(page.ids):,} rows, where {MOST_ROWS:,} are the most")
        try:
            _check_order(page.ids, after, until)
            frame = page_frame(page, self._query.wanted)
        except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError):
            raise unusable("to search, it has not the agreed form") from None
        if more and not page.ids:
            raise unusable(f"it has no rows above id {after:,}, and says that there are more")
        return Read(frame, page.ids, more)

    def _keep(self, frame: pl.DataFrame, until: int) -> None:
        is_overtaken = frame.height > 0 and frame["internal_id"][-1] > until
        kept = frame.filter(pl.col("internal_id") <= until) if is_overtaken else frame
        self.calls += 1
        self._rows += kept.height
        if self._rows > self._most:
            raise unusable(
                f"it goes on after {self._rows:,} rows, where {self._count:,} were counted and {self._most:,} "
                "are taken at most"
            )
        if kept.height:
            self._frames.append(kept)
        if self._on_progress:
            self._on_progress(self._rows, self._count)


def _page(answer: Parsed) -> tuple[Page, bool]:
    """Read one page. Not by a model: this is where millions of values pass."""
    ids, values, texts, more = (answer.get(part) for part in ("ids", "values", "texts", "more"))
    if isinstance(ids, list) and isinstance(values, list) and isinstance(texts, list) and isinstance(more, bool):
        return Page(ids, values, texts), more
    raise unusable("to search, it has not the agreed form")


def _check_order(ids: Sequence[int], after: int, until: int) -> None:
    if ids and not after < ids[0] <= until:
        raise unusable(f"it begins with id {ids[0]:,}, where ids above {after:,} and up to {until:,} were asked for")
    if not all(low <= high for low, high in pairwise(ids)):
        raise unusable("its customers are in another order than that of their internal ids")
    if ids and ids[-1] > until:
        raise unusable(f"it ends with id {ids[-1]:,}, where ids up to {until:,} were asked for")
