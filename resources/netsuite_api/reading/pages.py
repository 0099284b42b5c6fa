"""Reads all rows of one query of a saved search through the pool, and proves that none is missing.

NetSuite says how many rows there are as the reading begins; where that is not how many were read, it is asked again,
and the reading repeated if the answer does not explain the difference. Frames and labels are in `columns`.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

import polars as pl
from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from resources.extracts.on_disk import Disk, OnDisk
from resources.netsuite_api.reading.columns import Page, SearchColumn, Wanted, no_rows, page_frame
from resources.netsuite_api.reading.ranges import HIGHEST_ID, Begun, Ranges, Read
from resources.netsuite_api.session.answers import Parsed, columns_changed, unusable
from resources.netsuite_api.session.restlet import Json, Restlet
from schemas.errors import TransientError

TRIES: Final = 3
MOST_ROWS: Final = 5_000
IDS_ONLY: Final = Wanted((), ())


class _Counted(BaseModel):
    count: int = Field(ge=0)


class _Part(_Counted):
    """What the first answer of a part says beside its rows. `now` is NetSuite's time."""

    columns: list[SearchColumn]
    now: AwareDatetime
    start: int | None = Field(ge=0, le=HIGHEST_ID)
    rows: int
    last: int | None = Field(ge=1, le=HIGHEST_ID)


@dataclass(frozen=True)
class Collected:
    """All rows of a query, in the order of their ids, as the columns of `page_frame`.

    Attributes:
        frame: the rows; none, if they are on the disk.
        columns: all of the search, as they were to the end where they were wanted.
        count: rows that NetSuite counted as the reading began.
        now: when it began, by NetSuite's clock.
        calls: requests that it took.
        moved: customers came or went meanwhile; all that were there throughout are here.
        on_disk: the rows, if they do not fit into memory.
    """

    frame: pl.DataFrame
    columns: Sequence[SearchColumn]
    count: int
    now: datetime
    calls: int
    moved: bool
    on_disk: OnDisk | None = None


@dataclass(frozen=True)
class Query:
    """What is asked of a saved search.

    Attributes:
        search_id: its id.
        choose: which of its columns are wanted, told by what the search has.
        rows_per_call: how many rows one call asks for; the call that ends a range may ask for a quarter more.
        criteria: further ones, as the RESTlet takes them.
        parts: into how many the reading is divided before it is known what there is.
        ids_only: no column is wanted.
    """

    search_id: str
    choose: Callable[[Sequence[SearchColumn]], Wanted]
    rows_per_call: int
    criteria: Mapping[str, Json]
    parts: int = 1
    ids_only: bool = False

    def asked(self) -> dict[str, Json]:
        """Give the part of a request that all calls of this query share."""
        return {"search": self.search_id, **self.criteria}


OnRows = Callable[[int, int], None]
"""Called with the rows read so far and the rows that there are."""


def collect(restlet: Restlet, query: Query, on_progress: OnRows | None = None, disk: Disk | None = None) -> Collected:
    """Read all rows of a query; those that do not fit wait on the disk, if there is one.

    Raises:
        UserError: from `choose`.
        TransientError: NetSuite could not be asked, or its customers or the columns of the search changed too much
            while they were read. Or it answered what cannot be right: rows that were not asked for, or in another order
            than that of their ids, or far more of them than it counts.
    """
    calls = 0
    for _ in range(TRIES):
        pages = _Pages(restlet, query, on_progress, disk)
        pages.read()
        rows = pages.rows()
        calls += pages.calls
        if {rows.height} == pages.counts:
            return pages.collected(rows, calls, moved=False)
        after = restlet.ask("measure", _Counted, **query.asked()).count
        calls += 1
        if min(*pages.counts, after) <= rows.height <= max(*pages.counts, after):
            return pages.collected(rows, calls, moved=True)
    raise TransientError(
        f"The saved search {query.search_id} was read {TRIES} times and never gave as many rows as NetSuite counts "
        f"({rows.height} read, {after} counted): run again when fewer customers are being changed."
    )


