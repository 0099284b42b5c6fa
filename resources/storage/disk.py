"""What a disk that cannot take what is written means for a person: one sentence, whoever was writing."""

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import polars as pl
from sqlalchemy.exc import DBAPIError

from schemas.errors import UserError

_OF_THE_DISK: Final = {
    *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO),
    *(errno.ENOTDIR, errno.EEXIST, errno.EISDIR, errno.ENOTEMPTY, errno.ENAMETOOLONG, errno.ELOOP, errno.EXDEV),
    *(errno.ENOLCK, errno.ENOTSUP),
}
_OF_SQLITE: Final = ("SQLITE_FULL", "SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_CANTOPEN")
_NUMBER: Final = re.compile(r"(?:os error |Errno )(\d+)")  # as polars tells it of itself, and of a file of ours


@contextmanager
def disk_in_words(place: Path) -> Iterator[None]:
    """Tell in one sentence that a place cannot be written, where the body meets a disk that is full or refuses.

    Raises:
        UserError: the sentence; what was there before is as it was, as everything is replaced whole.
    """
    try:
        yield
    except (OSError, pl.exceptions.PolarsError, DBAPIError) as error:
        if (what := _what(error)) is None:
            raise
        raise UserError(
            f"{place} cannot be written ({what}): see that its disk has room, and that this user "
            "may write there, then start again. What was there before is still there."
        ) from None


def _what(error: OSError | pl.exceptions.PolarsError | DBAPIError) -> str | None:
    """What the disk says; None where it is not about the disk."""
    if isinstance(error, DBAPIError):
        name = str(getattr(error.orig, "sqlite_errorname", ""))
        return name if name.startswith(_OF_SQLITE) else None
    found = _NUMBER.search(str(error))
    number = error.errno if isinstance(error, OSError) and error.errno else int(found[1]) if found else None
    return os.strerror(number).lower() if number in _OF_THE_DISK else None


def reserve(path: Path, size: int) -> None:
    """Take so many bytes of the disk for a file, where the system can; where it cannot, one, which shows a full one."""
    with path.open("wb") as file:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, size)
        else:
            file.write(b"0")
