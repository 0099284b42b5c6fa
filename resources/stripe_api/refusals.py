"""What Stripe refuses for a reason that a person, or we, must remove: error bodies into one clear sentence.

Stripe's own message is never passed on whole: it can quote what was sent.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import orjson

from resources.stripe_api.weather import check_weather
from schemas.errors import AccessError, BugError, TieoutError

_OK, _UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND = 200, 401, 403, 404


@dataclass(frozen=True)
class StripeProblem:
    """The error object of a refused request."""

    status: int
    code: str | None
    param: str | None
    message: str
    request_id: str | None

    @property
    def is_missing(self) -> bool:
        """Whether Stripe says that the object in the path does not exist: the only answer that means "not found"."""
        return self.status == _NOT_FOUND and self.code == "resource_missing"

    @property
    def is_lost_cursor(self) -> bool:
        """Whether the object that a page was to go on from is not known any more."""
        return self.code == "resource_missing" and self.param == "starting_after"

    def error(self, endpoint: str) -> TieoutError:
        """Return the error to raise for a refusal by an endpoint."""
        if self.status in {_UNAUTHORIZED, _FORBIDDEN}:
            return AccessError(_access_sentence(self, endpoint))
        told = ", ".join(part for part in (self.code, self.param, self.request_id) if part)
        return BugError(f"Stripe refused {endpoint} with HTTP {self.status} ({told}).")


def problem_of(status: int, headers: Mapping[str, str], body: bytes) -> StripeProblem | None:
    """Return what is wrong with an answer, None if nothing is.

    Raises:
        Storm: The answer is worth another try.
    """
    if status == _OK:
        return None
    error = _error_object(body)
    check_weather(status, headers, error.get("code"))
    return StripeProblem(
        status, error.get("code"), error.get("param"), error.get("message") or "", headers.get("Request-Id")
    )


def _error_object(body: bytes) -> dict[str, str]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    error = document.get("error") if isinstance(document, dict) else None
    return {key: value for key, value in error.items() if isinstance(value, str)} if isinstance(error, dict) else {}


def _access_sentence(problem: StripeProblem, endpoint: str) -> str:
    permission = re.search(r"Enabling \"?([A-Za-z ]+?)\"? \('", problem.message)
    match problem:
        case StripeProblem(code="api_key_expired"):
            return (
                "The Stripe API key has expired or was rolled. Create a new one in the Dashboard and put it in place."
            )
        case StripeProblem(code="secret_key_required"):
            return "The Stripe API key is a publishable one. Give a restricted key (rk_…)."
        case StripeProblem(code="account_invalid"):
            return (
                "The Stripe API key has no access to the declared connected account, or there is no such account. "
                "Correct `stripe.account` in the declaration, or connect the account again."
            )
        case StripeProblem(status=401):
            return "Stripe does not know the API key: it is wrong or was revoked. Put a valid one in place."
        case _ if permission is not None:
            return (
                f'The restricted Stripe key lacks a permission for {endpoint}. Give it "{permission[1]}" on the API '
                "keys page of the Stripe Dashboard."
            )
        case _:
            needed = _NEEDED.get(endpoint, "the permissions of docs/stripe.md")
            return f"The Stripe key may not use {endpoint}. Give the restricted key {needed}."


_NEEDED: Final = {
    "GET /v1/customers": "Customers: Read",
    "GET /v1/customers/{id}": "Customers: Read",
    "POST /v1/customers/{id}": "Customers: Write",
    "GET /v1/events": "Events: Read",
}
