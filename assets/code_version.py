"""Which code a step is done by: what another version made is never taken for what this one would make."""

import hashlib
import sys
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

_ROOMS: Final = ("assets", "resources", "schemas")
_COMPILED: Final = "__pycache__"


@cache
def code_version() -> str:
    """A hash of every file that a step can be made of, and of the names and versions of all libraries."""
    root, digest = Path(__file__).parents[1], hashlib.sha256()
    files = (path for room in _ROOMS for path in (root / room).rglob("*"))
    for path in sorted(path for path in files if _COMPILED not in path.parts and path.is_file()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    digest.update(" ".join([sys.version, unicodedata.unidata_version, *_libraries()]).encode())
    return digest.hexdigest()


def _libraries() -> list[str]:
    """What is installed, by the folders that say so, whose names hold the versions."""
    places = {Path(place) for place in sys.path if place}
    return sorted(path.name for place in places if place.is_dir() for path in place.glob("*.dist-info"))
