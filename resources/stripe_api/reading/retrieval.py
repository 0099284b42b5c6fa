"""Reads customers by their ids, and tells apart: there, deleted, never there, refused, and could not be asked."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar
from urllib.parse import quote

from resources.stripe_api.reading.pages import CustomerObject, customer_object
from resources.stripe_api.session.connection import StripeConnection
from resources.stripe_api.session.refusals import StripeProblem

_ENDPOINT = "GET /v1/customers/{id}"
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Id = TypeVar("Id", bound=str)


class Ask(Protocol[T_co]):
    """A question about one customer; `halted` says that its answer is no longer wanted."""

    def __call__(self, connection: StripeConnection, customer: str, *, halted: Callable[[], bool]) -> T_co: ...  # noqa: D102


def retrieve_object(
    connection: StripeConnection, customer: str, *, halted: Callable[[], bool] = lambda: False
) -> CustomerObject | None:
    """Return a living customer, or None for one that is deleted (a stub with status 200) or unknown (404).

    Raises:
        AccessError: The key may not read customers.
        TransientError: Stripe could not be asked.
    """
    answer = ask_for(connection, customer, halted=halted)
    if isinstance(answer, StripeProblem):
        raise answer.error(_ENDPOINT)
    return answer


def ask_for(
    connection: StripeConnection, customer: str, *, halted: Callable[[], bool] = lambda: False
) -> CustomerObject | StripeProblem | None:
    """Return what `retrieve_object` returns, or the refusal of this one customer.

    Raises:
        AccessError: Stripe refuses more than this customer.
        TransientError: Stripe could not be asked.
    """

    def read(body: bytes) -> CustomerObject:
        return customer_object(body, customer)

    answer = connection.get(_ENDPOINT, f"/v1/customers/{quote(customer, safe='')}", (), read, halted=halted)
    if isinstance(answer, StripeProblem):
        if answer.is_missing:
            return None
        if answer.is_of_one_row:
            return answer
        raise answer.error(_ENDPOINT)
    return None if answer.get("deleted") else answer


def for_each(connection: StripeConnection, customers: Sequence[Id], ask: Ask[T]) -> dict[Id, T]:
    """Ask the same of many customers, several at a time; the first failure ends it."""
    halted = threading.Event()

    def one(customer: Id) -> T:
        try:
            return ask(connection, customer, halted=halted.is_set)
        except BaseException:
            halted.set()
            raise

    with ThreadPoolExecutor(connection.account.max_in_flight, "stripe") as pool:
        try:
            return dict(zip(customers, pool.map(one, customers), strict=True))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def as_they_are(
    connection: StripeConnection, customers: Sequence[Id]
) -> "dict[Id, CustomerObject | StripeProblem | None]":
    """Return each of the customers as it is now; None for one that is deleted or unknown, or why Stripe refuses it.

    Raises:
        AccessError: The key may not read customers.
        TransientError: Stripe could not be asked.
    """
    return for_each(connection, customers, ask_for)
