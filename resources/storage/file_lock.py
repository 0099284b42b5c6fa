"""One process at a time, and a note of what the last one was doing, for whoever comes after it.

The lock is the kernel's, on a file: it ends with the process that holds it, however that ends. The note in the file
stays. So whoever gets the lock and finds a note knows that its writer is gone.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from resources.storage.atomic import private_folder


@dataclass(frozen=True)
class RunLock:
    """The file of one lock, held or not.

    Attributes:
        is_ours: whether this process holds it.
        note: what the process that holds it wrote down, or the last one that did; empty if nobody ever has.
    """

    descriptor: int
    is_ours: bool
    note: str

    def write(self, note: str) -> None:
        """Write down what is begun; only for who holds the lock."""
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, note.encode(), 0)


@contextmanager
def run_lock(path: Path, *, wait: bool = False, shared: bool = False) -> Iterator[RunLock]:
    """Try to take the lock, or wait for it; it is given back when the body ends.

    Several processes can hold it as a shared one, as long as nobody holds it alone.
    """
    private_folder(path.parent)
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        is_ours = _taken(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB))
        yield RunLock(descriptor, is_ours, os.pread(descriptor, _LONGEST_NOTE, 0).decode())
    finally:
        os.close(descriptor)


_LONGEST_NOTE = 200


def _taken(descriptor: int, how: int) -> bool:
    try:
        fcntl.flock(descriptor, how)
    except BlockingIOError:
        return False
    return True
