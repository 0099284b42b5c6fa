"""What is found where a frame should be: nothing, a frame of ours, one of another origin, or a damaged file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal, NamedTuple

import polars as pl

from resources.storage.frame_seal import is_whole, state_of
from resources.storage.held_frames import metadata_of
from resources.storage.protocol import Storage

READ_AT: Final = "read_at"
"""Metadata of an asset, and of its file: the moment whose state the frame is."""

ORIGIN: Final = "origin"
"""Metadata of an asset, and of its file: a short hash of where its frame comes from (`SourceIdentity`)."""

Standing = Literal["missing", "ours", "elsewhere", "damaged"]


class Looked(NamedTuple):
    """What was found where a frame should be; without a file it is missing."""

    standing: Standing
    path: Path | None = None


@dataclass(frozen=True)
class FrameFiles:
    """The files of the frames of one declaration; arguments as for `FrameStore`."""

    storage: Storage
    origin: Callable[[str], str]

    def look(self, name: str) -> Looked:
        """Look at a frame that is one file."""
        file = frame_file(name)
        return _look_at(self.origin(name), self.storage.fetched([file]).get(file))

    def look_at_months(self, name: str, months: Sequence[str]) -> dict[str, Looked]:
        """Look at each of these months."""
        files = {month: frame_file(name, month) for month in months}
        paths, origin = self.storage.fetched(files.values()), self.origin(name)
        return {month: _look_at(origin, paths.get(file)) for month, file in files.items()}

    def months_that_are(self, standing: Standing, name: str, months: Sequence[str]) -> list[str]:
        """Those of these months where that is found."""
        return [month for month, found in self.look_at_months(name, months).items() if found.standing == standing]

    def ours(self, name: str) -> Path | None:
        """The file of a frame that can be read."""
        found = self.look(name)
        return found.path if found.standing == "ours" else None

    def our_months(self, name: str, months: Sequence[str]) -> dict[str, Path]:
        """The files of those of these months that can be read."""
        return ours_of(self.look_at_months(name, months))


def frame_file(name: str, month: str | None = None) -> str:
    """What a frame, or one month of it, is called in a storage."""
    return f"{name}.parquet" if month is None else f"{name}/{month}.parquet"


def ours_of(looked: Mapping[str, Looked]) -> dict[str, Path]:
    """The files of those months that can be read."""
    return {month: found.path for month, found in looked.items() if found.standing == "ours" and found.path}


def read_at_of(path: Path) -> datetime | None:
    """The moment whose state the frame of a file is."""
    text = metadata_of(path).get(READ_AT)
    return datetime.fromisoformat(text) if text else None


def _look_at(origin: str, path: Path | None) -> Looked:
    if path is None:
        return Looked("missing")
    try:
        state = state_of(path)  # of hundreds of files, at each of a run's steps
        if not is_whole(path, state):
            return Looked("damaged", path)
        found = metadata_of(path, state).get(ORIGIN, "")
    except (pl.exceptions.PolarsError, OSError):
        return Looked("damaged", path)
    return Looked("ours" if found == origin else "elsewhere", path)
