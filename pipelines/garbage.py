"""How seldom Python looks for garbage in circles.

It looks through all that is there, again and again while that grows: a fifth of the time that loading takes, though
modules, definitions and what Dagster knows of them stay to the end, and a run leaves little in circles.
"""

import gc
from functools import cache
from typing import Final

_SELDOM: Final = (20_000, 20, 20)
"""Objects between two looks at the young ones, and looks until what is older is looked at too; of Python's, 700."""


def look_seldom() -> None:
    """From here on."""
    gc.set_threshold(*_SELDOM)


@cache
def keep_what_is_loaded() -> None:
    """Look no more at what there is by now. Once a process: what comes later need not stay."""
    gc.freeze()
