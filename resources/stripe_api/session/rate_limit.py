"""How fast we ask: an even pace for each endpoint, so that Stripe need not slow us down. No retries here.

Source: docs.stripe.com/rate-limits. Live mode limits each endpoint (25 a second) well below the account (100); in test
mode the account's own limit is 25, so that all endpoints share one pace.
"""

import threading

from pyrate_limiter import Limiter, Rate, SingleBucketFactory, StateBucket

from resources.stripe_api.session.account import StripeAccount

_BURST_SHARE = 5


class RateLimiter:
    """Lets requests through at the account's rate, with a small burst so that a late wake-up loses nothing."""

    def __init__(self, account: StripeAccount) -> None:
        """Start rested."""
        self._account = account
        self._lock = threading.Lock()
        self._turnstiles: dict[str, _Turnstile] = {}

    def wait(self, endpoint: str) -> None:
        """Return when a request to this endpoint may be sent."""
        name = endpoint if self._account.livemode else "all"
        with self._lock:
            if name not in self._turnstiles:
                self._turnstiles[name] = _Turnstile(self._account.requests_per_second)
        self._turnstiles[name].pass_through()


class _Turnstile:
    """One thread at a time waits for the bucket; the others wait for a lock, which costs nothing."""

    def __init__(self, rate: int) -> None:
        bucket = StateBucket([Rate(rate, 1_000, burst=max(1, rate // _BURST_SHARE))])
        self._limiter = Limiter(SingleBucketFactory(bucket, schedule_leak=False), buffer_ms=0)
        self._turn = threading.Lock()

    def pass_through(self) -> None:
        with self._turn:
            self._limiter.try_acquire()
