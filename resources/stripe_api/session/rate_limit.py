"""How fast we ask: an even pace for each endpoint, or small groups at an even pace. No retries here.

Source: docs.stripe.com/rate-limits. Live mode limits each endpoint (25 a second) below the account (100), which counts
where more than four are asked at a time; in test mode the account's own limit is 25, so that all endpoints share one.
"""

import threading
from typing import Final

from pyrate_limiter import Limiter, Rate, SingleBucketFactory, StateBucket

from resources.stripe_api.session.account import StripeAccount

TOGETHER: Final = 8
"""Requests that are sent together, a third of a second apart at 25 a second, so that answers come together: whoever is
woken for one page alone finds every cache cold, and takes a third more of CPU."""

_BURST_SHARE = 3
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
    """One thread at a time waits for the bucket; the others wait for a lock, which costs nothing."""

    def __init__(self, rate: int) -> None:
        self._burst = max(1, rate // _BURST_SHARE)
        bucket = StateBucket([Rate(rate, 1_000, burst=self._burst)])
        self._limiter = Limiter(SingleBucketFactory(bucket, schedule_leak=False), buffer_ms=0)
        self._turn = threading.Lock()
        self._ahead = 0

    def pass_through(self, group: int = 1) -> None:
        """Go on what another of the group has waited for, or wait for the whole group."""
        with self._turn:
            if self._ahead:
                self._ahead -= 1
                return
            together = min(group, self._burst)
            self._limiter.try_acquire(weight=together)
            self._ahead = together - 1
