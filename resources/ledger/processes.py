"""Whether the process that holds something still lives, where the kernel can say so: on the machine of its own.

The sign of life is a kernel's lock on a file, which ends with its process, however that ends. No process id is kept:
after a restart of the machine it may be another's.
"""

import platform
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final

from resources.storage.file_lock import run_lock

_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")


@cache
def machine() -> str:
    """The kernel under which this process runs, another one after each restart where that can be told."""
    return _BOOT.read_text("ascii").strip() if _BOOT.exists() else platform.node()


@contextmanager
def lives(folder: Path, token: str) -> Iterator[None]:
    """Give a sign of life under this token while the body runs."""
    path = _path(folder, token)
    with run_lock(path):
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def sign_of_life(folder: Path, token: str, on_machine: str) -> bool | None:
    """Whether the process behind a token lives; None if only the process's own machine and folder could tell."""
    path = _path(folder, token)
    if on_machine != machine() or not path.exists():
        return None
    with run_lock(path, shared=True) as lock:  # so that two who look at once do not take each other for the holder
        return not lock.is_ours


def forget_sign(folder: Path, token: str) -> None:
    """Remove what a process that is gone has left."""
    _path(folder, token).unlink(missing_ok=True)


def _path(folder: Path, token: str) -> Path:
    return folder / "locks" / f"{token}.alive"
