"""Whether a customer has been used: a charge, an invoice, a subscription or a payment method is there, of any state.

Asked before a customer is deleted, which is for good, and cancels what it has subscribed to.
"""

from functools import partial
from typing import Final

from resources.stripe_api.reading.pages import payment_page
from resources.stripe_api.session.connection import StripeConnection
from resources.stripe_api.session.refusals import StripeProblem

_LISTS: Final = {
    "charge": ("/v1/charges", ()),
    "invoice": ("/v1/invoices", ()),
    "subscription": ("/v1/subscriptions", (("status", "all"),)),
    "payment_method": ("/v1/payment_methods", ()),
}


def what_uses(connection: StripeConnection, customer: str) -> str | None:
    """Return a word for the first thing that a customer has; None where it has nothing.

    Raises:
        AccessError: the key may not ask for one of them, so that nobody knows.
        TransientError: Stripe could not be asked.
    """
    for kind, (path, further) in _LISTS.items():
        params = [("customer", customer), ("limit", "1"), *further]
        read = partial(payment_page, kind=kind, customer=customer)
        page = connection.get(f"GET {path}", path, params, read)
        if isinstance(page, StripeProblem):
            raise page.error(f"GET {path}")
        if page.ids:
            return kind.replace("_", " ")
    return None
