"""A small Stripe, and how it is asked without a library."""

from collections.abc import Mapping
from urllib.parse import urlencode

import requests

from sandbox.stripe_standin import StripeStandIn
from sandbox.stripe_standin.wire import JsonObject

NOW = 1_700_000_000


DAY = 86_400


FULL = {f"k{number}": "x" for number in range(50)}


ADDRESS: JsonObject = {"city": "Ulm", "country": None, "line1": "A", "line2": None, "postal_code": None, "state": None}


Pairs = list[tuple[str, str]]


def ask(
    server: StripeStandIn, method: str, path: str, given: Mapping[str, str] | Pairs | None = None, **headers: str
) -> requests.Response:
    pairs = list(given.items()) if isinstance(given, Mapping) else list(given or ())
    sent = {"Authorization": f"Bearer {server.world.test_key}", **{k.replace("_", "-"): v for k, v in headers.items()}}
    params, data = (None, urlencode(pairs)) if method == "POST" else (pairs, None)
    if data is not None:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    return requests.request(method, f"{server.url}/v1/{path}", params=params, data=data, headers=sent, timeout=5)
