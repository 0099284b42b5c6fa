"""How much memory there is for a process: the machine's, or what its control groups (cgroups) leave of it.

A container and a systemd unit with `MemoryMax` see the whole machine's memory, and are killed at their own limit.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Final

from schemas.declaration.memory import bytes_of, in_words

SHARE: Final = 0.5
"""What a run may take of it where nothing is declared: others live on the machine, too."""

TextOf = Callable[[str], str | None]
"""Gives the text of a file by its path; None where it cannot be read."""

MEMORY: Final = "memory"
"""Metadata of an asset: what its declaration says of memory, where it says something."""

_OF_FRAMES: Final = 4
"""A quarter of it is for frames that stages hand to each other."""

_OF_AN_EXTRACT: Final = 2
"""And half of it for rows that are read."""

_CGROUPS: Final = "/sys/fs/cgroup"


@dataclass(frozen=True)
class Memory:
    """What a run may take.

    Attributes:
        bound: in bytes.
    """

    bound: int

    @classmethod
    def of(cls, declared: str | None) -> "Memory":
        """What is declared, or else a share of what there is."""
        return cls(round(SHARE * memory_here()) if declared is None else bytes_of(declared))

    def problem(self, there: int) -> str:
        """A sentence where the bound is more than there is, in bytes; empty where it is not."""
        if self.bound <= there:
            return ""
        return (
            f"`memory` is {in_words(self.bound)}, and there are {in_words(there)} for a process on this machine: a run "
            "may be killed before it takes the way through the disk; declare less."
        )

    @property
    def of_frames(self) -> int:
        """For frames that stages hand to each other."""
        return self.bound // _OF_FRAMES

    @property
    def of_an_extract(self) -> int:
        """For the rows of an extract while they are read: what is left of the step before may lie beside them."""
        return self.bound // _OF_AN_EXTRACT

    @property
    def of_a_stage(self) -> int:
        """For what a stage does with them."""
        return self.bound - self.of_frames


def memory_limit(total: int, text_of: TextOf) -> int:
    """Return the memory of a machine, or the least that a control group of this process allows.

    Args:
        total: the machine's, in bytes.
        text_of: reads `/proc/self/cgroup`, and files of control groups of either version.
    """
    limits = [int(text) for text in _limits(text_of) if text.isdigit()]  # `max` is no limit
    return min([total, *(limit for limit in limits if limit > 0)])


@cache
def memory_here() -> int:
    """Return the memory that there is for this process."""
    return memory_limit(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), _text)


def _limits(text_of: TextOf) -> Iterator[str]:
    """Give what the files say: a group is limited by those above it, and a container may see itself as the root."""
    for line in (text_of("/proc/self/cgroup") or "").splitlines():
        _, controllers, path = (*line.split(":", 2), "", "")[:3]
        if controllers == "":
            root, name = PurePosixPath(_CGROUPS), "memory.max"
        elif "memory" in controllers.split(","):
            root, name = PurePosixPath(_CGROUPS, "memory"), "memory.limit_in_bytes"
        else:
            continue
        own = root / path.lstrip("/")
        for folder in (own, *own.parents):
            if folder.is_relative_to(root) and (text := text_of(str(folder / name))) is not None:
                yield text.strip()


def _text(path: str) -> str | None:
    try:
        return Path(path).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return None
