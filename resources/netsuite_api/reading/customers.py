"""The customers of a saved search as one frame: read whole, or from what changed since an earlier read.

Both give the same. NetSuite tells nobody what was deleted or left the search, so the second way reads all ids, which is
cheap, and compares. How rows come over the wire and are proved complete is in `pages`.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import polars as pl
from pydantic import BaseModel

from resources.extracts.extract import UnknownWords
from resources.extracts.netsuite_rows import NetsuiteRows, customers_from_text, customers_on_disk
from resources.extracts.on_disk import Disk, OnDisk
from resources.extracts.unique import RowSource
from resources.netsuite_api.reading.columns import SearchColumn, Wanted, choose, no_rows
from resources.netsuite_api.reading.pages import IDS_ONLY, MOST_ROWS, Collected, OnRows, Query, collect
from resources.netsuite_api.session.answers import columns_changed
from resources.netsuite_api.session.restlet import Json, LinkName, Restlet
from resources.pieces import pieces
from schemas.errors import UserError
from schemas.system_words import BUILT_IN, SystemWords

IDS_PER_CALL = 1_000


@dataclass(frozen=True)
class NetsuiteExtract:
    """All customers of a saved search.

    Attributes:
        frame: `schemas.customers.NetsuiteCustomers` and a column for each further name, in the order of internal ids.
        count: rows that NetSuite counted; with `duplicates` taken off, and `moved` false, those of the frame.
        duplicates: rows that were the same as another one, as a join in the search makes them; dropped.
        calls: requests that the read took.
        read_at: when it began, by NetSuite's clock: what a later read gives as its `previous.read_at`.
        moved: customers came or went while they were read; all that were there throughout are in the frame.
        unknown: words of the rows that were read, that are in no list.
        on_disk: the rows, if they do not fit into memory; `frame` then has none.
    """

    frame: pl.DataFrame
    count: int
    duplicates: int
    calls: int
    read_at: datetime
    moved: bool
    unknown: tuple[UnknownWords, ...] = ()
    on_disk: OnDisk | None = None

    @property
    def height(self) -> int:
        """How many customers there are."""
        return (self.on_disk or self.frame).height


@dataclass(frozen=True)
class PreviousRead:
    """The frame of an earlier read of the same search with the same fields, and its `read_at`."""

    frame: pl.DataFrame
    read_at: datetime


class _Described(BaseModel):
    columns: list[SearchColumn]


def described(restlet: Restlet, search_id: str) -> list[SearchColumn]:
    """Give the columns of a saved customer search, in their order."""
    return restlet.ask("describe", _Described, search=search_id).columns


def read_customers(  # noqa: PLR0913 (what is read, and where rows may wait)
    restlet: Restlet,
    search_id: str,
    fields: Mapping[str, str],
    changed_since: PreviousRead | None = None,
    on_progress: OnRows | None = None,
    written: Iterable[LinkName] = (),
    words: SystemWords = BUILT_IN,
    *,
    disk: Disk | None = None,
) -> NetsuiteExtract:
    """Read the customers of a saved search.

    Args:
        restlet: of the account.
        search_id: of the saved search.
        fields: our name → the label of the column that feeds it.
        changed_since: an earlier read, to ask for no more than what has changed since.
        on_progress: told of every page.
        written: the names that are written as well: their columns must show the fields that are written.
        words: what the words of stages and checkboxes mean.
        disk: where rows wait that do not fit into memory, if all are read.

    Raises:
        UserError: the search cannot be used: no such column, grouped rows, differing rows for one customer.
        TransientError: NetSuite could not be asked to the end. What was read till then is thrown away.
    """
    reader = _Reader(restlet, search_id, fields, written, on_progress, words)
    return reader.changed(changed_since) if changed_since else reader.whole(disk)


def read_some(
    restlet: Restlet,
    search_id: str,
    fields: Mapping[str, str],
    ids: Sequence[int],
    words: SystemWords = BUILT_IN,
) -> pl.DataFrame:
    """Read those of some customers that the saved search finds, as `read_customers` reads all.

    Raises:
        UserError, TransientError: as `read_customers`.
    """
    return _Reader(restlet, search_id, fields, (), None, words).some(ids)


def chosen(
    restlet: Restlet,
    search_id: str,
    columns: Sequence[SearchColumn],
    fields: Mapping[str, str],
    written: Iterable[LinkName],
) -> Wanted:
    """Find the column of each name, and hold those that are written against the account's settings; see `choose`."""
    ids = restlet.settings.field_ids
    return choose(search_id, columns, fields, {name: ids[name] for name in written})


