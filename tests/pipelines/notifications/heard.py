"""A notifier that keeps its messages."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from schemas.events import RunEvent


@dataclass
class Heard:
    """It takes what it is told, or nothing, or raises."""

    messages: list[list[RunEvent]] = field(default_factory=list)
    takes: bool = True
    error: Exception | None = None

    def notify(self, events: Sequence[RunEvent]) -> bool:
        if self.error is not None:
            raise self.error
        if self.takes:
            self.messages.append(list(events))
        return self.takes

    @property
    def events(self) -> list[RunEvent]:
        return [event for message in self.messages for event in message]

    @property
    def occasions(self) -> list[list[str]]:
        return [[event.occasion for event in message] for message in self.messages]
