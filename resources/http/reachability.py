"""What all requests to one address know together: since when nobody is there, and when a wait was last told."""

import threading
import time
from collections.abc import Callable
from typing import Final

TOLD_EVERY: Final = 5.0
"""Seconds between two sentences on why requests wait."""


class Reachability:
    """Safe for threads: many requests meet the same failure at the same time."""

    def __init__(self, on_progress: Callable[[str], None]) -> None:
        """`on_progress` hears, from any thread, why a request waits and for how long."""
        self._on_progress = on_progress
        self._lock = threading.Lock()
        self._unreachable_since: float | None = None
        self._next_word = 0.0

    def reached(self) -> None:
        """Take note that somebody is there."""
        self._unreachable_since = None

    def unreachable_for(self, since: float | None = None) -> float:
        """Take note that nobody was there; return for how many seconds that has been so.

        Args:
            since: on the monotonic clock, when the try began that found nobody; now, if it is not said.
        """
        with self._lock:
            now = time.monotonic()
            if self._unreachable_since is None:
                self._unreachable_since = now if since is None else since
            return now - self._unreachable_since

    def tell(self, why: str, wait: float) -> None:
        """Say why a request waits, at once and then every few seconds."""
        with self._lock:
            if time.monotonic() < self._next_word:
                return
            self._next_word = time.monotonic() + TOLD_EVERY
        self._on_progress(f"{why}, next try in {wait:.1f} s.")
