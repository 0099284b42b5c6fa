"""Files that take an old one's place whole, or not at all, and are readable by their owner only.

What is on disk at any moment is an old file or a new one: a process that is killed leaves no part of one behind, and no
two files of different writings that belong together.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from resources.storage.scratch import scratch


def private_folder(folder: Path) -> Path:
    """Make a folder, and its missing parents, that only the owner can enter."""
    if not folder.is_dir():
        private_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder


@contextmanager
def replaced_together(paths: list[Path]) -> Iterator[list[Path]]:
    """Give a new path for each path to write to; put all in place when every one is written, or none.

    The new ones lie in a scratch folder beside the others, which the next writer removes if this process is killed.
    Readers see an old file or a new one, never a part. The new files can be read by their owner only, and are on disk
    before they take the old ones' names.
    """
    with ExitStack() as stack:
        rooms = {folder: stack.enter_context(scratch(private_folder(folder))) for folder in {p.parent for p in paths}}
        fresh = [rooms[path.parent] / path.name for path in paths]
        for path in fresh:
            path.touch(mode=0o600)
        yield fresh
        for path in fresh:
            flush(path)
        for new, path in zip(fresh, paths, strict=True):
            new.replace(path)
        for folder in rooms:
            flush(folder)


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """`replaced_together` for one file."""
    with replaced_together([path]) as (fresh,):
        yield fresh


def flush(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def same_file(source: str | Path, target: str | Path) -> None:
    """Give a file a further name, which must not be there yet; where a file system cannot, copy it."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:  # a file system without hard links, or another one
        shutil.copy2(source, target, follow_symlinks=False)
