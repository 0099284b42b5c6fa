"""Lets the code locations load anew when a month begins, so that what is started in the UI covers it.

The months that a job covers are written into it when it is loaded.
"""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from dagster._core.workspace.context import WorkspaceProcessContext

_LOG: Final = logging.getLogger("tieout.ui")
_EVERY_SECONDS: Final = 60.0


def now() -> datetime:
    """The present moment; months are those of UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the web server has no Reconciliation


def follow_months(
    context: WorkspaceProcessContext,
    ended: threading.Event,
    clock: Callable[[], datetime] = now,
    every_seconds: float = _EVERY_SECONDS,
) -> threading.Thread:
    """Look at the clock beside the server until it has ended.

    Args:
        context: whose code locations are to load anew.
        ended: set when the server has ended.
        clock: the present moment.
        every_seconds: between two looks.
    """
    loaded = _month(clock())

    def look() -> None:
        nonlocal loaded
        while not ended.wait(every_seconds):
            month = _month(clock())
            if month != loaded and _is_reloaded(context):
                loaded = month

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    return thread


def _month(moment: datetime) -> tuple[int, int]:
    return moment.year, moment.month


def _is_reloaded(context: WorkspaceProcessContext) -> bool:
    """Whether every code location has loaded anew; if one could not, all are asked again at the next look."""
    try:
        for name in context.create_request_context().code_location_names:
            context.reload_code_location(name)
    except Exception as error:  # noqa: BLE001 (whatever it is, the server goes on)
        _LOG.warning("A code location could not load anew at the turn of the month: %s.", type(error).__name__)
        return False
    return True
