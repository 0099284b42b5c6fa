"""Rate and concurrency limits, per endpoint and for a whole account, with the 429 that each of them sends."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from pyrate_limiter import Limiter, Rate, SingleBucketFactory, StateBucket

from sandbox.stripe_standin.options import StandInOptions
from sandbox.stripe_standin.wire import Refusal

LimitReason = Literal["global-rate", "endpoint-rate", "global-concurrency", "endpoint-concurrency", "resource-specific"]
"""The documented values of `Stripe-Rate-Limited-Reason`."""


class Limits:
    """Counts the requests of every account and endpoint against the limits in the options."""

    def __init__(self, options: StandInOptions) -> None:
        """Start with full buckets."""
        self._options = options
        self._buckets: dict[str, Limiter] = {}
        self._running: Counter[str] = Counter()

    @contextmanager
    def admit(self, account: str, endpoint: str, *, livemode: bool) -> Iterator[None]:
        """Let one request run, or raise the 429 of the first limit that it meets."""
        options = self._options
        whole = f"{account} {livemode}"
        one = f"{whole} {endpoint}"
        self._count(whole, options.live_rate if livemode else options.test_rate, "global-rate")
        self._count(one, options.endpoint_rate, "endpoint-rate")
        self._check(one, options.endpoint_concurrency, "endpoint-concurrency")
        self._running[one] += 1
        try:
            yield
        finally:
            self._running[one] -= 1

    def _count(self, name: str, rate: int | None, reason: LimitReason) -> None:
        if rate is None:
            return
        if name not in self._buckets:
            bucket = StateBucket([Rate(rate, 1_000, burst=self._options.burst)], clock=self._options.rate_clock)
            self._buckets[name] = Limiter(SingleBucketFactory(bucket, schedule_leak=False))
        if not self._buckets[name].try_acquire(blocking=False):
            raise too_many(reason, self._options.retry_after)

    def _check(self, name: str, most: int | None, reason: LimitReason) -> None:
        if most is not None and self._running[name] >= most:
            raise too_many(reason, self._options.retry_after)


def too_many(reason: LimitReason, retry_after: int | None = None) -> Refusal:
    """Return the 429 of a rate or concurrency limit, with the reason in its header."""
    headers: dict[str, str] = {"Stripe-Rate-Limited-Reason": reason}
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    message = "Request rate limit exceeded. Please slow down and try again."
    return Refusal(429, message, code="rate_limit").with_headers(headers)


def lock_timeout() -> Refusal:
    """Return the 429 of an object that another request holds: no reason header (documented)."""
    message = "This object cannot be accessed right now because another request is currently accessing it."
    return Refusal(429, message, code="lock_timeout")
