"""From the bytes of a page to columns, without an object per customer. No request is made here.

Pages gather in lists, a frame every few hundred: one for each page costs six times as much, SDK objects a hundred.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import NoneType
from typing import Any, Final, NotRequired, TypedDict

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


class UnusableError(ValueError):
    """An answer that cannot be right. It says what is wrong in words that fit after "Stripe could not be asked:"."""


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


@dataclass(frozen=True)
class PaymentPage:
    """One page of charges or invoices, row by row: whose each is (nobody's where a guest paid), and its status."""

    ids: list[str]
    created: list[int]
    customers: list[str | None]
    states: list[str | None]
    modes: frozenset[bool]
    has_more: bool


def customer_page(body: bytes) -> CustomerPage:
    """Read a page of customers. Raises UnusableError if the body is not one."""
    rows, has_more = _listed(body, "customer")
    _check_customers(rows)
    return CustomerPage(rows, [row["id"] for row in rows], [row["created"] for row in rows], has_more=has_more)


def customer_object(body: bytes, asked: str | None = None) -> CustomerObject:
    """Read one customer, or the stub of a deleted one: the one that was asked for.

    Raises:
        UnusableError: The body is neither, or another customer.
    """
    row: CustomerObject = _document(body)
    _check_objects([row], "customer")
    if row.get("deleted") is not True:
        _check_customers([row])
    if asked is not None and row["id"] != asked:
        raise UnusableError("its answer is another customer than the one that was asked for")
    return row


def event_page(body: bytes) -> EventPage:
    """Read a page of customer events. Raises UnusableError if the body is not one."""
    rows, has_more = _listed(body, "event")
    customers = [_subject(row) for row in rows]
    return EventPage(
        ids=[row["id"] for row in rows],
        created=[row["created"] for row in rows],
        has_more=has_more,
        types=[row["type"] for row in rows],
        customers=customers,
    )


def payment_page(body: bytes, kind: str, customer: str | None = None) -> PaymentPage:
    """Read a page of charges or invoices (`kind`), of one customer or of all.

    Raises:
        UnusableError: It is none, or of another customer than the one that was asked for.
    """
    rows, has_more = _listed(body, kind)
    if customer is not None and any(row.get("customer") != customer for row in rows):
        raise UnusableError(f"its answer holds a {kind} of another customer than the one that was asked for")
    if _types(rows, "status") - {str, NoneType} or _types(rows, "livemode") - {bool}:
        raise UnusableError(f"a {kind} lacks its status or its mode")
    if _types(rows, "customer") - {str, NoneType}:
        raise UnusableError(f"a {kind} names its customer in no form that was asked for")
    ids, created, customers, states = ([row.get(name) for row in rows] for name in _OF_PAYMENTS)
    return PaymentPage(ids, created, customers, states, frozenset(row["livemode"] for row in rows), has_more)


_OF_PAYMENTS: Final = ("id", "created", "customer", "status")


def _document(body: bytes) -> Any:  # noqa: ANN401 - whatever somebody sent; its readers look at every field that they take
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise UnusableError("its answer is cut short, or no JSON") from None


def _listed(body: bytes, kind: str) -> tuple[list[Any], bool]:
    """Return the objects of a list and whether there are more: all of one kind, each once."""
    document = _document(body)
    if not isinstance(document, dict) or document.get("object") != "list":
        raise UnusableError(f"its answer is no list of {kind}s")
    rows, has_more = document.get("data"), document.get("has_more")
    if not isinstance(rows, list) or not isinstance(has_more, bool):
        raise UnusableError(f"its list of {kind}s does not say what is on it, or whether there is more")
    _check_objects(rows, kind)
    if _types(rows, "created") - {int}:
        raise UnusableError(f"some {kind} on a page has no time of creation")
    if len({row["id"] for row in rows}) != len(rows):
        raise UnusableError(f"the same {kind} is on one page twice")
    return rows, has_more


def _check_objects(rows: Sequence[Any], kind: str) -> None:
    """Check what everything else rests on. Column by column, as these checks cost a fast read a tenth of its time."""
    is_good = {type(row) for row in rows} <= {dict} and _types(rows, "id") <= {str}
    if not is_good or not all(row["id"] and row.get("object") == kind for row in rows):
        raise UnusableError(f"its answer holds something that is no {kind}")


def _check_customers(rows: Sequence[Any]) -> None:
    if _types(rows, "created") - {int} or _types(rows, "livemode") - {bool}:
        raise UnusableError("a customer lacks its time of creation or its mode")
    if any(_types(rows, name) - {str, NoneType} for name in _TEXTS) or _types(rows, "metadata") - {dict, NoneType}:
        raise UnusableError("a field of a customer is not of its type")
    if {type(value) for row in rows for value in (row.get("metadata") or {}).values()} - {str}:
        raise UnusableError("the metadata of a customer are not texts")


def _types(rows: Sequence[Any], name: str) -> set[type]:
    return {type(row.get(name)) for row in rows}


def _subject(event: Mapping[str, Any]) -> str:
    """Return the id of the customer that an event is about."""
    data = event.get("data")
    customer = data.get("object") if isinstance(data, dict) else None
    _check_objects([customer], "customer")
    if not isinstance(event.get("type"), str) or not isinstance(customer, dict):
        raise UnusableError("an event does not say what happened")
    return str(customer["id"])


def customers_frame(
    rows: Sequence[CustomerObject], metadata_keys: Sequence[str], further: Sequence[str] = ()
) -> pl.DataFrame:
    """Return customers as columns, in the shape of `schemas.customers.StripeCustomers`."""
    parts = Parts(metadata_keys, folder=None, further=further)
    parts.add(rows)
    return parts.rows().collect()


def customers_schema(metadata_keys: Sequence[str], further: Sequence[str] = ()) -> pl.Schema:
    """Return the columns that a read with these metadata keys and further fields (paths) has, in their order."""
    texts = dict.fromkeys((*_TEXTS, *(f"metadata.{key}" for key in metadata_keys), *further), pl.String())
    return pl.Schema({"id": pl.String(), "created": pl.Datetime("us", "UTC"), "livemode": pl.Boolean(), **texts})


class Parts:
    """Collects pages into a few large frames, in memory or as Parquet files in a folder. Safe for threads."""

    def __init__(self, metadata_keys: Sequence[str], folder: Path | None, further: Sequence[str] = ()) -> None:
        """Start empty. With a folder, which must exist and be private, rows wait on disk instead of in memory."""
        self._keys, self._further, self._folder = metadata_keys, further, folder
        self._lock = threading.Lock()
        self._columns = _empty(metadata_keys, further)
        self._frames: list[pl.LazyFrame] = []

    def add(self, rows: Sequence[CustomerObject]) -> None:
        """Add the customers of one page. Raises TypeError if one of them is not as Stripe describes it."""
        with self._lock:
            _extend(self._columns, rows, self._keys)
            for path in self._further:
                self._columns[path].extend([_at(row, path) for row in rows])
            if len(self._columns["id"]) >= _ROWS_PER_PART:
                self._join()

    def rows(self) -> pl.LazyFrame:
        """Return all rows so far."""
        with self._lock:
            self._join()
            return pl.concat(self._frames)

    def _join(self) -> None:
        frame = pl.DataFrame(self._columns, schema=_raw_schema(self._keys, self._further)).with_columns(_MOMENT)
        self._columns = _empty(self._keys, self._further)
        if self._folder is None:
            self._frames.append(frame.lazy())
            return
        path = self._folder / f"part-{len(self._frames):06d}.parquet"
        frame.write_parquet(path)
        self._frames.append(pl.scan_parquet(path))


_MOMENT: Final = pl.from_epoch("created", time_unit="s").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def _empty(metadata_keys: Sequence[str], further: Sequence[str]) -> dict[str, list[str | int | bool | None]]:
    return {name: [] for name in customers_schema(metadata_keys, further)}


def _at(row: CustomerObject, path: str) -> str | None:
    """The text at a path such as `address.postal_code`; None where some part of the way is null or absent."""
    value: object = row
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value if isinstance(value, str) else None


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


def _raw_schema(metadata_keys: Sequence[str], further: Sequence[str]) -> dict[str, pl.DataType]:
    return {**customers_schema(metadata_keys, further), "created": pl.Int64()}
