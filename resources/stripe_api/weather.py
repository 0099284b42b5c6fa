"""Bad weather: which answers are worth asking again for, how long, and what the failure says when patience ends.

Stripe: 429 with `Stripe-Rate-Limited-Reason`, or without one for a locked object; 409 for a key that is in use; 5xx;
and `Stripe-Should-Retry`, which overrides all of these. `Retry-After` is undocumented, and honoured where it is sent.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

import stamina

from resources.stripe_api.account import StripeAccount
from schemas.errors import WeatherError

T = TypeVar("T")

_FIRST_WAIT: Final = 0.5
_LONGEST_RETRY_AFTER: Final = 60.0
_CONFLICT, _TOO_MANY, _SERVER_ERROR = 409, 429, 500


class Storm(Exception):  # noqa: N818 - a state of the weather; it leaves this package as a WeatherError
    """One try that failed for a reason that passes. `wait` is how long Stripe asked us to stay away."""

    def __init__(self, reason: str, *, wait: float | None = None, passes: bool = True) -> None:
        """Keep the reason, free of data. `passes` False means that Stripe said not to try again."""
        super().__init__(reason)
        self.reason, self.wait, self.passes = reason, wait, passes


def check_weather(status: int, headers: Mapping[str, str], code: str | None) -> None:
    """Raise a Storm if an answer with this status, these headers and this error code is worth another try."""
    if status >= _SERVER_ERROR and headers.get("Idempotent-Replayed") == "true":
        return  # a failure that Stripe keeps under the key: it would come back for a day
    said = headers.get("Stripe-Should-Retry", "").lower()
    if said != "true" and status not in {_CONFLICT, _TOO_MANY} and status < _SERVER_ERROR:
        return
    raise Storm(_reason(status, headers, code), wait=_retry_after(headers), passes=said != "false")


def patiently(account: StripeAccount, what: str, ask: Callable[[], T], *, halted: Callable[[], bool]) -> T:
    """Return what `ask` returns, asked again with growing, jittered pauses while it meets a Storm.

    `halted` is asked before each new try: a read that has failed elsewhere need not be finished.

    Raises:
        WeatherError: Stripe could not be asked within the account's patience, or said not to try again.
    """
    try:
        return ask()
    except Storm as storm:
        return _ask_again(account, what, ask, halted, storm)


def _ask_again(account: StripeAccount, what: str, ask: Callable[[], T], halted: Callable[[], bool], first: Storm) -> T:
    """Go on after a first Storm. Apart, because fair weather is the rule and should cost nothing."""
    met = [first]

    def again() -> T:
        if met:
            raise met.pop()
        return ask()

    def worth_it(error: Exception) -> bool | float:
        if not isinstance(error, Storm) or not error.passes or halted():
            return False
        return True if error.wait is None else error.wait

    retry = stamina.RetryingCaller(
        attempts=None,
        timeout=account.patience,
        wait_initial=min(_FIRST_WAIT, account.longest_wait),
        wait_max=account.longest_wait,
        wait_jitter=min(1.0, account.longest_wait),
    )
    try:
        return retry(worth_it, again)
    except Storm as storm:
        told = f" within {account.patience:g} seconds" if storm.passes else ", and trying again at once is no use"
        raise WeatherError(f"Stripe could not be asked ({what}){told}: {storm.reason}. Run it again later.") from storm


def _reason(status: int, headers: Mapping[str, str], code: str | None) -> str:
    request = headers.get("Request-Id")
    detail = headers.get("Stripe-Rate-Limited-Reason") or code
    return " ".join(
        [f"HTTP {status}", *([f"({detail})"] if detail else []), *([f"in request {request}"] if request else [])]
    )


def _retry_after(headers: Mapping[str, str]) -> float | None:
    value = headers.get("Retry-After", "")
    return min(float(value), _LONGEST_RETRY_AFTER) if value.isdigit() else None
