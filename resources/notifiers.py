"""What a notifier is asked; those there are stand in `resources.notify`, one a file."""

from typing import Protocol

from schemas.events import RunEvent


class Notifier(Protocol):
    """Tells somebody of a run."""

    def notify(self, event: RunEvent) -> None:
        """Tell it, once and soon. What goes wrong is a line in the log, and never an error."""
