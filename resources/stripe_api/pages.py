"""From the bytes of a page to columns, without an object per customer. No request is made here.

One page becomes one small frame; frames are joined, and optionally written to Parquet, every few hundred pages, so that
memory stays bounded however many customers there are.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NotRequired, TypedDict

import orjson
import polars as pl

_TEXTS: Final = ("email", "name", "description", "phone")
_PAGES_PER_PART: Final = 200


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
    metadata = [row.get("metadata") or {} for row in rows]
    columns: dict[str, list[str | None]] = {name: [_text(row, name) for row in rows] for name in _TEXTS}
    columns |= {f"metadata.{key}": [pairs.get(key) for pairs in metadata] for key in metadata_keys}
    facts = {
        "id": [row["id"] for row in rows],
        "created": [row["created"] for row in rows],
        "livemode": [row["livemode"] for row in rows],
    }
    frame = pl.DataFrame({**facts, **columns}, schema=_raw_schema(metadata_keys))
    return frame.select(column for column in customers_schema(metadata_keys)).with_columns(_moment)


def customers_schema(metadata_keys: Sequence[str]) -> pl.Schema:
    """Return the columns that a read with these metadata keys has, in their order."""
    texts = dict.fromkeys((*_TEXTS, *(f"metadata.{key}" for key in metadata_keys)), pl.String())
    return pl.Schema({"id": pl.String(), "created": pl.Datetime("us", "UTC"), "livemode": pl.Boolean(), **texts})


_moment: Final = pl.from_epoch("created", time_unit="s").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def _raw_schema(metadata_keys: Sequence[str]) -> dict[str, pl.DataType]:
    return {**customers_schema(metadata_keys), "created": pl.Int64()}


def _text(row: CustomerObject, name: str) -> str | None:
    value = row.get(name)
    if value is not None and not isinstance(value, str):
        raise TypeError(f"`{name}` of a customer is not text")
    return value


class Parts:
    """Collects small frames into a few large ones, in memory or as Parquet files in a folder. Safe for threads."""

    def __init__(self, schema: pl.Schema, folder: Path | None) -> None:
        """Start empty. With a folder, which must exist and be private, rows wait on disk instead of in memory."""
        self._schema, self._folder = schema, folder
        self._lock = threading.Lock()
        self._small: list[pl.DataFrame] = []
        self._large: list[pl.LazyFrame] = []

    def add(self, frame: pl.DataFrame) -> None:
        """Add the rows of one page."""
        with self._lock:
            self._small.append(frame)
            if len(self._small) >= _PAGES_PER_PART:
                self._join()

    def rows(self) -> pl.LazyFrame:
        """Return all rows so far."""
        with self._lock:
            if self._small:
                self._join()
            return pl.concat([pl.LazyFrame(schema=self._schema), *self._large])

    def _join(self) -> None:
        joined = pl.concat(self._small, rechunk=True)
        self._small.clear()
        if self._folder is None:
            self._large.append(joined.lazy())
            return
        path = self._folder / f"part-{len(self._large):06d}.parquet"
        joined.write_parquet(path)
        self._large.append(pl.scan_parquet(path))
