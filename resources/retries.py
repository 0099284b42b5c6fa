"""How long retries wait, and how they are spoken of: a quiet line each, not the library's warning on the terminal."""

import logging
import random
from typing import Final

from stamina.instrumentation import RetryDetails, set_on_retry_hooks

_MOST_DOUBLINGS: Final = 40  # far beyond any longest wait; 2 ** 1024 is more than a float holds

_LOG = logging.getLogger("tieout.retries")


def log_retries_quietly() -> None:
    """From now on, in this process, a retry is a line of level INFO: what failed, and when it is tried again."""
    set_on_retry_hooks([_tell])


def _tell(details: RetryDetails) -> None:
    log_retry(details.caused_by, details.wait_for)


def log_retry(why: Exception, wait: float) -> None:
    """Write the line; for what is tried again without the library, too."""
    _LOG.info("%s; trying again in %.1f s", why, wait)


def growing_wait(failed: int, *, first: float, longest: float, jitter: float) -> float:
    """Return the seconds to wait after so many failures: twice as long as the time before, up to the longest."""
    doublings = min(failed - 1, _MOST_DOUBLINGS)
    return min(longest, first * 2.0**doublings + random.uniform(0, jitter))  # noqa: S311 (no secret)
