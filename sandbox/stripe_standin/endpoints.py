"""What each endpoint does with a book: customers (list, retrieve, create, update, delete) and the list of events."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from sandbox.stripe_standin.book import Book
from sandbox.stripe_standin.lists import Lists
from sandbox.stripe_standin.options import StandInOptions
from sandbox.stripe_standin.wire import Answer, Form, Json, JsonObject, Refusal, dump

_LENGTHS: Final = {"email": 512, "name": 256, "phone": 20, "description": 5_000}
_OTHER_FIELDS: Final = {"metadata", "address", "shipping", "business_name", "individual_name", "test_clock", "expand"}
_METADATA_KEYS, _METADATA_KEY, _METADATA_VALUE = 50, 40, 500


@dataclass(frozen=True)
class Call:
    """A request that may pass: the book it concerns, the id in its path, its parameters."""

    book: Book
    customer: str
    params: dict[str, Form]
    key: str | None
    other_mode: Book


@dataclass(frozen=True)
class Endpoint:
    """One method and path. All ids share the endpoint and its limits."""

    name: str
    permission: str
    run: Callable[[Call], Answer]


class Endpoints:
    """The endpoints that the stand-in has; any other path is refused as Stripe refuses it."""

    def __init__(self, options: StandInOptions) -> None:
        """Build the table of endpoints."""
        self._options = options
        self._lists = Lists(options)
        self._table: Mapping[tuple[str, str], Endpoint] = {
            ("GET", "customers"): Endpoint("GET /v1/customers", "customer_read", self._list),
            ("POST", "customers"): Endpoint("POST /v1/customers", "customer_write", self._create),
            ("GET", "customers/id"): Endpoint("GET /v1/customers/{id}", "customer_read", self._retrieve),
            ("POST", "customers/id"): Endpoint("POST /v1/customers/{id}", "customer_write", self._update),
            ("DELETE", "customers/id"): Endpoint("DELETE /v1/customers/{id}", "customer_write", self._delete),
            ("GET", "events"): Endpoint("GET /v1/events", "event_read", self._events),
        }

    def find(self, method: str, path: str) -> tuple[Endpoint, str]:
        """Return the endpoint of a request and the id in its path, which is empty for lists."""
        match = re.fullmatch(r"/v1/(customers|events)(?:/([^/]+))?", path)
        shape = f"{match[1]}/id" if match and match[2] else match[1] if match else ""
        endpoint = self._table.get((method, shape))
        if endpoint is None:
            raise Refusal(404, f"Unrecognized request URL ({method}: {path}).")
        return endpoint, (match[2] or "") if match else ""

    def _list(self, call: Call) -> Answer:
        return Answer(200, dump(self._lists.customers(call.book, call.params)))

    def _events(self, call: Call) -> Answer:
        return Answer(200, dump(self._lists.events(call.book, call.params)))

    def _retrieve(self, call: Call) -> Answer:
        return Answer(200, dump(_found(call)))

    def _create(self, call: Call) -> Answer:
        customer = call.book.create(_changes(call.params, {}), key=call.key)
        return Answer(200, dump(call.book.get(customer)), effects=1)

    def _update(self, call: Call) -> Answer:
        with call.book.lock:
            before = _found(call)
            if before.get("deleted"):
                if self._options.deleted_update_succeeds:
                    return Answer(200, dump(before))
                raise _missing(call)
            after = call.book.update(call.customer, _changes(call.params, before), key=call.key)
        return Answer(200, dump(after), effects=int(after != before))

    def _delete(self, call: Call) -> Answer:
        with call.book.lock:
            if _found(call).get("deleted"):
                raise _missing(call)
            call.book.delete(call.customer)
        return Answer(200, dump(call.book.get(call.customer)), effects=1)


def _found(call: Call) -> JsonObject:
    customer = call.book.get(call.customer)
    if customer is None:
        raise _missing(call)
    return customer


def _missing(call: Call) -> Refusal:
    message = f"No such customer: '{call.customer}'"
    if call.book.place(call.customer) is None and call.other_mode.place(call.customer) is not None:
        here, there = ("live", "test") if call.book.livemode else ("test", "live")
        message += f"; a similar object exists in {there} mode, but a {here} mode key was used to make this request."
    return Refusal(404, message, code="resource_missing", param="id")


def _changes(params: dict[str, Form], before: JsonObject) -> JsonObject:
    changes: JsonObject = {}
    for name, value in params.items():
        if name not in _LENGTHS and name not in _OTHER_FIELDS:
            raise Refusal(400, f"Received unknown parameter: {name}", code="parameter_unknown", param=name)
        if isinstance(value, str) and len(value) > _LENGTHS.get(name, len(value)):
            raise Refusal(400, f"Invalid string: must be at most {_LENGTHS[name]} characters", param=name)
        if name != "expand":
            changes[name] = _plain(value) if value != "" else None
    if "metadata" in changes:
        _check_metadata(changes["metadata"], before.get("metadata"))
    return changes


def _plain(value: Form) -> Json:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return list(value) if isinstance(value, list) else value


def _check_metadata(wanted: Json, old: Json) -> None:
    if not isinstance(wanted, dict):
        return
    for key, value in wanted.items():
        if len(key) > _METADATA_KEY:
            raise Refusal(400, f"Metadata keys must be under {_METADATA_KEY} characters long.", param="metadata")
        if len(str(value)) > _METADATA_VALUE:
            raise Refusal(400, f"Metadata values must be under {_METADATA_VALUE} characters.", param=f"metadata[{key}]")
    merged = {**(old if isinstance(old, dict) else {}), **wanted}
    if sum(1 for value in merged.values() if value != "") > _METADATA_KEYS:
        raise Refusal(400, f"Metadata can have at most {_METADATA_KEYS} keys.", param="metadata")
