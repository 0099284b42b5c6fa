"""What shows that a customer has paid or was invoiced: charges and invoices, as far as their lists are asked for it.

A book keeps them newest first, like the lists. Amounts and lines are made up; nothing here bills anybody.
"""

from itertools import count
from typing import Final, Literal

from sandbox.stripe_standin.book import Book
from sandbox.stripe_standin.wire import JsonObject

ChargeStatus = Literal["succeeded", "pending", "failed"]
InvoiceStatus = Literal["draft", "open", "paid", "uncollectible", "void"]

_AMOUNT: Final = 1_000
_NUMBERS = count(1)


def add_charge(book: Book, customer: str | None, status: ChargeStatus = "succeeded") -> str:
    """Charge a customer now, or a guest (None). Returns the charge's id."""
    paid = status == "succeeded"
    shown: JsonObject = {"amount": _AMOUNT, "captured": paid, "paid": paid, "refunded": False}
    return _add(book, "charge", f"ch_{next(_NUMBERS):014d}", {"customer": customer, "status": status, **shown})


def add_invoice(book: Book, customer: str, status: InvoiceStatus = "open") -> str:
    """Invoice a customer now. Returns the invoice's id."""
    shown: JsonObject = {"amount_due": _AMOUNT, "total": _AMOUNT, "attempted": False}
    return _add(book, "invoice", f"in_{next(_NUMBERS):014d}", {"customer": customer, "status": status, **shown})


def _add(book: Book, kind: str, name: str, fields: JsonObject) -> str:
    with book.lock:
        always: JsonObject = {"created": book.clock(), "currency": "eur", "livemode": book.livemode, "metadata": {}}
        book.payments[kind].insert(0, {"id": name, "object": kind, **always, **fields})
    return name
