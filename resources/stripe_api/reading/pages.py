"""From the bytes of an answer to what Stripe describes, or the sentence why it is not that. No request is made here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import NoneType
from typing import Any, Final, NotRequired, TypedDict

import msgspec
import orjson

_TEXTS: Final = ("email", "name", "description", "phone")


class CustomerObject(TypedDict):
    """The fields that we read of a customer that was asked for by itself; an unset one may be null or absent."""

    id: str
    created: int
    livemode: bool
    deleted: NotRequired[bool]
    email: NotRequired[str | None]
    name: NotRequired[str | None]
    description: NotRequired[str | None]
    phone: NotRequired[str | None]
    metadata: NotRequired[Mapping[str, str] | None]


class ListedCustomer(msgspec.Struct, gc=False):
    """A customer on a page: every field that a column can be made of, and the rest is not made into objects.

    A dictionary for each takes half as long again, and Python would look for garbage in it.
    """

    id: str
    object: str
    created: int
    livemode: bool
    email: str | None = None
    name: str | None = None
    description: str | None = None
    phone: str | None = None
    metadata: dict[str, str] | None = None
    address: Any = None
    shipping: Any = None
    business_name: Any = None
    individual_name: Any = None
    currency: Any = None
    tax_exempt: Any = None
    deleted: Any = None


class _Customers(msgspec.Struct, gc=False):
    object: str
    data: list[ListedCustomer]
    has_more: bool


_CUSTOMERS: Final = msgspec.json.Decoder(_Customers)


class UnusableError(ValueError):
    """An answer that cannot be right. It says what is wrong in words that fit after "Stripe could not be asked:"."""


@dataclass(frozen=True)
class CustomerPage:
    """One page of the customer list."""

    rows: Sequence[ListedCustomer]
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
    try:
        page = _CUSTOMERS.decode(body)
    except msgspec.ValidationError as error:
        raise UnusableError(f"its answer is no list of customers: {error}") from None
    except msgspec.DecodeError:
        raise UnusableError(_NO_JSON) from None
    rows, ids = page.data, [row.id for row in page.data]
    if page.object != "list" or {row.object for row in rows} - {"customer"}:
        raise UnusableError("its answer is no list of customers, or holds something else")
    _check_ids(ids, "customer")
    if any(row.deleted for row in rows):
        raise UnusableError("its list shows a customer as deleted, and Stripe lists none of those")
    return CustomerPage(rows, ids, [row.created for row in rows], has_more=page.has_more)


def as_listed(rows: Iterable[CustomerObject]) -> list[ListedCustomer]:
    """Take customers that were asked for one by one as a page has them."""
    return msgspec.convert(list(rows), list[ListedCustomer])


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


_NO_JSON: Final = "its answer is cut short, or no JSON"
_OF_PAYMENTS: Final = ("id", "created", "customer", "status")


def _document(body: bytes) -> Any:  # noqa: ANN401 - whatever somebody sent; its readers look at every field that they take
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise UnusableError(_NO_JSON) from None


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
    _check_ids([row["id"] for row in rows], kind)
    return rows, has_more


def _check_ids(ids: Sequence[str], kind: str) -> None:
    if not all(ids):
        raise UnusableError(f"some {kind} on a page has no id")
    if len(set(ids)) != len(ids):
        raise UnusableError(f"the same {kind} is on one page twice")


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
