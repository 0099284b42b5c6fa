"""When memory that polars has freed goes back to the machine.

Its allocator keeps it twice: half a second as it is, in case it is wanted again, and one more second marked as free,
during which it still counts as taken. The second time saves nothing, and is 4 MB of a small run.
"""

import os
from typing import Final

_SETTING: Final = "_RJEM_MALLOC_CONF"


def give_back_soon() -> None:
    """From here on, in this process and those that it starts, if polars is not loaded yet and nobody set it."""
    os.environ.setdefault(_SETTING, "muzzy_decay_ms:0")
