"""A stand-in for Stripe: real HTTP on loopback, a store in memory, faults on demand.

It follows the documentation and what has been observed of the live service where the product depends on it; what is not
known for sure can be switched both ways (`options`). It never leaves this machine and takes no real key.
"""

from sandbox.stripe_standin.book import Book
from sandbox.stripe_standin.faults import Fault
from sandbox.stripe_standin.options import StandInOptions
from sandbox.stripe_standin.payments import add_charge, add_invoice, add_payment_method, add_subscription
from sandbox.stripe_standin.server import StripeStandIn, serve
from sandbox.stripe_standin.world import ApiKey, StripeWorld, load_customers, load_payments, uneven_book

__all__ = [
    "ApiKey",
    "Book",
    "Fault",
    "StandInOptions",
    "StripeStandIn",
    "StripeWorld",
    "add_charge",
    "add_invoice",
    "add_payment_method",
    "add_subscription",
    "load_customers",
    "load_payments",
    "serve",
    "uneven_book",
]
