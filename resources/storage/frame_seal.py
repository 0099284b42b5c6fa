"""A checksum inside a Parquet file, over all of its bytes: what was flipped on disk is noticed before anything is read.

Parquet readers decode a flipped bit into another value, mostly without a word. The checksum stands in the file's own
metadata, so that file and checksum take their place together.
"""

import hashlib
import re
import zlib
from pathlib import Path
from typing import BinaryIO, Final

SEAL: Final = "seal"
"""Key of the metadata that holds it."""

UNSEALED: Final = "tieout-crc32:00000000"
"""What a file is written with, before `seal`."""

_MARK: Final = re.compile(rb"tieout-crc32:([0-9a-f]{8})")
_TAIL: Final = 1 << 18  # metadata stand at the end of the footer
_BLOCK: Final = 1 << 18  # more is no faster, and each read takes as much memory, however small the file
State = tuple[int, int, int, int]
_WHOLE: Final[set[State]] = set()  # files that this process has sealed or looked at


def seal(path: Path) -> None:
    """Put the checksum into a file that was written with `UNSEALED`."""
    place = _place(path)
    if place is None:
        raise ValueError(f"{path} was written without room for a seal")
    checksum = _checksum(path, place)
    with path.open("r+b") as file:
        file.seek(place)
        file.write(b"%08x" % checksum)
    _WHOLE.add(state_of(path))


def is_whole(path: Path, state: State | None = None) -> bool:
    """Whether a file holds the bytes that were sealed; one without a seal, as older versions wrote, counts as whole.

    Each state of a file, which may be known, is read once in a process.
    """
    state = state or state_of(path)
    if state in _WHOLE:
        return True
    place = _place(path)
    if place is not None and _read(path, place, 8) != b"%08x" % _checksum(path, place):
        return False
    _WHOLE.add(state)
    return True


def state_of(path: Path) -> State:
    """What changes when a file is written or replaced; its name is none of it, as it is sealed beside its place."""
    found = path.stat()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _place(path: Path) -> int | None:
    """Where the eight digits stand."""
    start = max(path.stat().st_size - _TAIL, 0)
    marks = list(_MARK.finditer(_read(path, start, _TAIL)))
    return start + marks[-1].start(1) if marks else None


def _read(path: Path, start: int, count: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        return file.read(count)


def _checksum(path: Path, place: int) -> int:
    """Of the whole file, as if its eight digits were zeros."""
    checksum, left = 0, place
    with path.open("rb") as file:
        while left:
            block = file.read(min(_BLOCK, left))
            checksum, left = zlib.crc32(block, checksum), left - len(block)
        checksum = zlib.crc32(b"0" * len(file.read(8)), checksum)
        while block := file.read(_BLOCK):
            checksum = zlib.crc32(block, checksum)
    return checksum


def content_hash(path: Path, blanked: str = "", state: State | None = None) -> str:
    """SHA-256 of a Parquet file, as if the eight digits, and a text of its own metadata, were zeros.

    So two writings of the same rows have one hash, although they were read at different moments. Each state of a file,
    which may be known, is read once in a process.
    """
    state = state or state_of(path)
    if (known := _HASHES.get((state, blanked))) is None:
        known = _HASHES[state, blanked] = _content_hash(path, blanked.encode())
    return known


_HASHES: Final[dict[tuple[State, str], str]] = {}
_END: Final = b"PAR1"


def _content_hash(path: Path, blanked: bytes) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        left = path.stat().st_size - _footer_size(file, path.stat().st_size)
        while left and (block := file.read(min(_BLOCK, left))):
            digest.update(block)
            left -= len(block)
        footer = _MARK.sub(UNSEALED.encode(), file.read())
    digest.update(footer.replace(blanked, b"0" * len(blanked)) if blanked else footer)
    return digest.hexdigest()


def _footer_size(file: BinaryIO, size: int) -> int:
    """How many bytes the metadata at the end take; 0 where the file has no such end."""
    file.seek(max(size - 8, 0))
    end = file.read(8)
    file.seek(0)
    length = int.from_bytes(end[:4], "little") + 8
    return length if end[4:] == _END and length <= size else 0
