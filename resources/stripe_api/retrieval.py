"""Reads one customer by its id, and tells apart: there, deleted, never there, and could not be asked."""

from collections.abc import Callable
from urllib.parse import quote

from resources.stripe_api.door import StripeDoor
from resources.stripe_api.pages import CustomerObject, customer_object
from resources.stripe_api.refusals import StripeProblem

_ENDPOINT = "GET /v1/customers/{id}"


def retrieve_object(
    door: StripeDoor, customer: str, *, halted: Callable[[], bool] = lambda: False
) -> CustomerObject | None:
    """Return a living customer, or None for one that is deleted (a stub with status 200) or unknown (404).

    Raises:
        AccessError: The key may not read customers.
        WeatherError: Stripe could not be asked.
    """
    answer = ask_for(door, customer, halted=halted)
    if isinstance(answer, StripeProblem):
        raise answer.error(_ENDPOINT)
    return answer


def ask_for(
    door: StripeDoor, customer: str, *, halted: Callable[[], bool] = lambda: False
) -> CustomerObject | StripeProblem | None:
    """Return what `retrieve_object` returns, or the refusal of this one customer.

    Raises:
        AccessError: Stripe refuses more than this customer.
        WeatherError: Stripe could not be asked.
    """

    def read(body: bytes) -> CustomerObject:
        return customer_object(body, customer)

    answer = door.get(_ENDPOINT, f"/v1/customers/{quote(customer, safe='')}", (), read, halted=halted)
    if isinstance(answer, StripeProblem):
        if answer.is_missing:
            return None
        if answer.is_of_one_row:
            return answer
        raise answer.error(_ENDPOINT)
    return None if answer.get("deleted") else answer
