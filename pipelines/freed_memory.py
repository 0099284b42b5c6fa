"""What polars' allocator keeps of the memory that was freed, and when it goes back to the machine.

Its allocator keeps it in case it is wanted again: for 10 s by default, for half a second as polars sets it. A run wants
it again all the time, and to get it from the machine once more is a twelfth of the CPU of a large one; but what is kept
counts as taken, so that where a declaration bounds memory it goes back soon. For one more second it would be marked as
free, and count as taken still; that saves nothing, and is 4 MB of a small run.

What is freed is kept apart in each of four arenas a core, and by each thread. With an arena for two cores, and threads
that keep pieces of up to 4 KB, more of it is used again: a small run takes 18 MB less, a large one two hundredths less
CPU. Where memory goes back late, large pieces are kept as well, in no arena of their own, which is a tenth of the peak.
"""

import os
import re
from pathlib import Path
from typing import Final

_ARENAS: Final = max((os.cpu_count() or 1) // 2, 1)
SOON: Final = f"muzzy_decay_ms:0,narenas:{_ARENAS},lg_tcache_max:12"
LATE: Final = f"{SOON},dirty_decay_ms:10000,oversize_threshold:0"

_SETTING: Final = "_RJEM_MALLOC_CONF"
_BOUND: Final = re.compile(r"^\s*['\"]?memory['\"]?\s*:", re.MULTILINE)


def give_back(declarations: Path) -> None:
    """From here on, in this process and those that it starts, if polars is not loaded yet and nobody set it.

    Args:
        declarations: the folder that they are in; their texts are looked at, as reading them would load polars.
    """
    is_bounded = any(_BOUND.search(file.read_text("utf-8", "replace")) for file in declarations.rglob("*.yaml"))
    os.environ.setdefault(_SETTING, SOON if is_bounded else LATE)
