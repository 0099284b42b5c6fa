"""How retries are spoken of: one quiet line each, in place of the library's own warning on the terminal."""

import logging

from stamina.instrumentation import RetryDetails, set_on_retry_hooks

_LOG = logging.getLogger("tieout.retries")


def log_retries_quietly() -> None:
    """From now on, in this process, a retry is a line of level INFO: what failed, and when it is tried again."""
    set_on_retry_hooks([_tell])


def _tell(details: RetryDetails) -> None:
    _LOG.info("%s; trying again in %.1f s", details.caused_by, details.wait_for)
