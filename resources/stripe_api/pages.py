"""From the bytes of a page to columns, without an object per customer. No request is made here.

Pages gather in plain lists, which become one frame, in memory or as a Parquet file, every few hundred pages: a frame
for each page costs six times as much, and objects of the SDK a hundred times.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NotRequired, TypedDict

import orjson
import polars as pl

_TEXTS: Final = ("email", "name", "description", "phone")
_ROWS_PER_PART: Final = 20_000


class CustomerObject(TypedDict):
    """The fields that we read of a customer as Stripe sends it; an unset one may be null or absent."""

    id: str
    created: int
    livemode: bool
    deleted: NotRequired[bool]
    email: NotRequired[str | None]
    name: NotRequired[str | None]
    description: NotRequired[str | None]
    phone: NotRequired[str | None]
    metadata: NotRequired[Mapping[str, str] | None]


@dataclass(frozen=True)
class CustomerPage:
    """One page of the customer list."""

    rows: list[CustomerObject]
    ids: list[str]
    created: list[int]
    has_more: bool


@dataclass(frozen=True)
class EventPage:
    """One page of the event list: for each event its type and the customer that it is about."""

    ids: list[str]
    created: list[int]
    has_more: bool
    types: list[str]
    customers: list[str]


def customer_page(body: bytes) -> CustomerPage:
    """Read a page of customers. Raises ValueError, KeyError or TypeError if the body is not one."""
    document = orjson.loads(body)
    rows: list[CustomerObject] = document["data"]
    return CustomerPage(
        rows, [row["id"] for row in rows], [row["created"] for row in rows], has_more=document["has_more"]
    )


def customer_object(body: bytes) -> CustomerObject:
    """Read one customer, or the stub of a deleted one. Raises ValueError, KeyError or TypeError if it is neither."""
    row: CustomerObject = orjson.loads(body)
    if not row["id"] or (not row.get("deleted") and not isinstance(row["created"], int)):
        raise ValueError("not a customer")
    return row


def event_page(body: bytes) -> EventPage:
    """Read a page of customer events. Raises ValueError, KeyError or TypeError if the body is not one."""
    document = orjson.loads(body)
    rows = document["data"]
    return EventPage(
        ids=[row["id"] for row in rows],
        created=[row["created"] for row in rows],
        has_more=document["has_more"],
        types=[row["type"] for row in rows],
        customers=[row["data"]["object"]["id"] for row in rows],
    )


def customers_frame(rows: Sequence[CustomerObject], metadata_keys: Sequence[str]) -> pl.DataFrame:
    """Return customers as columns, in the shape of `schemas.customers.StripeCustomers`."""
    parts = Parts(metadata_keys, folder=None)
    parts.add(rows)
    return parts.rows().collect()


def customers_schema(metadata_keys: Sequence[str]) -> pl.Schema:
    """Return the columns that a read with these metadata keys has, in their order."""
    texts = dict.fromkeys((*_TEXTS, *(f"metadata.{key}" for key in metadata_keys)), pl.String())
    return pl.Schema({"id": pl.String(), "created": pl.Datetime("us", "UTC"), "livemode": pl.Boolean(), **texts})


class Parts:
    """Collects pages into a few large frames, in memory or as Parquet files in a folder. Safe for threads."""

    def __init__(self, metadata_keys: Sequence[str], folder: Path | None) -> None:
        """Start empty. With a folder, which must exist and be private, rows wait on disk instead of in memory."""
        self._keys, self._folder = metadata_keys, folder
        self._lock = threading.Lock()
        self._columns = _empty(metadata_keys)
        self._frames: list[pl.LazyFrame] = []

    def add(self, rows: Sequence[CustomerObject]) -> None:
        """Add the customers of one page. Raises TypeError if one of them is not as Stripe describes it."""
        with self._lock:
            _extend(self._columns, rows, self._keys)
            if len(self._columns["id"]) >= _ROWS_PER_PART:
                self._join()

    def rows(self) -> pl.LazyFrame:
        """Return all rows so far."""
        with self._lock:
            self._join()
            return pl.concat(self._frames)

    def _join(self) -> None:
        frame = pl.DataFrame(self._columns, schema=_raw_schema(self._keys)).with_columns(_MOMENT)
        self._columns = _empty(self._keys)
        if self._folder is None:
            self._frames.append(frame.lazy())
            return
        path = self._folder / f"part-{len(self._frames):06d}.parquet"
        frame.write_parquet(path)
        self._frames.append(pl.scan_parquet(path))


_MOMENT: Final = pl.from_epoch("created", time_unit="s").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def _empty(metadata_keys: Sequence[str]) -> dict[str, list[str | int | bool | None]]:
    return {name: [] for name in customers_schema(metadata_keys)}


def _extend(
    columns: dict[str, list[str | int | bool | None]], rows: Sequence[CustomerObject], keys: Sequence[str]
) -> None:
    columns["id"].extend([row["id"] for row in rows])
    columns["created"].extend([row["created"] for row in rows])
    columns["livemode"].extend([row["livemode"] for row in rows])
    columns["email"].extend([row.get("email") for row in rows])
    columns["name"].extend([row.get("name") for row in rows])
    columns["description"].extend([row.get("description") for row in rows])
    columns["phone"].extend([row.get("phone") for row in rows])
    metadata = [row.get("metadata") or {} for row in rows]
    for key in keys:
        columns[f"metadata.{key}"].extend([pairs.get(key) for pairs in metadata])


def _raw_schema(metadata_keys: Sequence[str]) -> dict[str, pl.DataType]:
    return {**customers_schema(metadata_keys), "created": pl.Int64()}
