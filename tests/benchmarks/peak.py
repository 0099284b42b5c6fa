"""The peak of a process's resident memory.

`getrusage` begins with that of the process that started it, which may have made a world: so the kernel is asked what
this one had since its own beginning, where there is a `/proc`.
"""

import sys
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import Final

_FORGET: Final = "5"
"""What the kernel is told to count the peak anew (proc_pid_clear_refs)."""
_OF_RUSAGE: Final = 1 if sys.platform == "darwin" else 1024


def peak_memory(status: Path = Path("/proc/self/status")) -> int:
    """Return the most bytes that this process has held."""
    if not status.exists():
        return getrusage(RUSAGE_SELF).ru_maxrss * _OF_RUSAGE
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
    return int(lines["VmHWM"].split()[0]) * 1024


def forget_peak(asked: Path = Path("/proc/self/clear_refs")) -> None:
    """Let the peak begin with what this process holds now, where the kernel can."""
    if asked.exists():
        asked.write_text(_FORGET)
