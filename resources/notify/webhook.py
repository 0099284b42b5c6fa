"""Tells what happened with one short POST of JSON, to an address that is a secret itself and is never quoted.

The body is the event and its sentence as `text`, which is what chat services show; of several, `events` and one text.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from resources.notify.sending import NotTakenError, send_with_retries
from schemas.events import RunEvent, text

_LOG: Final = logging.getLogger("tieout.notify")


@dataclass(frozen=True, kw_only=True)
class WebhookNotifier:
    """Posts each message to one address.

    Attributes:
        url: the address.
        answer_seconds: how long the answer may take.
        first_wait: seconds before the second attempt; they double, with jitter.
    """

    url: str = field(repr=False)
    answer_seconds: float = 10.0
    first_wait: float = 1.0

    def notify(self, events: Sequence[RunEvent]) -> bool:
        """See `Notifier`."""
        try:
            send_with_retries(
                self.url, "POST", _body(events), first_wait=self.first_wait, answer_seconds=self.answer_seconds
            )
        except NotTakenError as error:
            said = " ".join(event.sentence for event in events)
            _LOG.warning("Nobody was told that %s The webhook %s; check notify.url.", said, error)
            return False
        return True


def _body(events: Sequence[RunEvent]) -> dict[str, object]:
    several = [event.model_dump(mode="json", exclude_defaults=True) for event in events]
    if len(several) == 1:
        return several[0] | {"text": text(events)}
    return {"declaration": events[0].declaration, "occasion": "digest", "events": several, "text": text(events)}
