"""How often somebody may try to sign in: counted before a password is looked at, by address and by name."""

from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

_MOST_KEYS: Final = 10_000


class Attempts:
    """Attempts within a window of time; the oldest keys are forgotten where there are very many."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float]) -> None:
        """Count none yet.

        Args:
            most: attempts that one key has within the window.
            seconds: the window.
            clock: the present moment in seconds.
        """
        self._most, self._seconds, self._clock = most, seconds, clock
        self._taken: OrderedDict[str, deque[float]] = OrderedDict()

    def take(self, key: str) -> bool:
        """Take an attempt; whether there was one left."""
        now, taken = self._clock(), self._taken.setdefault(key, deque())
        while taken and taken[0] <= now - self._seconds:
            taken.popleft()
        if len(taken) >= self._most:
            return False
        taken.append(now)
        self._taken.move_to_end(key)
        while len(self._taken) > _MOST_KEYS:
            self._taken.popitem(last=False)
        return True

    def give_back(self, key: str) -> None:
        """An attempt that succeeded counts for nothing; those before it still do."""
        if self._taken.get(key):
            self._taken[key].pop()
