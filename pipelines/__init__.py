"""The declarations and what they turn into: components, jobs, schedules, definitions."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines import freed_memory, garbage, interrupts

__all__ = ["CustomerSync"]

freed_memory.give_back(Path(__file__).with_name("defs"))
garbage.look_seldom()  # before what is imported: most of what there is comes from that
if commands := interrupts.COMMANDS.keys() & set(sys.orig_argv):
    interrupts.end_at_once(interrupts.COMMANDS[commands.pop()])  # before what they import, which takes seconds to load

if TYPE_CHECKING:
    from pipelines.customer_sync import CustomerSync


def __getattr__(name: str) -> object:
    """Import the component when it is asked for: what only starts other processes does without it, and at once."""
    if name != "CustomerSync":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pipelines.customer_sync import CustomerSync  # noqa: PLC0415 (see above)

    return CustomerSync
