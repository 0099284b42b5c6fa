"""Large files that are gone through once, from front to back: hashed on the way, and kept out of memory.

What was written or read stays in the machine's memory until that is wanted for something else. To find room for half a
gigabyte costs several times what writing it does, and it takes the place of files that somebody looks at often; so each
part goes to the disk, where all of it has to be in the end, and is let go before the next one comes.
"""

import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import IO, Final, cast

_AT_ONCE: Final = 1 << 22
_READ_AT_ONCE: Final = 1 << 18


class WrittenOnce:
    """What is written. It has no descriptor to show, so that nobody can write past it."""

    def __init__(self, file: FileIO) -> None:
        """Write to a file that is open, and empty."""
        self._file, self._hash, self._held = file, hashlib.sha256(), 0

    @property
    def digest(self) -> str:
        """The SHA-256 of what was written so far."""
        return self._hash.hexdigest()

    def write(self, content: bytes) -> int:
        """Write all of it."""
        self._hash.update(content)
        left = memoryview(content)
        while left:
            left = left[self._file.write(left) :]
        self._held += len(content)
        self._held = _let_go(self._file, self._held)
        return len(content)

    def flush(self) -> None:
        """Nothing was kept back."""


@contextmanager
def written_once(path: Path) -> Iterator[tuple[IO[bytes], WrittenOnce]]:
    """A new file, as polars writes to one, and what knows its hash."""
    with FileIO(path, "w") as file:
        written = WrittenOnce(file)
        yield cast("IO[bytes]", written), written


def sha256_of(path: Path, *, is_read_again: bool = False) -> str:
    """The SHA-256 of a file's content, in hexadecimal digits; one that is read again soon stays in memory."""
    found, held, part = hashlib.sha256(), 0, bytearray(_READ_AT_ONCE)
    with FileIO(path) as file:
        while length := file.readinto(part):
            found.update(memoryview(part)[:length])
            held = 0 if is_read_again else _let_go(file, held + length)
    return found.hexdigest()


def _let_go(file: FileIO, held: int) -> int:
    """Let go so many bytes before the place where a file is, if they are enough; gives how many are still held."""
    if held < _AT_ONCE or sys.platform != "linux":  # macOS has no such call
        return held
    os.fdatasync(file.fileno())
    os.posix_fadvise(file.fileno(), file.tell() - held, held, os.POSIX_FADV_DONTNEED)
    return 0
