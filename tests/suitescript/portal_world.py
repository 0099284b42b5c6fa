"""What the tests of the portal link share: an account with secrets, links minted by the RESTlet, and their visitors."""

import hashlib
import hmac
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sandbox.netsuite_standin import STRIPE_FIELD, Options, World, engine
from sandbox.netsuite_standin.visitors import Visitors
from tests.suitescript.restlet import ask

ADDRESS = "https://1234567-sb1.extforms.netsuite.com"
HMAC = "custsecret_tieout_portal_hmac"
STRIPE_KEY = "custsecret_tieout_portal_stripe"
SECRET = "the secret of signatures"
NO_LINK = "This link does not open a customer portal."
NOT_NOW = "cannot be opened right now"


def linked_world(stripe: str = "") -> World:
    """Customer 7 linked, 8 without a Stripe id, 9 inactive; Stripe answers at `stripe`."""
    world = World()
    world.portal.secrets |= {HMAC: SECRET, STRIPE_KEY: "rk_test_portal"}
    world.portal.elsewhere["https://api.stripe.com"] = stripe
    world.insert_values(7, {STRIPE_FIELD: "cus_7"})
    world.insert_values(8, {})
    world.insert_values(9, {STRIPE_FIELD: "cus_9", "isinactive": True})
    return world


def links(world: World, *ids: int, options: Options | None = None, **given: object) -> list[str]:
    """Mint links as the other side does."""
    answer = ask(world, {"action": "portal_links", "ids": list(ids), "generation": 1, **given}, options)
    assert answer["ok"], answer
    minted: list[str] = answer["links"]
    return minted


def token_of(link: str) -> str:
    """The token in a link."""
    [token] = parse_qs(urlsplit(link).query)["t"]
    return token


def signed(*parts: str, secret: str = SECRET, account: str = "1234567_SB1") -> str:
    """Sign by the rule of the documentation, and not with the script's own code."""
    text = "|".join(("v1", account, *parts))
    return ".".join((*parts, hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()))


class Visit:
    """One visit of the Suitelet without HTTP: what the visitor gets, and what the administrator finds in the log."""

    def __init__(self, world: World, token: object, method: str = "GET", options: Options | None = None) -> None:
        self.visitors = Visitors(world, options or Options(), ADDRESS, lambda: nullcontext(enter_result=True))
        host = self.visitors.suitelet_host()
        given: Any = {"method": method, "parameters": {} if token is None else {"t": token}}
        answered: Any = engine.run(self.visitors.suitelet, "onRequest", given, host)
        self.redirect: str | None = answered.get("redirect")
        self.body: str = answered.get("body", "")
        self.headers: dict[str, str] = answered["headers"]
        self.logged: Sequence[tuple[str, str]] = host.logged
        self.units = host.used
