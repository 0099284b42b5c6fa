"""Transient failures: which answers are worth asking again for, how long, and what is said meanwhile and in the end.

Stripe: 429 with `Stripe-Rate-Limited-Reason`, or without one for a locked object; 409 for a key that is in use; 5xx;
and `Stripe-Should-Retry`, which overrides all of these. `Retry-After` is undocumented, and honoured where it is sent.
"""

import re
import time
from collections.abc import Callable, Mapping
from typing import Final, Literal, TypeVar

import stamina

from resources.http.reachability import Reachability
from resources.retries import growing_wait, log_retry
from resources.stripe_api.session.account import StripeAccount
from schemas.errors import TransientError

T = TypeVar("T")
Kind = Literal["answered", "silent", "unreachable", "unusable"]
"""`answered`: it asks us to wait. `silent`: no whole answer came. `unreachable`: no connection could be made.
`unusable`: an answer came that cannot be right."""

UNUSABLE_TRIES: Final = 3
"""How often a question is asked whose answers cannot be right: a broken page may be repaired, a wrong one stays."""

_FIRST_WAIT: Final = 0.5
_LONGEST_RETRY_AFTER: Final = 60.0
_REQUEST_TIMEOUT, _CONFLICT, _TOO_MANY, _SERVER_ERROR = 408, 409, 429, 500


class TransientFailure(Exception):  # noqa: N818 - it is no error yet, and leaves this package as a TransientError
    """One try that failed for a reason that may pass. `wait` is how long Stripe asked us to stay away."""

    def __init__(self, reason: str, *, wait: float | None = None, passes: bool = True, kind: Kind = "answered") -> None:
        """Keep the reason, free of data. `passes` False means that another try is of no use."""
        super().__init__(reason)
        self.reason, self.wait, self.passes, self.kind = reason, wait, passes, kind

    @property
    def what(self) -> str:
        """What Stripe does, as the end of a sentence that it begins."""
        match self.kind:
            case "answered":
                return f"answers {self.reason}"
            case "unusable":
                return f"sends what cannot be used ({self.reason})"
            case _:
                return f"does not answer ({self.reason})"


def check_transient(status: int, headers: Mapping[str, str], code: str | None) -> None:
    """Raise a TransientFailure if an answer with this status, these headers and this error code is worth a retry."""
    if status >= _SERVER_ERROR and headers.get("Idempotent-Replayed") == "true":
        return  # a failure that Stripe keeps under the key: it would come back for a day
    said = headers.get("Stripe-Should-Retry", "").lower()
    passing = status in {_REQUEST_TIMEOUT, _CONFLICT, _TOO_MANY} or status >= _SERVER_ERROR
    if said == "true" or passing:
        raise TransientFailure(_reason(status, headers, code), wait=_retry_after(headers), passes=said != "false")


def retried(
    account: StripeAccount, what: str, ask: Callable[[], T], *, reachability: Reachability, halted: Callable[[], bool]
) -> T:
    """Return what `ask` returns, asked again with growing, jittered pauses while it meets a TransientFailure.

    `halted` is asked before each new try: a read that has failed elsewhere need not be finished.

    Raises:
        TransientError: Stripe could not be asked within the account's `retry_seconds`, or said not to try again.
    """
    try:
        return heard(ask, reachability)
    except TransientFailure as failure:
        return _ask_again(ask, Tries(account, what, reachability, halted), failure)


def heard(ask: Callable[[], T], reachability: Reachability) -> T:
    """Return what `ask` returns; take note that somebody is there, unless a TransientFailure says that nobody is."""
    try:
        answer = ask()
    except TransientFailure as failure:
        if failure.kind != "unreachable":
            reachability.reached()
        raise
    reachability.reached()
    return answer


class Tries:
    """Decides, for one question, whether it is asked again, and after how long. Made when its first try has failed."""

    def __init__(
        self, account: StripeAccount, what: str, reachability: Reachability, halted: Callable[[], bool] = lambda: False
    ) -> None:
        """Count from here on what is asked (`what`, an endpoint). `halted` is asked before each new try."""
        self.reachability = reachability
        self._account, self._what, self._halted = account, what, halted
        self._started = time.monotonic()
        self._failed = self._unusable = 0

    def worth_it(self, error: Exception) -> bool | float:
        """Return the seconds to wait before the next try, False for none."""
        if not isinstance(error, TransientFailure) or not error.passes or self._halted():
            return False
        self._failed += 1
        self._unusable += error.kind == "unusable"
        wait = self._wait() if error.wait is None else error.wait
        if time.monotonic() - self._started + wait > self._account.retry_seconds or self._unusable >= UNUSABLE_TRIES:
            return False
        if error.kind == "unreachable" and self.reachability.unreachable_for() + wait > self._account.unreachable_for:
            return False
        self.reachability.tell(f"Stripe {error.what}", wait)
        return wait

    def wait_after(self, failure: TransientFailure) -> float:
        """Return the seconds to wait before the next try. Raises TransientError if there is to be none."""
        wait = self.worth_it(failure)
        if wait is False:
            raise self.given_up(failure) from failure
        log_retry(failure, wait)
        return wait

    def given_up(self, failure: TransientFailure) -> TransientError:
        """The error to raise in the end."""
        return TransientError(_sentence(self._account, self._what, failure))

    def _wait(self) -> float:
        longest = self._account.longest_wait
        return growing_wait(self._failed, first=_FIRST_WAIT, longest=longest, jitter=min(1.0, longest))


def _ask_again(ask: Callable[[], T], tries: Tries, first: TransientFailure) -> T:
    """Go on after a first TransientFailure. Apart, because an answer at once is the rule and should cost nothing."""
    met = [first]

    def again() -> T:
        if met:
            raise met.pop()
        return heard(ask, tries.reachability)

    retry = stamina.RetryingCaller(attempts=None, timeout=None)
    try:
        return retry(tries.worth_it, again)
    except TransientFailure as failure:
        raise tries.given_up(failure) from failure


def _sentence(account: StripeAccount, what: str, failure: TransientFailure) -> str:
    if not failure.passes:
        tried = ", and trying again at once is no use"
    elif failure.kind == "unusable":
        tried = f", {UNUSABLE_TRIES} times one after the other"
    elif failure.kind == "unreachable":
        tried = f" within {min(account.unreachable_for, account.retry_seconds):g} seconds, it does not answer"
    else:
        tried = f" within {account.retry_seconds:g} seconds"
    check = (
        " Check the network, and the `base_url` and `proxy` of the declaration."
        if failure.kind == "unreachable"
        else ""
    )
    return f"Stripe could not be asked ({what}){tried}: {failure.reason}.{check} Run it again later."


def _reason(status: int, headers: Mapping[str, str], code: str | None) -> str:
    request = headers.get("Request-Id")
    detail = headers.get("Stripe-Rate-Limited-Reason") or code
    words = [f"HTTP {status}", *([f"({detail})"] if detail else []), *([f"in request {request}"] if request else [])]
    return "".join(letter for letter in " ".join(words) if letter.isprintable())[:200]


def _retry_after(headers: Mapping[str, str]) -> float | None:
    value = headers.get("Retry-After", "")
    return min(float(value), _LONGEST_RETRY_AFTER) if re.fullmatch(r"[0-9]{1,9}", value) else None
