"""Transient failures: how often and how long a call is tried again, and what is said meanwhile and in the end.

NetSuite documents no Retry-After; waits grow by two, with jitter. Where no connection can be made at all, it seldom
passes soon, so that is given less than a minute.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import stamina

from resources.http.reachability import Reachability
from resources.retries import growing_wait
from schemas.errors import TransientError

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class RetryPolicy:
    """How long a call is tried again: waits grow by two from the first to the longest, with jitter."""

    attempts: int = 10
    first_wait: float = 1.0
    longest_wait: float = 60.0
    unreachable_seconds: float = 40.0
    """For so long a connection is tried where none can be made."""


class TransientCallError(TransientError):
    """A failure that is worth another try.

    Attributes:
        what: what NetSuite did, as the end of a sentence that it begins.
        may_have_run: the script may have run and done what it was asked; false where the call never reached it.
        is_unreachable: no connection could be made.
    """

    def __init__(self, what: str, *, may_have_run: bool, is_unreachable: bool = False, tried: str = "") -> None:
        advice = ", and check the network, the account id, and base_url and proxy if they are set" * is_unreachable
        super().__init__(f"NetSuite {what}{tried}: nothing was found out; try again later{advice}.")
        self.what, self.may_have_run, self.is_unreachable = what, may_have_run, is_unreachable


def retried(retry_policy: RetryPolicy, reachability: Reachability, ask: Callable[[], T]) -> tuple[T, bool]:
    """Return what `ask` returns, asked again while it fails transiently, and whether an earlier try may have run.

    Raises:
        TransientCallError: all tries failed; it says how the last one did, how many there were and how long they took.
    """
    tries = _Tries(retry_policy, reachability)
    for attempt in stamina.retry_context(on=tries.worth_it, attempts=None, timeout=None):
        with attempt:
            answer = tries.run(ask)
    return answer, tries.may_have_run


class _Tries:
    """The tries of one call."""

    def __init__(self, retry_policy: RetryPolicy, reachability: Reachability) -> None:
        self.may_have_run = False
        self._retry_policy, self._reachability = retry_policy, reachability
        self._started = self._began = time.monotonic()
        self._failed = 0
        self._unreachable_for = 0.0

    def run(self, ask: Callable[[], T]) -> T:
        self._began = time.monotonic()
        try:
            answer = ask()
        except TransientCallError as error:
            self._failed += 1
            self.may_have_run = self.may_have_run or error.may_have_run
            self._unreachable_for = self._heard(error)
            wait = self._wait(error)
            if wait is None:
                raise self._last(error) from None
            raise _Again(error, wait) from None
        self._reachability.reached()
        return answer

    def worth_it(self, error: Exception) -> bool | float:
        """Say how many seconds to wait before the next try, False for none."""
        if not isinstance(error, _Again):
            return False
        self._reachability.tell(f"NetSuite {error.error.what}", error.wait)
        return error.wait

    def _heard(self, error: TransientCallError) -> float:
        """Return for how many seconds nobody was there."""
        if error.is_unreachable:
            return self._reachability.unreachable_for(since=self._began)
        self._reachability.reached()
        return 0.0

    def _wait(self, error: TransientCallError) -> float | None:
        retry_policy = self._retry_policy
        first, longest = retry_policy.first_wait, retry_policy.longest_wait
        wait = growing_wait(self._failed, first=first, longest=longest, jitter=first)
        is_hopeless = error.is_unreachable and self._unreachable_for + wait > retry_policy.unreachable_seconds
        return None if self._failed >= retry_policy.attempts or is_hopeless else wait

    def _last(self, error: TransientCallError) -> TransientCallError:
        tried = f", at the last of {self._failed} tries in {time.monotonic() - self._started:.0f} s"
        return TransientCallError(
            error.what,
            may_have_run=error.may_have_run,
            is_unreachable=error.is_unreachable,
            tried=tried if self._failed > 1 else "",
        )


class _Again(Exception):  # noqa: N818 - no error: it only carries one to where it is decided
    def __init__(self, error: TransientCallError, wait: float) -> None:
        super().__init__(str(error))
        self.error, self.wait = error, wait
