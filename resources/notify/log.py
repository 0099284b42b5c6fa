"""Tells what happened in the log of whoever runs the sensors."""

import logging
from collections.abc import Sequence
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

    def notify(self, events: Sequence[RunEvent]) -> bool:
        """See `Notifier`."""
        for event in events:
            level = logging.INFO if event.occasion in {"success", "test"} else logging.WARNING
            _LOG.log(level, "%s", f"{event.sentence} {self.note}".rstrip())
        return not self.note