class _Pages:
    """The pages of one attempt, and what was counted on the way."""

    def __init__(self, restlet: Restlet, query: Query, on_progress: OnRows | None, disk: Disk | None) -> None:
        self._disk = disk
        self._restlet = restlet
        self._query = query
        self._on_progress = on_progress
        self._lock = threading.Lock()
        self._parts: list[_Part] = []
        self._wanted = IDS_ONLY
        self._frames: list[tuple[int, pl.DataFrame | pl.LazyFrame]] = []
        self._rows = 0
        self.calls = 0

    @property
    def counts(self) -> set[int]:
        """How many rows there were by each part: one number, if none came or went meanwhile."""
        return {part.count for part in self._parts}

    def read(self) -> None:
        threads = self._restlet.settings.concurrency
        ranges = Ranges(self._begin, self._fetch, self._keep, self._query.rows_per_call, MOST_ROWS)
        ranges.read(threads, self._query.parts)

    def rows(self) -> pl.DataFrame | OnDisk:
        """Put the pages in order: no two of them overlap, so nothing within them has to move."""
        ordered = [page for _, page in sorted(self._frames, key=lambda one: one[0])]
        if self._disk and self._disk.is_used:
            return self._disk.kept(pl.concat([no_rows(self._wanted).lazy(), *(page.lazy() for page in ordered)]))
        in_memory = (page for page in ordered if isinstance(page, pl.DataFrame))
        return pl.concat([no_rows(self._wanted), *in_memory], rechunk=False)

    def collected(self, rows: pl.DataFrame | OnDisk, calls: int, *, moved: bool) -> Collected:
        now = min(part.now for part in self._parts)
        frame, on_disk = (no_rows(self._wanted), rows) if isinstance(rows, OnDisk) else (rows, None)
        return Collected(frame, self._parts[0].columns, self._parts[0].count, now, calls, moved, on_disk)

    def _begin(self, number: int) -> Begun[pl.DataFrame]:
        """Ask for a part, with all columns: which of them are wanted is found out by what they are."""
        query = self._query
        columns: dict[str, Json] = {"columns": []} if query.ids_only else {}
        asked = {**query.asked(), **columns, "part": number, "parts": query.parts, "limit": query.rows_per_call}
        answer, _ = self._restlet.ask_raw("begin", **asked)
        try:
            part = _Part.model_validate({name: answer.get(name) for name in _Part.model_fields})
        except ValidationError:
            raise unusable("to begin, it has not the agreed form") from None
        with self._lock:
            if not self._parts:
                self._wanted = query.choose(part.columns)
            elif part.columns != self._parts[0].columns:
                raise columns_changed()
            self._parts.append(part)
            self.calls += 1
        page, more = _page(answer, self._wanted.numbers)
        read = self._checked(page, part.start or 0, HIGHEST_ID, more=more)
        is_last = number == query.parts - 1
        return Begun(read, part.start, part.rows, (part.last or 0) if is_last else None)

    def _fetch(self, after: int, until: int, limit: int) -> Read[pl.DataFrame]:
        numbers = list(self._wanted.numbers)
        answer, _ = self._restlet.ask_raw(
            "search", **self._query.asked(), columns=numbers, after=after, until=until, limit=limit
        )
        with self._lock:
            self.calls += 1
        page, more = _page(answer)
        if answer.get("columns") != [self._parts[0].columns[number].model_dump() for number in numbers]:
            raise columns_changed()
        return self._checked(page, after, until, more=more)

    def _checked(self, page: Page, after: int, until: int, *, more: bool) -> Read[pl.DataFrame]:
        if len(page.ids) > MOST_ROWS:
            raise unusable(f"it has {len(page.ids):,} rows, where {MOST_ROWS:,} are the most")
        try:
            _check_order(page.ids, after, until)
            frame = page_frame(page, self._wanted)
        except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError):
            raise unusable("to search, it has not the agreed form") from None
        if more and not page.ids:
            raise unusable(f"it has no rows above id {after:,}, and says that there are more")
        return Read(frame, page.ids, more)

    def _keep(self, frame: pl.DataFrame, after: int, until: int) -> None:
        ids = frame["internal_id"]
        is_overtaken = frame.height > 0 and (ids[0] <= after or ids[-1] > until)
        kept = frame.filter((ids > after) & (ids <= until)) if is_overtaken else frame
        count = self._parts[0].count
        most = 2 * count + 10_000  # customers come during a read, but a search that never ends is none
        self._rows += kept.height
        if self._rows > most:
            raise unusable(
                f"it goes on after {self._rows:,} rows, where {count:,} were counted and {most:,} are taken at most"
            )
        if kept.height:
            self._frames.append((int(kept["internal_id"][0]), self._disk.laid(kept) if self._disk else kept))
        if self._on_progress:
            self._on_progress(self._rows, count)


def _page(answer: Parsed, numbers: Sequence[int] | None = None) -> tuple[Page, bool]:
    """Read one page, or some columns of it. Not by a model: this is where millions of values pass."""
    ids, values, texts, more = (answer.get(part) for part in ("ids", "values", "texts", "more"))
    if isinstance(ids, list) and isinstance(values, list) and isinstance(texts, list) and isinstance(more, bool):
        if numbers is None:
            return Page(ids, values, texts), more
        if len(values) == len(texts) > max(numbers, default=-1):
            return Page(ids, [values[number] for number in numbers], [texts[number] for number in numbers]), more
    raise unusable("to search, it has not the agreed form")


def _check_order(ids: Sequence[int], after: int, until: int) -> None:
    if ids and not after < ids[0] <= until:
        raise unusable(f"it begins with id {ids[0]:,}, where ids above {after:,} and up to {until:,} were asked for")
    if not all(low <= high for low, high in pairwise(ids)):
        raise unusable("its customers are in another order than that of their internal ids")
    if ids and ids[-1] > until:
        raise unusable(f"it ends with id {ids[-1]:,}, where ids up to {until:,} were asked for")
