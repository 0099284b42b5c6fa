"""The world that a stand-in serves: keys, accounts in both modes, and customers from files or from a generator."""

import csv
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import orjson

from sandbox.stripe_standin.book import Book
from sandbox.stripe_standin.payments import add_charge
from sandbox.stripe_standin.wire import JsonObject

ACCOUNT: Final = "acct_standin"
"""The account of a new world."""

_METADATA: Final = " (metadata)"
_EXPORTED: Final = {"Email": "email", "Name": "name", "Description": "description", "Phone": "phone"}
_ADDRESS: Final = {
    "Line1": "line1",
    "Line2": "line2",
    "City": "city",
    "State": "state",
    "Postal Code": "postal_code",
    "Country": "country",
}


@dataclass(frozen=True)
class ApiKey:
    """A key of the world. `permissions` None means all of them, as a secret key has."""

    secret: str
    account: str = ACCOUNT
    permissions: frozenset[str] | None = None
    expired: bool = False
    connected: frozenset[str] = field(default_factory=frozenset)
    """Accounts that `Stripe-Account` may name with this key."""

    @property
    def livemode(self) -> bool:
        """Whether the key opens live data, which its prefix says."""
        return "_live_" in self.secret

    @property
    def is_publishable(self) -> bool:
        """Whether it is a key for browsers, which opens no list."""
        return self.secret.startswith("pk_")

    def may(self, permission: str) -> bool:
        """Say whether the key has a permission; writing implies reading."""
        owned = self.permissions
        return owned is None or permission in owned or permission.replace("_read", "_write") in owned


class StripeWorld:
    """All books and keys. A new world has one account, empty in both modes, and an unrestricted key for each."""

    def __init__(self, clock: Callable[[], int] = lambda: int(time.time())) -> None:
        """Start with one account and two keys. `clock` returns unix seconds."""
        self.clock = clock
        self.keys: dict[str, ApiKey] = {}
        self._books: dict[tuple[str, bool], Book] = {}
        self.test_key = self.add_key(ApiKey("sk_test_standin")).secret
        self.live_key = self.add_key(ApiKey("sk_live_standin")).secret

    def add_key(self, key: ApiKey) -> ApiKey:
        """Issue a key."""
        self.keys[key.secret] = key
        return key

    def book(self, account: str = ACCOUNT, *, livemode: bool = False) -> Book:
        """Return the book of an account in one mode; it is opened on first use."""
        place = (account, livemode)
        if place not in self._books:
            self._books[place] = Book(account, livemode=livemode, clock=self.clock)
        return self._books[place]

    def books(self) -> list[Book]:
        """The books that were opened."""
        return list(self._books.values())


def load_customers(path: Path) -> Iterator[tuple[str, int, JsonObject]]:
    """Read customers from a Dashboard export (`.csv`) or from a JSON list of Stripe customer objects (`.json`)."""
    return _from_json(path) if path.suffix == ".json" else _from_export(path)


def load_payments(path: Path, book: Book) -> None:
    """Charge each customer of a Dashboard export once who has paid by its column `Payment Count`, as it was created."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        paid = {row["id"] for row in csv.DictReader(file) if int(row.get("Payment Count") or 0)}
    for customer, created in zip(book.ids, book.created, strict=True):
        if customer in paid:
            add_charge(book, customer, created=created)


def uneven_book(book: Book, customers: int, *, seed: int = 1, years: int = 6, until: int | None = None) -> None:
    """Fill a book as real accounts are: half spread over years and growing, half imported within one hour."""
    chance = random.Random(seed)  # noqa: S311 - a generator of examples, not of secrets
    end = until if until is not None else book.clock()
    span = years * 365 * 86_400
    imported = end - span // 3
    moments = (
        imported + chance.randrange(3_600) if number % 2 else end - 1 - int(span * chance.random() ** 2)
        for number in range(customers)
    )
    book.load((f"cus_{number:014d}", moment, _example(number)) for number, moment in enumerate(moments))


def _example(number: int) -> JsonObject:
    return {
        "email": f"accounts{number}@customer-{number % 9973}.example",
        "name": f"Customer {number} Trading",
        "phone": f"+1555{number % 10_000_000:07d}",
        "metadata": {"order_system_id": str(number)} if number % 3 else {},
    }


def _from_json(path: Path) -> Iterator[tuple[str, int, JsonObject]]:
    document = orjson.loads(path.read_bytes())
    rows: list[JsonObject] = document["data"] if isinstance(document, dict) else document
    for row in rows:
        kept = {key: value for key, value in row.items() if key not in {"id", "object", "created", "livemode"}}
        created = row["created"]
        if not isinstance(created, int):
            raise TypeError(f"{path}: `created` of {row['id']} is not a number of unix seconds")
        yield str(row["id"]), created, kept


def _from_export(path: Path) -> Iterator[tuple[str, int, JsonObject]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            yield row["id"], _second(row["Created (UTC)"]), _exported(row)


def _exported(row: dict[str, str]) -> JsonObject:
    fields: JsonObject = {ours: row[theirs] for theirs, ours in _EXPORTED.items() if row.get(theirs)}
    address: JsonObject = {
        ours: row[f"Shipping Address {theirs}"]
        for theirs, ours in _ADDRESS.items()
        if row.get(f"Shipping Address {theirs}")
    }
    if address:
        fields["shipping"] = {"name": row["Shipping Name"], "address": address}
    fields["metadata"] = {
        column.removesuffix(_METADATA): value for column, value in row.items() if column.endswith(_METADATA) and value
    }
    return fields


def _second(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())
