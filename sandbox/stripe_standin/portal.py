"""The customer portal: its configuration, sessions, and the page that a session's address opens.

The texts of refusals are as observed of the live service. A session is good for five minutes, as long as an unvisited
one is said to be; the page is no portal, it only shows whose it would be.
"""

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sandbox.stripe_standin.wire import Form, Json, JsonObject, Refusal, refuse_unknown

if TYPE_CHECKING:
    from sandbox.stripe_standin.book import Book
    from sandbox.stripe_standin.world import StripeWorld

STRIPES_ADDRESS: Final = "https://billing.stripe.com"
SESSION_SECONDS: Final = 300
_SESSION: Final = {"customer", "return_url", "configuration", "flow_data", "locale", "on_behalf_of", "after_expiration"}
_LISTED: Final = {"active", "is_default", "limit", "starting_after", "ending_before", "expand"}
_NOT_SAVED: Final = (
    "No configuration provided and your {mode} mode default configuration has not been created. Provide a "
    "configuration or create your default by saving your customer portal settings in {mode} mode at "
    "https://dashboard.stripe.com/{path}settings/billing/portal."
)


@dataclass
class Portal:
    """The portal of one account in one mode.

    Attributes:
        saved: whether somebody saved its settings, which makes the default configuration.
        login_page: whether its link was activated, so that customers can log in without a session.
        address: where sessions and the login page are.
        sessions: token → customer and the second in which it was made.
    """

    saved: bool = False
    login_page: bool = False
    address: str = STRIPES_ADDRESS
    sessions: dict[str, tuple[str, int]] = field(default_factory=dict)


def configurations(book: "Book", params: dict[str, Form]) -> JsonObject:
    """List configurations: the default one, if there is one and it is asked for."""
    refuse_unknown(params, _LISTED)
    wanted = {"true": True, "false": False}
    is_meant = all(wanted.get(str(params.get(name, "true")), False) for name in ("active", "is_default"))
    rows: list[Json] = [_configuration(book)] if book.portal.saved and is_meant else []
    return {"object": "list", "data": rows, "has_more": False, "url": "/v1/billing_portal/configurations"}


def open_session(book: "Book", params: dict[str, Form]) -> JsonObject:
    """Make a session for a customer."""
    refuse_unknown(params, _SESSION)
    customer = params.get("customer")
    if not isinstance(customer, str) or not customer:
        raise Refusal(400, "Missing required param: customer.", code="parameter_missing", param="customer")
    if not book.portal.saved:
        mode, path = ("live", "") if book.livemode else ("test", "test/")
        raise Refusal(400, _NOT_SAVED.format(mode=mode, path=path))
    found = book.get(customer)
    if found is None or found.get("deleted"):
        raise Refusal(400, f"No such customer: '{customer}'", code="resource_missing", param="customer")
    token = ("" if book.livemode else "test_") + secrets.token_urlsafe(24)
    book.portal.sessions[token] = (customer, book.clock())
    return {
        "id": f"bps_{len(book.portal.sessions):014d}",
        "object": "billing_portal.session",
        "after_expiration": None,
        "configuration": "bpc_standin",
        "created": book.clock(),
        "customer": customer,
        "customer_account": None,
        "flow": None,
        "livemode": book.livemode,
        "locale": None,
        "on_behalf_of": None,
        "return_url": str(params["return_url"]) if "return_url" in params else None,
        "url": f"{book.portal.address}/p/session/{token}",
    }


def login_address(book: "Book") -> str | None:
    """The address of the login page, where it was activated."""
    mode = "live_" if book.livemode else "test_"
    return f"{book.portal.address}/p/login/{mode}standin" if book.portal.login_page else None


def _configuration(book: "Book") -> JsonObject:
    page: JsonObject = {"enabled": book.portal.login_page, "url": login_address(book)}
    return {
        "id": "bpc_standin",
        "object": "billing_portal.configuration",
        "active": True,
        "application": None,
        "business_profile": {"headline": None, "privacy_policy_url": None, "terms_of_service_url": None},
        "created": 1_700_000_000,
        "default_return_url": None,
        "features": {},
        "is_default": True,
        "livemode": book.livemode,
        "login_page": page,
        "metadata": {},
        "name": None,
        "updated": 1_700_000_000,
    }


def page(world: "StripeWorld", request: Request) -> Response:
    """Show whose portal a session opens, in a browser."""
    token = request.path_params["token"]
    for book in world.books():
        customer, made = book.portal.sessions.get(token, ("", 0))
        if customer and book.clock() - made < SESSION_SECONDS:
            return HTMLResponse(f"<!doctype html><title>Billing</title><h1>Billing of {customer}</h1>")
    return HTMLResponse("<!doctype html><title>Billing</title><h1>This session has expired</h1>", 404)
