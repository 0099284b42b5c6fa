"""Reads the customers of an account that were created in a range: all of them, each once, or none.

How it is proved (X10): half-open windows that tile the range, rows counted per window against unique ids, an upper
bound that is fixed before the first request. Late edits and deletions are not found by creation: see `changes`.
"""

import time
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import polars as pl

from resources.extracts.on_disk import Disk
from resources.stripe_api.reading.customer_columns import Parts
from resources.stripe_api.reading.pages import CustomerPage, ListedCustomer, customer_page
from resources.stripe_api.reading.parallel_list import Listing, ListProgress, ParallelList
from resources.stripe_api.session.connection import StripeConnection
from resources.stripe_api.session.refusals import StripeProblem
from schemas.errors import AccessError, InternalError

_LIST = "/v1/customers"


@dataclass(frozen=True)
class StripeExtract:
    """A complete read.

    `rows` has the columns of `schemas.customers.StripeCustomers`, in no particular order. `windows` has one row per
    window (`windows.WINDOWS_SCHEMA`). `reads` counts against Stripe's read allocation; `duplicates` are rows that came
    twice, and were dropped.
    """

    rows: pl.LazyFrame
    windows: pl.DataFrame
    customers: int
    duplicates: int
    reads: int
    seconds: float


def read_customers(
    connection: StripeConnection,
    since: datetime,
    until: datetime,
    metadata_keys: Sequence[str],
    *,
    further: Sequence[str] = (),
    on_progress: Callable[[ListProgress], None] | None = None,
    disk: Disk | None = None,
) -> StripeExtract:
    """Read every customer with `since <= created < until`; both are aware moments, cut to whole seconds.

    `until` should be no later than the start of the run, so that nothing is added to the range while it is read.
    `metadata_keys` become columns `metadata.<key>`, null where a customer lacks the key; `further` are paths such as
    `address.city`, which become columns of that name. `on_progress` is called every few seconds by the calling thread.
    With a `disk`, rows that do not fit wait there, and `rows` scans them.

    Raises:
        AccessError: The key may not list customers, or a row is of the wrong mode.
        TransientError: Some page could not be asked for; nothing is returned.
    """
    started, reads = time.monotonic(), connection.reads
    parts = Parts(metadata_keys, disk, further)

    def keep(page: CustomerPage, count: int) -> None:
        check_mode(connection, page.rows)
        if count:
            parts.add(page.rows[:count])

    listing = Listing(_LIST, (), customer_page, keep)
    walk = ParallelList(connection, listing, _second(since), _second(until), on_progress)
    windows = walk.run()
    rows, customers, duplicates = _unique(parts.rows())
    walk.check_unique(customers + duplicates, customers)
    if int(windows["rows"].sum()) != customers + duplicates:
        raise InternalError("The windows of a Stripe read counted other rows than arrived.")
    return StripeExtract(
        rows=rows,
        windows=windows,
        customers=customers,
        duplicates=duplicates,
        reads=connection.reads - reads,
        seconds=time.monotonic() - started,
    )


def exists_before(connection: StripeConnection, moment: datetime) -> bool:
    """Say whether any customer was created before a moment: one read. Raises AccessError or TransientError."""
    return newest_before(connection, moment) is not None


def oldest_month(connection: StripeConnection, moment: datetime) -> str:
    """The month, as 2019-05, of the oldest customer, of whom it is known that they are older than a moment.

    The list is newest first, so the months are halved until one is left: nine reads. Raises as `exists_before`.
    """
    months = [datetime(year, month, 1, tzinfo=UTC) for year in range(_YEAR, moment.year + 1) for month in range(1, 13)]
    until = [month for month in months if month <= moment]
    place = bisect_left(until, 1, lo=1, hi=len(until) - 1, key=lambda month: int(exists_before(connection, month)))
    return f"{until[place - 1]:%Y-%m}"


_YEAR: Final = 2000
"""The first that `since` can name; Stripe is younger."""


def newest_before(connection: StripeConnection, moment: datetime) -> str | None:
    """The id of the youngest living customer that was created before a moment: one read. Raises as `exists_before`."""
    params = [("limit", "1"), ("created[lt]", str(_second(moment)))]
    page = connection.get(f"GET {_LIST}", _LIST, params, customer_page)
    if isinstance(page, StripeProblem):
        raise page.error(f"GET {_LIST}")
    return page.ids[0] if page.ids else None


def keys_in_use(connection: StripeConnection) -> list[str]:
    """The metadata keys of the hundred youngest customers, by name: one read. Raises as `exists_before`."""
    page = connection.get(f"GET {_LIST}", _LIST, [("limit", "100")], customer_page)
    if isinstance(page, StripeProblem):
        raise page.error(f"GET {_LIST}")
    return sorted({key for row in page.rows for key in row.metadata or ()})


def check_mode(connection: StripeConnection, rows: Sequence[ListedCustomer]) -> None:
    """Raise AccessError if any customer is not of the mode that the key opens."""
    wanted = connection.account.livemode
    foreign = [row.id for row in rows if row.livemode is not wanted]
    if foreign:
        raise AccessError(
            f"Stripe sent customer {foreign[0]} of another mode than the {connection.account.key_mode} key opens. "
            "Check which account and mode the key belongs to."
        )


def _unique(rows: pl.LazyFrame) -> tuple[pl.LazyFrame, int, int]:
    total, unique = rows.select(pl.len(), pl.col("id").n_unique().alias("ids")).collect(engine="streaming").row(0)
    if total == unique:
        return rows, unique, 0
    is_last = rows.select(pl.col("id").is_last_distinct().alias(_IS_LAST)).collect()
    return pl.concat([rows, is_last.lazy()], how="horizontal").filter(_IS_LAST).drop(_IS_LAST), unique, total - unique


_IS_LAST: Final = "is last"  # as no column is called, for the space


def _second(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise InternalError("A range of creation needs aware moments: which time zone is meant?")
    return int(moment.timestamp())
