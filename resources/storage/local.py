"""Contents by name in a folder of this machine: private, on disk before they count, and renamed into place."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from resources.storage.atomic import replaced_together
from resources.storage.disk import disk_in_words


@dataclass(frozen=True)
class LocalStorage:
    """`Storage` in a folder, which need not be there yet; a name is the path of a file below it."""

    folder: Path

    def names(self, prefix: str = "") -> list[str]:
        """The names of what is there and begins so, sorted; what is being written does not count."""
        files = (path.relative_to(self.folder) for path in self.folder.rglob("*") if path.is_file())
        found = (file.as_posix() for file in files if not any(part.startswith(".") for part in file.parts))
        return sorted(name for name in found if name.startswith(prefix))

    def fetched(self, names: Iterable[str]) -> Mapping[str, Path]:
        """Those of these that are there: the files themselves."""
        paths = {name: self.folder / name for name in names}
        return {name: path for name, path in paths.items() if path.exists()}

    @contextmanager
    def replaced(self, names: Sequence[str]) -> Iterator[list[Path]]:
        """See `Storage`; the mode that a new file is given in the body is kept."""
        with disk_in_words(self.folder), replaced_together([self.folder / name for name in names]) as fresh:
            yield fresh

    def remove(self, names: Iterable[str]) -> None:
        """Remove these files, one by one; one that is not there is none the less."""
        with disk_in_words(self.folder):
            for name in names:
                (self.folder / name).unlink(missing_ok=True)
