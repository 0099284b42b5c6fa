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
    answer = door.get(_ENDPOINT, f"/v1/customers/{quote(customer, safe='')}", (), customer_object, halted=halted)
    if isinstance(answer, StripeProblem):
        if answer.is_missing:
            return None
        raise answer.error(_ENDPOINT)
    return None if answer.get("deleted") else answer
