"""Which files an `export` of a declaration names: paths, and patterns such as `exports/stripe-*.csv`."""

import hashlib
import time
from collections.abc import Iterable, Iterator
from glob import has_magic
from pathlib import Path
from typing import Final

from schemas.errors import ExportError


def export_files(root: Path, names: Iterable[str]) -> list[Path]:
    """The files, in the order in which they are named; those of a pattern by name.

    Args:
        root: the folder that relative paths begin at.
        names: paths, `~` allowed; `*`, `?` and `[…]` stand for parts of names, unless a file is called just so.

    Raises:
        ExportError: no file is like a pattern, or the name is that of a folder.
    """
    return [file for name in names for file in _of_name(root, name)]


def content_of(root: Path, names: Iterable[str], *declared: object) -> str | None:
    """A hash of what files hold and of when they were written, with what else decides about what is read of them.

    None where a file is missing, which is said by who reads it.
    """
    try:
        files = [_state(path) for path in export_files(root, names)]
    except (ExportError, OSError):
        return None
    return hashlib.sha256(repr((files, declared)).encode()).hexdigest()


def _state(path: Path) -> tuple[str, int, str]:
    """Its name, when it was written, and what it holds, which is read again if anything has touched the file since."""
    found = path.stat()
    state = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
    if state not in _KNOWN:
        now = time.time_ns()
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if now - found.st_ctime_ns < _JUST_NOW:  # too young to tell a change that follows at once
            return str(path), found.st_mtime_ns, digest
        _KNOWN[state] = digest
    return str(path), found.st_mtime_ns, _KNOWN[state]


_JUST_NOW: Final = 2_000_000_000
_LEFT_BESIDE: Final = ("~$", ".~lock.", "._")
"""How a file begins that Excel, LibreOffice or a Macintosh leaves beside one that is open or was copied."""

_KNOWN: Final[dict[tuple[int, ...], str]] = {}


def _of_name(root: Path, name: str) -> Iterator[Path]:
    path = root / Path(name).expanduser()
    if path.is_dir():
        raise ExportError(f"{path} is a folder; name the files in it, as in {name.rstrip('/')}/*.csv.")
    if path.exists() or not has_magic(name):
        yield path
        return
    like_it = Path(path.anchor).glob(str(path.relative_to(path.anchor)))
    found = sorted(file for file in like_it if file.is_file() and not file.name.startswith(_LEFT_BESIDE))
    if not found:
        raise ExportError(
            f"There is no file like {path}; put the exports there, or correct `export` in the declaration."
        )
    yield from found
