"""What Stripe refuses for a reason that a person, or we, must remove: error bodies into one clear sentence.

Stripe's own message is passed on cut and without what could be a key or an e-mail address: it can quote what was sent.
Whether a refusal is of one row or of everything is decided here, too.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import orjson

from resources.server_text import harmless, short
from resources.stripe_api.session.retry import check_transient
from schemas.errors import AccessError, InternalError, TieoutError

_OK, _REDIRECT, _BAD_REQUEST, _UNAUTHORIZED, _REQUEST_FAILED, _FORBIDDEN, _NOT_FOUND = 200, 300, 400, 401, 402, 403, 404
_PROXY_LOGIN: Final = 407

_OF_EVERYTHING: Final = frozenset(
    {
        "account_closed",
        "account_invalid",
        "api_key_expired",
        "livemode_mismatch",
        "parameter_missing",
        "parameter_unknown",
        "platform_account_required",
        "platform_api_key_expired",
        "secret_key_required",
        "testmode_charges_only",
        "tls_version_unsupported",
        "url_invalid",
    }
)
"""Codes that say nothing about one customer, whatever status they come with."""


@dataclass(frozen=True)
class StripeProblem:
    """A request that was refused, with Stripe's error object; `foreign` is what came in its place, where none did."""

    status: int
    code: str | None
    param: str | None
    message: str
    request_id: str | None
    foreign: str | None = None

    @property
    def is_missing(self) -> bool:
        """Whether Stripe says that the object in the path does not exist: the only answer that means "not found"."""
        return self.status == _NOT_FOUND and self.code == "resource_missing"

    @property
    def is_lost_cursor(self) -> bool:
        """Whether the object that a page was to go on from is not known any more."""
        return self.code == "resource_missing" and self.param == "starting_after"

    @property
    def is_of_one_row(self) -> bool:
        """Whether only this customer, with these values, is refused, so that others may still be written.

        A key, a permission, an address, a request that Stripe does not understand: these refuse every customer alike.
        """
        of_a_row = self.status in {_BAD_REQUEST, _REQUEST_FAILED, _NOT_FOUND} and self.foreign is None
        is_about_the_path = self.status == _NOT_FOUND and self.code is None
        return of_a_row and not is_about_the_path and self.code not in _OF_EVERYTHING

    @property
    def reason(self) -> str:
        """Why, in Stripe's words as far as they may be repeated, with what support asks for."""
        details = ", ".join(part for part in (f"HTTP {self.status}", self.code, self.param, self.request_id) if part)
        return f"{harmless(self.message).rstrip('.')} ({details})" if self.message else details

    def error(self, endpoint: str) -> TieoutError:
        """Return the error to raise for a refusal by an endpoint."""
        if _REDIRECT <= self.status < _BAD_REQUEST:
            return AccessError(
                f"{endpoint} was sent on to another address (HTTP {self.status}), and no redirect is followed. Correct "
                "`stripe.base_url` in the declaration, or what stands between this machine and Stripe."
            )
        if self.foreign is not None:
            return AccessError(
                f"{endpoint} was answered by something that is not Stripe (HTTP {self.status} with {self.foreign}): a "
                "proxy or a firewall in between, or a wrong `stripe.base_url`. The key itself was not refused."
            )
        if self.status in {_UNAUTHORIZED, _FORBIDDEN}:
            return AccessError(_access_sentence(self, endpoint))
        if (self.code or "").startswith("parameter_"):
            return InternalError(f"Stripe does not understand {endpoint}: {self.reason}.")
        return AccessError(f"Stripe refused {endpoint}: {self.reason}.")


def problem_of(status: int, headers: Mapping[str, str], body: bytes) -> StripeProblem | None:
    """Return what is wrong with an answer, None if nothing is.

    Raises:
        TransientFailure: The answer is worth another try.
    """
    form = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if status == _OK and form in {"", "application/json"}:
        return None
    error = _error_object(body)
    check_transient(status, headers, error.get("code"))
    foreign = None if error and status >= _BAD_REQUEST and status != _PROXY_LOGIN else harmless(form) or "no content"
    return StripeProblem(
        status,
        error.get("code"),
        error.get("param"),
        error.get("message", ""),
        _short(headers.get("Request-Id")),
        foreign,
    )


def _short(text: str | None) -> str | None:
    """Return what names something, such as a code: a word, cut."""
    return None if text is None else short(text) or None


def _error_object(body: bytes) -> dict[str, str]:
    """Return the texts of Stripe's error object: type, message and, where there are any, code and param."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    error = document.get("error") if isinstance(document, dict) else None
    if not isinstance(error, dict) or not isinstance(error.get("type"), str):
        return {}
    texts = {key: value for key, value in error.items() if isinstance(value, str)}
    return {**texts, **{key: _short(texts[key]) or "" for key in ("code", "param") if key in texts}}


def _access_sentence(problem: StripeProblem, endpoint: str) -> str:
    permission = re.search(r"Enabling \"?([A-Za-z ]{1,60}?)\"? \('", problem.message)
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
                "Correct `stripe.account` in the declaration, or connect the account again; a restricted key needs the "
                "permissions for connected accounts as well."
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
            return (
                f"The Stripe key may not use {endpoint}: {problem.reason}. If it is a restricted key, give it {needed}."
            )


_NEEDED: Final = {
    "GET /v1/customers": "Customers: Read",
    "GET /v1/customers/{id}": "Customers: Read",
    "POST /v1/customers": "Customers: Write",
    "POST /v1/customers/{id}": "Customers: Write",
    "DELETE /v1/customers/{id}": "Customers: Write",
    "GET /v1/events": "Events: Read",
    "GET /v1/charges": "Charges: Read",
    "GET /v1/invoices": "Invoices: Read",
    "GET /v1/subscriptions": "Subscriptions: Read",
    "GET /v1/payment_methods": "Payment Methods: Read",
}