class _Reader:
    def __init__(
        self,
        restlet: Restlet,
        search_id: str,
        fields: Mapping[str, str],
        written: Iterable[LinkName],
        on_progress: OnRows | None,
        words: SystemWords,
    ) -> None:
        self._restlet = restlet
        self._search_id = search_id
        self._fields = fields
        self._written = tuple(written)
        self._on_progress = on_progress
        self._words = words
        self._seen: list[SearchColumn] = []
        self._choosing = threading.Lock()

    def whole(self, disk: Disk | None = None) -> NetsuiteExtract:
        collected = self._collect(parts=self._restlet.settings.concurrency, disk=disk)
        if disk and collected.on_disk:
            rows = customers_on_disk(collected.on_disk, disk, self._fields, self._source, self._words)
        else:
            rows = self._customers(collected.frame)
        return NetsuiteExtract(
            frame=rows.frame,
            count=collected.count,
            duplicates=rows.duplicates,
            calls=collected.calls,
            read_at=collected.now,
            moved=collected.moved,
            unknown=rows.unknown,
            on_disk=rows.on_disk,
        )

    def some(self, ids: Sequence[int]) -> pl.DataFrame:
        found, _ = self._some(ids)
        return self._customers(found).frame

    def changed(self, previous: PreviousRead) -> NetsuiteExtract:
        changed = self._collect(previous.read_at)
        if previous.frame.columns != self._customers(changed.frame.clear()).frame.columns:
            return self.whole()
        there = self._ids()
        ids = there.frame.select("internal_id").unique()
        seen = changed.frame.join(ids, on="internal_id", how="semi")  # not who was deleted since
        kept = previous.frame.join(ids, on="internal_id", how="semi").join(seen, on="internal_id", how="anti")
        unseen = ids.join(kept, on="internal_id", how="anti").join(seen, on="internal_id", how="anti")
        newly, calls = self._some(unseen["internal_id"].sort().to_list())
        fresh = self._customers(pl.concat([seen, newly]))
        merged = pl.concat([kept, fresh.frame]).sort("internal_id")
        return NetsuiteExtract(
            frame=merged,
            count=there.count,
            duplicates=there.frame.height - ids.height,
            calls=changed.calls + there.calls + calls,
            read_at=changed.now,
            moved=changed.moved or there.moved or merged.height < ids.height,
            unknown=fresh.unknown,
        )

    def _collect(self, since: datetime | None = None, parts: int = 1, disk: Disk | None = None) -> Collected:
        query = Query(self._search_id, self._chosen, self._restlet.settings.rows_per_call, _criteria(since), parts)
        return collect(self._restlet, query, self._on_progress, disk)

    def _ids(self) -> Collected:
        parts = self._restlet.settings.concurrency
        query = Query(self._search_id, lambda _: IDS_ONLY, MOST_ROWS, {}, parts, ids_only=True)
        return collect(self._restlet, query, self._on_progress)

    def _some(self, ids: Sequence[int]) -> tuple[pl.DataFrame, int]:
        """Read customers by id: those that are in the search now without having been changed."""
        queries = [
            Query(self._search_id, self._chosen, MOST_ROWS, {"ids": piece}) for piece in pieces(ids, IDS_PER_CALL)
        ]
        with ThreadPoolExecutor(self._restlet.settings.concurrency) as pool:
            found = list(pool.map(lambda query: collect(self._restlet, query), queries))
        names = tuple(name for name in self._fields if name != "internal_id")
        frame = pl.concat([no_rows(Wanted(names, ())), *(collected.frame for collected in found)])
        return frame, sum(collected.calls for collected in found)

    def _chosen(self, columns: Sequence[SearchColumn]) -> Wanted:
        """Find the wanted columns, which must be the same ones in every query of a read.

        Raises:
            UserError: see `chosen`.
            TransientError: somebody moved, added or removed columns meanwhile.
        """
        wanted = chosen(self._restlet, self._search_id, columns, self._fields, self._written)
        found = [columns[number] for number in wanted.numbers]
        with self._choosing:
            self._seen = self._seen or found
            if self._seen != found:
                raise columns_changed()
        return wanted

    def _customers(self, text: pl.DataFrame) -> NetsuiteRows:
        return customers_from_text(text, self._fields, self._source, self._words)

    @property
    def _source(self) -> RowSource:
        return RowSource(f"The saved search {self._search_id}", JOINS, UserError)


JOINS: Final = "remove the columns and criteria of joined records from it, as they multiply rows"


def _criteria(since: datetime | None) -> dict[str, Json]:
    return {} if since is None else {"since": since.isoformat()}
