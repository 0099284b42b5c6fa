"""Folders for what is not finished: private, and removed by the next who comes by when their process was killed.

What lies in one is customer data, and nothing can clean up after SIGKILL. So each is locked by its process, with a lock
of the kernel's that ends with it: a scratch folder that is not locked is nobody's any more.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import gettempdir
from typing import Final
from uuid import uuid4

from schemas.errors import UserError

_NAME: Final = ".tieout-scratch-"
_LONG_AGO: Final = 24 * 3600.0


@contextmanager
def scratch(parent: Path) -> Iterator[Path]:
    """A new folder in this one, which must be there; it is gone when the body has ended.

    Those that processes that are gone have left in the same place are removed first.
    """
    sweep(parent)
    folder, descriptor = _made(parent)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)


def sweep(parent: Path) -> None:
    """Remove the scratch folders in this one that nobody holds; what cannot be removed stays for the next."""
    for folder in parent.glob(f"{_NAME}*"):
        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                if os.fstat(descriptor).st_uid == os.getuid():
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(folder)
            finally:
                os.close(descriptor)


def temporary_folder() -> Path:
    """The system's folder for temporary files.

    Raises:
        UserError: none can be written.
    """
    try:
        return Path(gettempdir())
    except FileNotFoundError:
        raise UserError(
            "No temporary folder can be written, neither TMPDIR nor the system's: see that its disk has room, and that "
            "this user may write there, then start again."
        ) from None


def is_long_ago(path: Path) -> bool:
    """Whether nobody has touched a file or folder for a day, as one without a lock that is nobody's any more."""
    return time.time() - path.lstat().st_mtime > _LONG_AGO


def _made(parent: Path) -> tuple[Path, int]:
    """A new folder and the descriptor that holds it; another one where a sweep came between the two."""
    while True:
        folder = parent / f"{_NAME}{uuid4().hex}"
        folder.mkdir(mode=0o700)
        try:
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            continue
        if _is_locked(descriptor) and folder.is_dir():
            return folder, descriptor
        os.close(descriptor)


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system that knows no locks: then no sweep gets one either
        return True
    return True
