"""Reads what changed since a watermark, and puts it in place of what was known. A full walk would give the same.

Stripe's customers carry no date of change; events do, for 30 days. So: customers created since then by list, changed
ones by `customer.updated` and one read each, deleted ones by `customer.deleted`. An event's own payload is not used: it
is rendered in another API version, and may be older than a later change.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import polars as pl

from resources.stripe_api.reading.customer_columns import customers_frame
from resources.stripe_api.reading.customers import check_mode, read_customers
from resources.stripe_api.reading.pages import EventPage, as_listed, event_page
from resources.stripe_api.reading.parallel_list import PAGE_LIMIT, Listing, ListProgress, ParallelList
from resources.stripe_api.reading.retrieval import for_each, retrieve_object
from resources.stripe_api.session.connection import StripeConnection
from schemas.errors import InternalError

OVERLAP: Final = timedelta(hours=1)
"""How far events are read beyond both ends of the range: for clocks that differ and events that come late."""

OLDEST_WATERMARK: Final = timedelta(days=25)
"""Beyond this a full read is needed. Stripe lists events for 30 days; five are left for a run that fails."""

_TYPES: Final = ("customer.created", "customer.updated", "customer.deleted")


@dataclass(frozen=True)
class Changes:
    """What changed: whole rows to put in place, ids to take out. `until` is the next watermark."""

    changed: pl.DataFrame
    deleted: frozenset[str]
    until: datetime
    events: int
    reads: int


@dataclass(frozen=True)
class FullReadNeeded:
    """Why changes will not do; the sentence is for the person who reads the run."""

    reason: str


def read_changes(
    connection: StripeConnection,
    watermark: datetime,
    until: datetime,
    metadata_keys: Sequence[str],
    *,
    known_customers: int,
    further: Sequence[str] = (),
    on_progress: Callable[[ListProgress], None] | None = None,
) -> Changes | FullReadNeeded:
    """Read the customers that were created, changed or deleted since `watermark`, as they are now.

    `watermark` is the `until` of the read that `known_customers` come from. Customers created at or after `until` are
    left to the next run. A full read is asked for when the watermark is too old for the events that Stripe keeps, and
    when reading the changed customers one by one would cost more reads than all of them by the page.

    Raises:
        AccessError: The key may not list events or customers.
        TransientError: Something could not be asked for; nothing is returned.
    """
    if until - watermark > OLDEST_WATERMARK:
        days = (until - watermark).days
        return FullReadNeeded(
            f"The last complete read is {days} days old; Stripe keeps events for 30, and 25 is our limit."
        )
    reads, since = connection.reads, watermark - OVERLAP
    events = _read_events(connection, since, until + OVERLAP, on_progress)
    created = read_customers(connection, since, until, metadata_keys, further=further, on_progress=on_progress)
    new = created.rows.collect()
    wanted = sorted(events.touched - events.deleted - set(new["id"].to_list()))
    if len(wanted) > PAGE_LIMIT and len(wanted) > known_customers // PAGE_LIMIT:
        return FullReadNeeded(
            f"{len(wanted)} customers changed; reading them one by one costs more than reading all by the page."
        )
    found = for_each(connection, wanted, retrieve_object)
    living = as_listed(row for row in found.values() if row is not None and row["created"] < until.timestamp())
    check_mode(connection, living)
    vanished = {customer for customer, row in found.items() if row is None}
    return Changes(
        changed=pl.concat([new, customers_frame(living, metadata_keys, further)]),
        deleted=frozenset((events.deleted | vanished) - set(new["id"].to_list())),
        until=until,
        events=events.count,
        reads=connection.reads - reads,
    )


def merge_changes(known: pl.LazyFrame, changed: pl.LazyFrame, deleted_ids: Iterable[str]) -> pl.LazyFrame:
    """Return the known customers with changed ones replaced or added, and deleted ones gone. Pure.

    Raises:
        InternalError: The two frames differ in their columns: one that no full read filled cannot be kept fresh.
    """
    columns = known.collect_schema()
    if dict(columns) != dict(changed.collect_schema()):
        raise InternalError("Changes have other columns than the customers that are known; a full read is needed.")
    outdated = pl.concat([changed.select("id"), pl.LazyFrame({"id": list(deleted_ids)}, schema={"id": pl.String})])
    return pl.concat([known.join(outdated, on="id", how="anti"), changed.select(columns.names())])


@dataclass(frozen=True)
class _Events:
    touched: set[str]
    deleted: set[str]
    count: int


def _read_events(
    connection: StripeConnection, since: datetime, until: datetime, on_progress: Callable[[ListProgress], None] | None
) -> _Events:
    touched: set[str] = set()
    deleted: set[str] = set()
    seen: list[str] = []

    def keep(page: EventPage, count: int) -> None:
        named = list(zip(page.types[:count], page.customers[:count], strict=True))
        seen.extend(page.ids[:count])
        touched.update(customer for _, customer in named)
        deleted.update(customer for kind, customer in named if kind == "customer.deleted")

    listing = Listing("/v1/events", [("types[]", kind) for kind in _TYPES], event_page, keep)
    walk = ParallelList(connection, listing, int(since.timestamp()), int(until.timestamp()), on_progress)
    walk.run()
    events = len(set(seen))
    walk.check_unique(len(seen), events)
    return _Events(touched, deleted, events)
