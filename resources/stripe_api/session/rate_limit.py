"""How fast we ask: an even pace for each endpoint, or small groups at an even pace. No retries here.

Source: docs.stripe.com/rate-limits. Live mode limits each endpoint (25 a second) below the account (100), which counts
where more than four are asked at a time; in test mode the account's own limit is 25, so that all endpoints share one.
"""

import threading
import time
from math import ceil
from typing import Final

from resources.stripe_api.session.account import StripeAccount

TOGETHER: Final = 4
"""Requests that are sent together, a sixth of a second apart at 25 a second: a thread that is woken alone finds every
cache cold, and each of its pages takes a sixth more of CPU."""

_BURST_SHARE = 5
_ALL = "all"
_ENDPOINTS_AT_A_TIME = 4
"""In live mode an account's limit is that of so many endpoints; taking back a new customer asks six of them."""


class RateLimiter:
    """Lets requests through at the account's rate, with a small burst so that a late wake-up loses nothing."""

    def __init__(self, account: StripeAccount) -> None:
        """Start rested."""
        self._account = account
        self._lock = threading.Lock()
        self._turnstiles: dict[str, _Turnstile] = {}

    def wait(self, endpoint: str, group: int = 1) -> None:
        """Return when a request to this endpoint may be sent, by the limits of the endpoint and of the account.

        Of many that wait, so many as make a `group` are let through together, and none before its time.
        """
        rate = self._account.requests_per_second
        if self._account.livemode:
            self._turnstile(endpoint, rate).pass_through(group)
            self._turnstile(_ALL, _ENDPOINTS_AT_A_TIME * rate).pass_through()
        else:
            self._turnstile(_ALL, rate).pass_through(group)

    def _turnstile(self, name: str, rate: int) -> "_Turnstile":
        with self._lock:
            if name not in self._turnstiles:
                self._turnstiles[name] = _Turnstile(rate)
            return self._turnstiles[name]


class _Turnstile:
    """Gives each thread a moment of its own to sleep until: nobody waits for a lock, and none is woken in vain.

    The generic cell rate algorithm, in two lines: a limiter of general use cost a seventh of a whole read.
    """

    def __init__(self, rate: int) -> None:
        self._gap = 1 / rate
        self._burst = max(1, rate // _BURST_SHARE)
        self._lock = threading.Lock()
        self._next = 0.0

    def pass_through(self, group: int = 1) -> None:
        with self._lock:
            now = time.monotonic()
            mine = max(self._next, now - (self._burst - 1) * self._gap)
            self._next = mine + self._gap
        if mine > now:
            of_the_group = mine if group == 1 else ceil(mine / (group * self._gap)) * group * self._gap
            time.sleep(of_the_group - now)
