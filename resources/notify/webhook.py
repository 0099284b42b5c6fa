"""Tells of a run with one short POST of JSON, to an address that is a secret itself and is never quoted.

The body is the event and its sentence as `text`, which is what chat services show.
"""

import logging
from dataclasses import dataclass, field
from typing import Final

import requests
import stamina

from schemas.events import RunEvent

_LOG: Final = logging.getLogger("tieout.notify")
_TOO_MANY, _SERVER_ERROR = 429, 500


class _NotTakenError(Exception):
    """The address did not take it."""


class _NotNowError(_NotTakenError):
    """It may take it in a moment."""


@dataclass(frozen=True, kw_only=True)
class WebhookNotifier:
    """Posts each event to one address.

    Attributes:
        url: the address.
        attempts: how often an event is posted until it is taken.
        connect_seconds: how long a connection may take.
        answer_seconds: how long the answer may take.
        first_wait: seconds before the second attempt; they double, with jitter.
    """

    url: str = field(repr=False)
    attempts: int = 3
    connect_seconds: float = 5.0
    answer_seconds: float = 10.0
    first_wait: float = 1.0

    def notify(self, event: RunEvent) -> None:
        """See `Notifier`."""
        body = event.model_dump(mode="json", exclude_defaults=True) | {"text": event.sentence}
        try:
            for attempt in stamina.retry_context(
                on=_NotNowError, attempts=self.attempts, timeout=None, wait_initial=self.first_wait
            ):
                with attempt:
                    self._post(body)
        except _NotTakenError as error:
            _LOG.warning("Nobody was told that %s The webhook %s; check notify.url.", event.sentence, error)

    def _post(self, body: dict[str, object]) -> None:
        """Send it once, over nothing that the machine has set up: no proxy, no login of a file, no other address."""
        with requests.Session() as session:
            session.trust_env = False
            try:
                with session.post(
                    self.url,
                    json=body,
                    timeout=(self.connect_seconds, self.answer_seconds),
                    allow_redirects=False,
                    stream=True,  # what is answered is of no interest, and may never end
                ) as answer:
                    status = answer.status_code
            except requests.RequestException as error:
                raise _NotNowError(f"could not be reached ({type(error).__name__})") from None
        if status == _TOO_MANY or status >= _SERVER_ERROR:
            raise _NotNowError(f"answers HTTP {status}")
        if not requests.codes.ok <= status < requests.codes.multiple_choices:
            raise _NotTakenError(f"answers HTTP {status}")
