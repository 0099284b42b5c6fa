"""Says to a dead man's switch that the daily run has happened; the switch tells people when nothing comes."""

import logging
from dataclasses import dataclass, field
from typing import Final

from resources.notify.sending import NotTakenError, send_with_retries

_LOG: Final = logging.getLogger("tieout.notify")


@dataclass(frozen=True, kw_only=True)
class AliveSignal:
    """Asks one address by GET, and does not care what it answers.

    Attributes:
        url: the address.
        first_wait: seconds before the second attempt; they double, with jitter.
    """

    url: str = field(repr=False)
    first_wait: float = 1.0

    def send(self) -> bool:
        """Whether it arrived; what went wrong is a line in the log."""
        try:
            send_with_retries(self.url, "GET", first_wait=self.first_wait)
        except NotTakenError as error:
            _LOG.warning("The address of notify.alive_url %s; it will take the daily run for missing.", error)
            return False
        return True
