"""What hangs on a customer: charges, invoices, subscriptions, payment methods, as far as their lists are asked for it.

A book keeps them newest first, like the lists. Amounts and lines are made up; nothing here bills anybody.
"""

from itertools import count
from typing import Final, Literal

from sandbox.stripe_standin.book import Book
from sandbox.stripe_standin.wire import JsonObject

ChargeStatus = Literal["succeeded", "pending", "failed"]
SubscriptionStatus = Literal["active", "past_due", "canceled"]
InvoiceStatus = Literal["draft", "open", "paid", "uncollectible", "void"]

_AMOUNT: Final = 1_000
_NUMBERS = count(1)


def add_charge(
    book: Book, customer: str | None, status: ChargeStatus = "succeeded", *, created: int | None = None
) -> str:
    """Charge a customer, or a guest (None), now or after all earlier charges. Returns the charge's id."""
    paid = status == "succeeded"
    shown: JsonObject = {"amount": _AMOUNT, "captured": paid, "paid": paid, "refunded": False}
    charged: JsonObject = {"customer": customer, "status": status, **shown}
    return _add(book, "charge", f"ch_{next(_NUMBERS):014d}", charged, created)


def add_invoice(book: Book, customer: str, status: InvoiceStatus = "open") -> str:
    """Invoice a customer now. Returns the invoice's id."""
    shown: JsonObject = {"amount_due": _AMOUNT, "total": _AMOUNT, "attempted": False}
    return _add(book, "invoice", f"in_{next(_NUMBERS):014d}", {"customer": customer, "status": status, **shown})


def add_subscription(book: Book, customer: str, status: SubscriptionStatus = "active") -> str:
    """Let a customer subscribe to something now. Returns the subscription's id."""
    return _add(book, "subscription", f"sub_{next(_NUMBERS):014d}", {"customer": customer, "status": status})


def add_payment_method(book: Book, customer: str) -> str:
    """Attach a card to a customer. Returns its id."""
    return _add(book, "payment_method", f"pm_{next(_NUMBERS):014d}", {"customer": customer, "type": "card"})


def _add(book: Book, kind: str, name: str, fields: JsonObject, created: int | None = None) -> str:
    with book.lock:
        moment = book.clock() if created is None else created
        always: JsonObject = {"created": moment, "currency": "eur", "livemode": book.livemode, "metadata": {}}
        book.payments[kind].insert(0, {"id": name, "object": kind, **always, **fields})
    return name
