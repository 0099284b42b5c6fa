"""Contents by name in a folder of this machine: private, on disk before they count, and renamed into place."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from resources.storage.atomic import flush, private_folder, replaced_together, same_file
from resources.storage.disk import disk_in_words
from resources.storage.protocol import ABANDONED
from resources.storage.scratch import scratch, sweep


@lru_cache(maxsize=4096)
def _path(folder: Path, name: str) -> Path:
    """The path of a name, put together once: that of a month is asked for at each step of a run."""
    return folder / name


@dataclass(frozen=True)
class LocalStorage:
    """`Storage` in a folder, which need not be there yet; a name is the path of a file below it."""

    folder: Path

    def names(self, prefix: str = "") -> list[str]:
        """The names of what is there and begins so, sorted; what is being written does not count."""
        files = (path.relative_to(self.folder) for path in self.folder.rglob("*") if path.is_file())
        found = (file.as_posix() for file in files if not any(part.startswith(".") for part in file.parts))
        return sorted(name for name in found if name.startswith(prefix))

    def written(self, names: Iterable[str]) -> Mapping[str, datetime]:
        """When those of these that are there were put there."""
        found = self.fetched(names)
        return {name: datetime.fromtimestamp(path.stat().st_mtime, UTC) for name, path in found.items()}

    def address(self, name: str) -> str:
        """The path of its file."""
        return str(self.folder / name)

    def fetched(self, names: Iterable[str]) -> Mapping[str, Path]:
        """Those of these that are there: the files themselves."""
        paths = {name: _path(self.folder, name) for name in names}
        return {name: path for name, path in paths.items() if path.exists()}

    @contextmanager
    def replaced(self, names: Sequence[str]) -> Iterator[list[Path]]:
        """See `Storage`; the mode that a new file is given in the body is kept."""
        with disk_in_words(self.folder), replaced_together([self.folder / name for name in names]) as fresh:
            yield fresh

    @contextmanager
    def room(self) -> Iterator[Path]:
        """See `Storage`: on the same disk, so that sharing what was made there copies nothing."""
        with disk_in_words(self.folder), scratch(private_folder(self.folder)) as room:
            yield room

    def share(self, files: Mapping[str, Path]) -> None:
        """See `Storage`; a file has several names then, and its mode under each. What has it already is left alone."""
        with disk_in_words(self.folder), scratch(private_folder(self.folder)) as room:
            for number, (name, path) in enumerate(files.items()):
                target = self.folder / name
                if target.exists() and target.samefile(path):
                    continue
                same_file(path, room / str(number))
                (room / str(number)).replace(private_folder(target.parent) / target.name)
            for folder in {(self.folder / name).parent for name in files}:
                flush(folder)

    def remove(self, names: Iterable[str]) -> None:
        """Remove these files, one by one; one that is not there is none the less."""
        with disk_in_words(self.folder):
            for name in names:
                (self.folder / name).unlink(missing_ok=True)

    def tidy(self, abandoned: timedelta = ABANDONED) -> None:
        """See `Storage`; here the kernel says whose writer is gone, however long ago."""
        del abandoned
        for folder in (self.folder, *(path for path in self.folder.rglob("*") if path.is_dir())):
            sweep(folder)
