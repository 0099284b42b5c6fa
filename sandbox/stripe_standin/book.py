"""One account in one mode: its customers and its events, in memory, ordered by creation.

Customers lie in parallel columns (ids, seconds, compact bodies), because a million Python objects would cost gigabytes.
A deleted customer stays as a place in the order, with its last body gone. Nothing here knows about HTTP.
"""

import threading
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from itertools import count

import orjson

from sandbox.stripe_standin.portal import Portal
from sandbox.stripe_standin.wire import JsonObject

KINDS = ("charge", "invoice", "subscription", "payment_method")
"""What hangs on a customer, as far as its lists are asked for it."""

_GONE = b""
_ABSENT = {"business_name", "individual_name"}
"""Fields whose key is absent while they are unset."""


class Book:
    """The customers and events of one account in one mode. Safe to change from any thread while it is served."""

    def __init__(self, account: str, *, livemode: bool, clock: Callable[[], int]) -> None:
        """Start empty. `clock` returns unix seconds."""
        self.account, self.livemode, self.clock = account, livemode, clock
        self.lock = threading.RLock()
        self.ids: list[str] = []
        self.created: array[int] = array("q")
        self.bodies: list[bytes] = []
        self.events: list[JsonObject] = []
        self.portal = Portal()
        self.payments: dict[str, list[JsonObject]] = {kind: [] for kind in KINDS}
        self.event_created: array[int] = array("q")
        self._created_of: dict[str, int] = {}
        self._numbers = count(1)

    def load(self, rows: Iterable[tuple[str, int, JsonObject]]) -> None:
        """Add customers (id, created, fields that are set) as if they had always been there: no events."""
        with self.lock:
            old = zip(self.ids, self.created, self.bodies, strict=True)
            new = ((key, created, _packed(fields)) for key, created, fields in rows)
            ordered = sorted([*old, *new], key=lambda row: row[1])
            self.ids = [row[0] for row in ordered]
            self.created = array("q", (row[1] for row in ordered))
            self.bodies = [row[2] for row in ordered]
            self._created_of = {row[0]: row[1] for row in ordered}

    def create(
        self, fields: JsonObject, *, customer_id: str | None = None, created: int | None = None, key: str | None = None
    ) -> str:
        """Add a customer, by default now, and its `customer.created` event. Returns its id."""
        with self.lock:
            moment = self.clock() if created is None else created
            number = next(self._numbers)
            customer = customer_id or f"cus_{self.account[-4:]}{number:014d}"
            place = bisect_right(self.created, moment)
            self.ids.insert(place, customer)
            self.created.insert(place, moment)
            self.bodies.insert(place, _packed(fields))
            self._created_of[customer] = moment
            self._record("customer.created", self.at(place), None, key)
            return customer

    def update(self, customer: str, changes: JsonObject, *, key: str | None = None) -> JsonObject:
        """Set fields, merge metadata (an empty value removes its key), record the event; return the object."""
        with self.lock:
            fields: JsonObject = orjson.loads(self.bodies[self._living(customer)])
            return self.put(customer, _merged(fields, changes), key=key)

    def put(self, customer: str, changes: JsonObject, *, key: str | None = None) -> JsonObject:
        """Set fields to exactly these values, record the event; return the object."""
        with self.lock:
            place = self._living(customer)
            before = self.at(place)
            self.bodies[place] = _packed({**orjson.loads(self.bodies[place]), **changes})
            after = self.at(place)
            previous = _previous(before, after)
            if previous:
                self._record("customer.updated", after, previous, key)
            return after

    def delete(self, customer: str) -> None:
        """Delete for good: the event carries the full last object, lists no longer show it."""
        with self.lock:
            place = self._living(customer)
            last = self.at(place)
            self.bodies[place] = _GONE
            self._record("customer.deleted", last, None, None)

    def get(self, customer: str) -> JsonObject | None:
        """Return the object, the stub of a deleted one, or None if there never was one."""
        with self.lock:
            place = self.place(customer)
            if place is None:
                return None
            if self.is_gone(place):
                return {"id": customer, "object": "customer", "deleted": True}
            return self.at(place)

    def place(self, customer: str) -> int | None:
        """Return the place of a customer in the order of creation, deleted ones included."""
        moment = self._created_of.get(customer)
        if moment is None:
            return None
        return self.ids.index(customer, bisect_left(self.created, moment), bisect_right(self.created, moment))

    def is_gone(self, place: int) -> bool:
        """Say whether the customer at this place was deleted."""
        return not self.bodies[place]

    def at(self, place: int) -> JsonObject:
        """Return the whole object at a place, with the keys that a fresh customer has."""
        fields: JsonObject = orjson.loads(self.bodies[place])
        return {
            "id": self.ids[place],
            "object": "customer",
            "address": None,
            "balance": 0,
            "created": self.created[place],
            "currency": None,
            "customer_account": None,
            "default_source": None,
            "delinquent": False,
            "description": None,
            "discount": None,
            "email": None,
            "invoice_prefix": self.ids[place][-8:].upper(),
            "invoice_settings": {
                "custom_fields": None,
                "default_payment_method": None,
                "footer": None,
                "rendering_options": None,
            },
            "livemode": self.livemode,
            "metadata": {},
            "name": None,
            "next_invoice_sequence": 1,
            "phone": None,
            "preferred_locales": [],
            "shipping": None,
            "tax_exempt": "none",
            "test_clock": None,
            **{name: value for name, value in fields.items() if value is not None or name not in _ABSENT},
        }

    def living(self) -> int:
        """Count the customers that are not deleted."""
        with self.lock:
            return sum(1 for body in self.bodies if body)

    def _living(self, customer: str) -> int:
        place = self.place(customer)
        if place is None or self.is_gone(place):
            raise KeyError(customer)
        return place

    def _record(self, kind: str, obj: JsonObject, previous: JsonObject | None, key: str | None) -> None:
        number = next(self._numbers)
        data: JsonObject = {"object": obj} if previous is None else {"object": obj, "previous_attributes": previous}
        event: JsonObject = {
            "id": f"evt_{number:016d}",
            "object": "event",
            "api_version": "2026-10-28.endive",
            "created": self.clock(),
            "data": data,
            "livemode": self.livemode,
            "pending_webhooks": 0,
            "request": {"id": f"req_{number:014d}", "idempotency_key": key},
            "type": kind,
        }
        place = bisect_right(self.event_created, self.clock())
        self.event_created.insert(place, self.clock())
        self.events.insert(place, event)


def _packed(fields: JsonObject) -> bytes:
    """Return compact JSON in a block of just its size: the writer's own buffer is kilobytes long."""
    return bytes(bytearray(orjson.dumps(fields)))


def _merged(fields: JsonObject, changes: JsonObject) -> JsonObject:
    result = {**fields, **{name: value for name, value in changes.items() if name != "metadata"}}
    if "metadata" not in changes:
        return result
    wanted = changes["metadata"]
    old = fields.get("metadata")
    merged: JsonObject = dict(old) if isinstance(old, dict) else {}
    if isinstance(wanted, dict):
        merged.update(wanted)
        result["metadata"] = {name: value for name, value in merged.items() if value != ""}
    else:
        result["metadata"] = {}
    return result


def _previous(before: JsonObject, after: JsonObject) -> JsonObject:
    changed = {name: before.get(name) for name in after if before.get(name) != after.get(name)}
    old, new = before["metadata"], after["metadata"]
    if "metadata" in changed and isinstance(old, dict) and isinstance(new, dict):
        changed["metadata"] = {name: old.get(name) for name in {**old, **new} if old.get(name) != new.get(name)}
    return changed
