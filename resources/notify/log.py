"""Tells of a run in the log of whoever runs the sensors."""

import logging
from dataclasses import dataclass
from typing import Final

from schemas.events import RunEvent

_LOG: Final = logging.getLogger("tieout.notify")


@dataclass(frozen=True)
class LogNotifier:
    """A line for each event, a warning unless the run has succeeded.

    Attributes:
        note: what else there is to be said with each.
    """

    note: str = ""

    def notify(self, event: RunEvent) -> None:
        """See `Notifier`."""
        level = logging.INFO if event.occasion == "success" else logging.WARNING
        _LOG.log(level, "%s", f"{event.sentence} {self.note}".rstrip())
