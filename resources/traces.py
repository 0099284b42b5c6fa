"""What errors say that nobody foresaw, in files that only their owner can read: their words may quote a customer.

Dagster's history and logs get the kind of such an error, the lines of code that it went through, and the file's name.
"""

import os
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

from schemas.secrets import masked

KEPT_DAYS: Final = 30
FOLDER: Final = "errors"
"""Where they lie in the home of an installation."""

_DAY_SECONDS: Final = 86_400
_kept_in: Final[dict[str, Path]] = {}


def keep_traces(home: Path) -> None:
    """Keep what such errors say in the home of an installation from now on."""
    _kept_in["home"] = home


def forget_home() -> None:
    """Keep it nowhere any more."""
    _kept_in.clear()


def keep(error: BaseException) -> Path | None:
    """Keep what an error says, without secrets, and remove what is too old; nothing if there is no place for it."""
    home = _kept_in.get("home")
    if home is None:
        return None
    path = home / FOLDER / f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid4().hex[:8]}.txt"
    said = masked("".join(traceback.format_exception(error)))
    with suppress(OSError):  # the error is told, whatever became of the file
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            file.write(said)
        remove_traces(home, KEPT_DAYS)
        return path
    return None


def remove_traces(home: Path, days: int = 0) -> int:
    """Remove those that are so many days old; give how many there were."""
    before = datetime.now(UTC).timestamp() - days * _DAY_SECONDS
    gone = [path for path in (home / FOLDER).glob("*.txt") if path.stat().st_mtime <= before]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)
