"""Who started a run. Where the UI has a login, it puts the name into a tag, which no form and no page can set."""

from typing import Final

import dagster as dg

WHO: Final = "tieout/who"
"""The tag of a run with the name of the person who was signed in when they started it."""


def name_of(run: dg.DagsterRun, typed: str) -> str:
    """The name of the login; where there was none, what the form, the command or the schedule says."""
    return run.tags.get(WHO, typed)
