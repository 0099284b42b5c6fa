"""What processes that were killed have left behind, removed at the next start: it holds customer data.

Each place also tidies itself when it is next written to; this is for the others.
"""

import re
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

from resources.storage.folders import COPIES, Folders
from resources.storage.results import Results
from resources.storage.scratch import is_long_ago, sweep, temporary_folder
from schemas.errors import UserError

_OF_OLDER_VERSIONS: Final = re.compile(r"\.[^/]+\.[0-9a-f]{32}|tmp[a-z0-9_]{8}")
_EXPORT_OF_OLDER_VERSIONS: Final = re.compile(r"tieout-[a-z0-9_]{8}")
_COPIES: Final = {"export.csv", "plan.csv"}  # what these folders held; one that holds more is somebody else's


def remove_leftovers(folders: Folders) -> None:
    """Remove what nobody holds any more beside frames, plans, inputs, results, and of export files where they lay.

    Older versions held no lock on what they had not finished: theirs goes when it is a day old.
    """
    for kept in ("frames", "plans", "inputs", COPIES):
        for folder in _folders(folders.home / kept):
            _tidy(folder, _OF_OLDER_VERSIONS)
    with suppress(UserError):  # whoever needs a temporary folder says that there is none
        _tidy(temporary_folder(), _EXPORT_OF_OLDER_VERSIONS)
    names = {path.name for path in (*folders.out.glob("[!.]*"), *(folders.out / ".runs").glob("[!.]*"))}
    for name in names:
        with suppress(OSError):
            Results(folders.out / name).tidy()


def _folders(root: Path) -> list[Path]:
    """A folder and all below it, but for unfinished ones, if it is there."""
    below = (path for path in root.rglob("*") if not path.name.startswith(".") and not _is_unfinished(path))
    return [path for path in (root, *below) if path.is_dir()]


def _is_unfinished(path: Path) -> bool:
    return bool(_OF_OLDER_VERSIONS.fullmatch(path.name))


def _tidy(folder: Path, of_older_versions: re.Pattern[str]) -> None:
    with suppress(OSError):
        sweep(folder)
        for path in folder.iterdir():
            if of_older_versions.fullmatch(path.name):
                _remove_old(path)


def _remove_old(path: Path) -> None:
    with suppress(OSError):
        if not is_long_ago(path):
            return
        if path.is_dir() and not path.is_symlink():
            if {inside.name for inside in path.iterdir()} <= _COPIES:
                shutil.rmtree(path)
        else:
            path.unlink()
