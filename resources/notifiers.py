"""What a notifier is asked; those there are stand in `resources.notify`, one a file."""

from collections.abc import Sequence
from typing import Protocol

from schemas.events import RunEvent


class Notifier(Protocol):
    """Tells somebody what happened."""

    def notify(self, events: Sequence[RunEvent]) -> bool:
        """Tell it in one message, once and soon; whether anybody took it.

        What goes wrong is a line in the log, and never an error.
        """
