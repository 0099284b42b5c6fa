"""Copies on this machine of objects that lie in an object store: a cache, and customer data like the objects."""

import time
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path
from typing import Final

from resources.storage.atomic import flush, private_folder

STALE: Final = timedelta(hours=1)
"""For which a copy stays that nothing means any more: who has fetched it may not have opened it yet."""


def adopt(path: Path, copy: Path) -> None:
    """Let a file that was put into the store be the copy of its object: it need not be fetched."""
    flush(path)
    path.replace(private_folder(copy.parent) / copy.name)


def drop_stale(copies: Path, meant: Collection[str], stale: timedelta = STALE) -> None:
    """Remove copies of objects that others have replaced or removed, on whatever machine.

    Args:
        copies: the folder.
        meant: the keys of all objects that still mean something.
        stale: for how long the others stay.
    """
    oldest = time.time() - stale.total_seconds()
    for path in copies.rglob("*"):
        key = path.relative_to(copies)
        is_finished = not any(part.startswith(".") for part in key.parts)
        if is_finished and key.as_posix() not in meant and path.is_file() and path.stat().st_ctime <= oldest:
            path.unlink(missing_ok=True)
