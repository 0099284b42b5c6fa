"""Faults on demand: which requests they hit, and how often. What they do on the wire is the gateway's work."""

import random
import re
import threading
from dataclasses import dataclass
from typing import Literal

from sandbox.stripe_standin.limits import LimitReason

FaultKind = Literal["rate_limited", "lock_timeout", "server_error", "reset", "truncated", "late"]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """one kind of fault, for the next `times` matching requests, or for a share of all of them."""

    kind: FaultKind
    method: str = ".*"
    """Regular expression that the whole method must match."""
    path: str = ".*"
    """Regular expression that the whole path must match."""
    query: str = ".*"
    """Regular expression that the whole query must match, as it is sent."""
    times: int | None = 1
    """How many matching requests it hits; None for ever."""
    share: float = 1.0
    """The chance that it hits a matching request."""
    seed: int = 0
    """Seed of that chance."""
    reason: LimitReason = "endpoint-rate"
    """For `rate_limited`: the header that says which limit."""
    retry_after: int | None = None
    """For `rate_limited`: a `Retry-After` header, undocumented."""
    status: int = 500
    """For `server_error`."""
    should_retry: bool | None = None
    """For `server_error`: the `Stripe-Should-Retry` header; None sends none."""
    after_effect: bool = False
    """Whether the request takes effect before the fault: `reset` then is an answer that was lost on its way.

    A `late` request is held, before its effect or after it, until another one has been answered."""

    def hits(self, method: str, path: str, query: str = "") -> bool:
        """Say whether the fault is meant for such a request."""
        asked = ((self.method, method), (self.path, path), (self.query, query))
        return all(re.fullmatch(expected, given) is not None for expected, given in asked)


class Faults:
    """The faults that are waiting. Safe to add to from any thread."""

    def __init__(self) -> None:
        """Start with a clear sky."""
        self._lock = threading.Lock()
        self._waiting: list[tuple[Fault, random.Random]] = []
        self._left: list[int] = []

    def add(self, fault: Fault) -> None:
        """Let a fault wait for its requests, after those that wait already."""
        with self._lock:
            self._waiting.append((fault, random.Random(fault.seed)))  # noqa: S311 - repeatable on purpose
            self._left.append(-1 if fault.times is None else fault.times)

    def clear(self) -> None:
        """Drop every fault."""
        with self._lock:
            self._waiting.clear()
            self._left.clear()

    def strike(self, method: str, path: str, query: str = "") -> Fault | None:
        """Return the fault that this request meets, and use it up."""
        with self._lock:
            for place, (fault, chance) in enumerate(self._waiting):
                if self._left[place] and fault.hits(method, path, query) and chance.random() < fault.share:
                    self._left[place] -= self._left[place] > 0
                    return fault
            return None
