"""One request to an address that is a secret itself, and that no sentence quotes."""

from typing import Final, Literal

import requests
import stamina

_TOO_MANY, _SERVER_ERROR = 429, 500
CONNECT_SECONDS: Final = 5.0


class NotTakenError(Exception):
    """The address did not take it."""


class NotNowError(NotTakenError):
    """It may take it in a moment."""


def send_with_retries(
    url: str,
    method: Literal["GET", "POST"],
    body: object = None,
    *,
    first_wait: float = 1.0,
    answer_seconds: float = 10.0,
) -> None:
    """Send it until it is taken, three times at most, soon after each other.

    Args:
        url: where to.
        method: how.
        body: becomes JSON.
        first_wait: seconds before the second attempt; they double, with jitter.
        answer_seconds: how long the answer may take.

    Raises:
        NotTakenError: it was not taken.
    """
    for attempt in stamina.retry_context(on=NotNowError, attempts=3, timeout=None, wait_initial=first_wait):
        with attempt:
            _send(url, method, body, answer_seconds)


def _send(url: str, method: str, body: object, answer_seconds: float) -> None:
    """Send it once, over nothing that the machine has set up: no proxy, no login of a file, no other address."""
    with requests.Session() as session:
        session.trust_env = False
        try:
            with session.request(
                method,
                url,
                json=body,
                timeout=(CONNECT_SECONDS, answer_seconds),
                allow_redirects=False,
                stream=True,  # what is answered is of no interest, and may never end
            ) as answer:
                status = answer.status_code
        except requests.RequestException as error:
            raise NotNowError(f"could not be reached ({type(error).__name__})") from None
    if status == _TOO_MANY or status >= _SERVER_ERROR:
        raise NotNowError(f"answers HTTP {status}")
    if not requests.codes.ok <= status < requests.codes.multiple_choices:
        raise NotTakenError(f"answers HTTP {status}")
