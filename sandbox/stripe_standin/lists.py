"""How lists behave: clamps, filters, cursors, newest first. For customers, events, charges, invoices."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sandbox.stripe_standin.book import Book
from sandbox.stripe_standin.fields import integer
from sandbox.stripe_standin.options import StandInOptions
from sandbox.stripe_standin.wire import Form, Json, JsonObject, Refusal, refuse_empty, refuse_unknown

_LIST_PARAMS: Final = {"limit", "starting_after", "ending_before", "created", "expand"}
_CUSTOMER_PARAMS: Final = {*_LIST_PARAMS, "email", "test_clock"}
_EVENT_PARAMS: Final = {*_LIST_PARAMS, "type", "types", "delivery_success"}
_PAYMENT_PARAMS: Final = {*_LIST_PARAMS, "customer"}
_FURTHER: Final = {"subscription": {"status"}, "payment_method": {"type"}}
_EVENTS_KEPT: Final = 30 * 86_400
_MOST: Final = 100
_MOST_TYPES: Final = 20
_ENDLESS: Final = 1 << 62


@dataclass(frozen=True)
class _Query:
    limit: int
    low: int
    high: int
    after: str | None
    before: str | None


class Lists:
    """The list endpoints over a book."""

    def __init__(self, options: StandInOptions) -> None:
        """Keep the switches, and which window issued which cursor (for the carried-cursor trap)."""
        self._options = options
        self._issued: dict[str, set[tuple[int, int]]] = {}

    def customers(self, book: Book, params: dict[str, Form]) -> JsonObject:
        """Answer `GET /v1/customers`: living customers, newest first."""
        query = _read(params, _CUSTOMER_PARAMS, self._options)
        email, clock = params.get("email"), params.get("test_clock")
        if email is not None and not isinstance(email, str):
            raise Refusal(400, f"Invalid string: {email}", param="email")

        def visible(place: int) -> JsonObject | None:
            if book.is_gone(place):
                return None
            row = book.at(place)
            wanted = (email is None or row["email"] == email) and row["test_clock"] == clock
            return row if wanted else None

        with book.lock:
            positions = _Range(bisect_left(book.created, query.low), bisect_right(book.created, query.high - 1))
            after = self._customer_cursor(book, query.after, "starting_after")
            before = self._customer_cursor(book, query.before, "ending_before")
            _refuse_both(after, before)
            if self._is_carried(query):
                return _listed("/v1/customers", [], has_more=False)
            rows, more = _page(positions, after, before, query.limit, visible)
        if more and rows:
            self._issued.setdefault(str(rows[-1]["id"]), set()).add((query.low, query.high))
        return _listed("/v1/customers", rows, has_more=more)

    def events(self, book: Book, params: dict[str, Form]) -> JsonObject:
        """Answer `GET /v1/events`: the last 30 days, newest first, by exact type or `prefix.*`."""
        query = _read(params, _EVENT_PARAMS, self._options)
        types = _event_types(params)

        def visible(place: int) -> JsonObject | None:
            event = book.events[place]
            return event if not types or any(_is_type(str(event["type"]), wanted) for wanted in types) else None

        with book.lock:
            oldest = max(query.low, book.clock() - _EVENTS_KEPT)
            found = _Range(bisect_left(book.event_created, oldest), bisect_right(book.event_created, query.high - 1))
            after = _event_cursor(book, query.after, "starting_after")
            before = _event_cursor(book, query.before, "ending_before")
            _refuse_both(after, before)
            rows, more = _page(found, after, before, query.limit, visible)
        return _listed("/v1/events", rows, has_more=more)

    def payments(self, book: Book, kind: str, params: dict[str, Form]) -> JsonObject:
        """Answer `GET /v1/charges` or `GET /v1/invoices`: newest first, of one customer where it is named."""
        query = _read(params, _PAYMENT_PARAMS | _FURTHER.get(kind, set()), self._options)
        customer, status = params.get("customer"), params.get("status")
        hides_canceled = kind == "subscription" and status != "all"
        with book.lock:
            if isinstance(customer, str) and book.place(customer) is None:
                raise Refusal(400, f"No such customer: '{customer}'", code="resource_missing", param="customer")
            oldest_first = book.payments[kind][::-1]
            ids = [str(row["id"]) for row in oldest_first]

            def visible(place: int) -> JsonObject | None:
                row = oldest_first[place]
                wanted = customer is None or customer == row["customer"]
                wanted &= not (hides_canceled and row.get("status") == "canceled")
                return row if wanted and query.low <= int(str(row["created"])) < query.high else None

            after = _payment_cursor(kind, ids, query.after, "starting_after")
            before = _payment_cursor(kind, ids, query.before, "ending_before")
            _refuse_both(after, before)
            rows, more = _page(_Range(0, len(ids)), after, before, query.limit, visible)
        return _listed(f"/v1/{kind}s", rows, has_more=more)

    def event(self, book: Book, event_id: str) -> JsonObject:
        """Answer `GET /v1/events/{id}`: one event of the last 30 days."""
        with book.lock:
            found = [event for event in book.events if event["id"] == event_id]
            if not found or int(str(found[0]["created"])) < book.clock() - _EVENTS_KEPT:
                raise Refusal(404, f"No such event: '{event_id}'", code="resource_missing", param="id")
            return found[0]

    def _customer_cursor(self, book: Book, cursor: str | None, param: str) -> int | None:
        if cursor is None:
            return None
        place = book.place(cursor)
        if place is None or (book.is_gone(place) and not self._options.deleted_cursor_resolves):
            raise Refusal(400, f"No such customer: '{cursor}'", code="resource_missing", param=param)
        return place

    def _is_carried(self, query: _Query) -> bool:
        if query.after is None or not self._options.carried_cursor_is_empty:
            return False
        return (query.low, query.high) not in self._issued.get(query.after, set())


@dataclass(frozen=True)
class _Range:
    low: int
    high: int


def _page(
    positions: _Range, after: int | None, before: int | None, limit: int, visible: Callable[[int], JsonObject | None]
) -> tuple[list[JsonObject], bool]:
    if before is not None:
        rows = _take(range(max(positions.low, before + 1), positions.high), limit, visible)
        return rows[:limit][::-1], len(rows) > limit
    top = positions.high if after is None else min(positions.high, after)
    rows = _take(range(top - 1, positions.low - 1, -1), limit, visible)
    return rows[:limit], len(rows) > limit


def _take(positions: Iterable[int], limit: int, visible: Callable[[int], JsonObject | None]) -> list[JsonObject]:
    rows: list[JsonObject] = []
    for place in positions:
        row = visible(place)
        if row is not None:
            rows.append(row)
            if len(rows) > limit:
                break
    return rows


def _listed(url: str, rows: Sequence[JsonObject], *, has_more: bool) -> JsonObject:
    data: list[Json] = list(rows)
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def _read(params: dict[str, Form], known: set[str], options: StandInOptions) -> _Query:
    refuse_unknown(params, known)
    for param, value in params.items():
        if value == "":
            refuse_empty(param)
    low, high = _created(params.get("created"))
    after, before = params.get("starting_after"), params.get("ending_before")
    return _Query(
        _limit(params.get("limit"), options),
        low,
        high,
        after if isinstance(after, str) else None,
        before if isinstance(before, str) else None,
    )


def _limit(value: Form | None, options: StandInOptions) -> int:
    limit = 10 if value is None else integer(value, "limit")
    if not 1 <= limit <= _MOST and not options.clamps_limit:
        raise Refusal(400, "This value must be between 1 and 100.", code="parameter_invalid_integer", param="limit")
    return min(max(limit, 1), _MOST)


def _created(value: Form | None) -> tuple[int, int]:
    """Return the half-open range of seconds that a `created` filter means."""
    if value is None:
        return 0, _ENDLESS
    if not isinstance(value, dict):
        exact = integer(value, "created")
        return exact, exact + 1
    low, high = 0, _ENDLESS
    for bound, text in value.items():
        second = integer(text, f"created[{bound}]")
        match bound:
            case "gte":
                low = max(low, second)
            case "gt":
                low = max(low, second + 1)
            case "lt":
                high = min(high, second)
            case "lte":
                high = min(high, second + 1)
            case _:
                name = f"created[{bound}]"
                raise Refusal(400, f"Received unknown parameter: {name}", code="parameter_unknown", param=name)
    return low, high


def _refuse_both(after: int | None, before: int | None) -> None:
    if after is not None and before is not None:
        raise Refusal(400, "Received both starting_after and ending_before parameters. Please pass in only one.")


def _event_cursor(book: Book, cursor: str | None, param: str) -> int | None:
    if cursor is None:
        return None
    place = next((at for at, event in enumerate(book.events) if event["id"] == cursor), None)
    if place is None:
        raise Refusal(400, f"No such event: '{cursor}'", code="resource_missing", param=param)
    return place


def _payment_cursor(kind: str, ids: Sequence[str], cursor: str | None, param: str) -> int | None:
    if cursor is None:
        return None
    if cursor not in ids:
        raise Refusal(400, f"No such {kind}: '{cursor}'", code="resource_missing", param=param)
    return ids.index(cursor)


def _event_types(params: dict[str, Form]) -> list[str]:
    listed = params.get("types")
    types = [str(item) for item in listed.values()] if isinstance(listed, dict) else listed
    if isinstance(types, list) and len(types) > _MOST_TYPES:
        raise Refusal(400, f"Array above max size {_MOST_TYPES}", param="types")
    if types and "type" in params:
        raise Refusal(400, "You may only specify one of these parameters: type, types.", param="type")
    single = params.get("type")
    return [*(types if isinstance(types, list) else []), *([single] if isinstance(single, str) else [])]


def _is_type(kind: str, wanted: str) -> bool:
    return kind.startswith(wanted[:-1]) if wanted.endswith(".*") else kind == wanted
