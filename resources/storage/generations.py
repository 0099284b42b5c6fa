"""What the results of a declaration are, wherever they lie: generations of files, each whole, the newest one shown.

Each generation has a `run.json` that names, for every file, the run that made it, and the file's checksum. A generation
has the files of the one before it that were not made anew.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NotRequired, Protocol

import orjson
from typing_extensions import TypedDict

from resources.storage.once import sha256_of
from schemas.version import VERSION

MANIFEST: Final = "run.json"
KEPT: Final = 3
"""Runs whose results are kept, the newest included."""

Writers = Mapping[str, Callable[[Path], str | None]]
"""File name → writes it to a path, which is there, empty and private; gives its SHA-256 if it is known."""

NOTHING: Final[Mapping[str, str]] = {}


class FileEntry(TypedDict):
    """What `run.json` says of one file."""

    run: str
    plan: str
    at: str
    sha256: str
    version: NotRequired[str]


@dataclass(frozen=True)
class MadeBy:
    """Who made a file: the run, the hash of the plan that it is about, when (UTC, as ISO 8601), and which Tieout."""

    run: str
    plan: str
    at: str
    version: str = VERSION

    @classmethod
    def now(cls, run: str, plan: str) -> "MadeBy":
        """A run, at this moment."""
        return cls(run, plan, datetime.now(UTC).isoformat(timespec="seconds"))

    def entry(self, path: Path, digest: str | None = None) -> FileEntry:
        """What `run.json` says of a file that it made; the SHA-256 is taken where nobody knows it."""
        return FileEntry(
            run=self.run, plan=self.plan, at=self.at, sha256=digest or sha256_of(path), version=self.version
        )

    def manifest(self, declaration: str, files: Mapping[str, FileEntry]) -> bytes:
        """What `run.json` holds of a generation that it made."""
        document = {"declaration": declaration, **asdict(self), "files": dict(files)}
        return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


class Generation(Protocol):
    """The results of one moment."""

    @property
    def files(self) -> Mapping[str, FileEntry]:
        """What `run.json` says of its files, by name."""

    @property
    def names(self) -> list[str]:
        """The names of all that a person finds there, sorted."""

    @property
    def place(self) -> str:
        """Where it is by itself, for people."""

    @property
    def made_at(self) -> datetime:
        """When it was made."""

    @property
    def run(self) -> str:
        """The run that made it; empty where nobody knows."""

    def fetched(self, names: Iterable[str]) -> Mapping[str, Path]:
        """Those of these that are there, each as a file on this machine, which nobody may change."""


@dataclass(frozen=True)
class FolderGeneration:
    """`Generation` in a folder of its own."""

    folder: Path

    @property
    def files(self) -> Mapping[str, FileEntry]:
        """See `Generation`."""
        return read_manifest(self.folder)

    @property
    def names(self) -> list[str]:
        """See `Generation`; what a person put there is among them."""
        return sorted(path.name for path in self.folder.iterdir() if not path.name.startswith("."))

    @property
    def place(self) -> str:
        """The folder."""
        return str(self.folder)

    @property
    def made_at(self) -> datetime:
        """See `Generation`."""
        return datetime.fromtimestamp(self.folder.stat().st_mtime, UTC)

    @property
    def run(self) -> str:
        """See `Generation`."""
        return max(((entry["at"], entry["run"]) for entry in self.files.values()), default=("", ""))[1]

    def fetched(self, names: Iterable[str]) -> Mapping[str, Path]:
        """The files themselves, but for links."""
        paths = {name: self.folder / name for name in names}
        return {name: path for name, path in paths.items() if path.is_file() and not path.is_symlink()}


class ResultStore(Protocol):
    """The results of one declaration."""

    @property
    def place(self) -> str:
        """Where people find the newest."""

    def address(self, name: str) -> str:
        """Where people find a file of the newest."""

    def newest(self) -> Generation | None:
        """The generation that is shown; None where nothing ever was published."""

    def generations(self) -> Sequence[Generation]:
        """All that are kept, the oldest first."""

    def publish(
        self,
        writers: Writers,
        made_by: MadeBy,
        *,
        instead_of: Sequence[str] = (),
        renewed: Mapping[str, str] = NOTHING,
    ) -> Generation:
        """Write files, and put them in place together with all others that are there; gives the new generation.

        Args:
            writers: the files.
            made_by: who makes them.
            instead_of: patterns of names that do not go along from the last generation.
            renewed: of files that were made from the ones that are there, the SHA-256 of those. Where another one has
                come meanwhile, that stays.
        """

    def check_room(self, size: int) -> None:
        """See that results of so many bytes can be published, and change nothing.

        Raises:
            UserError, TransientError: they cannot.
        """

    def erase(self) -> int:
        """Remove the files that runs have made, and say how many; what a person put there stays."""

    def tidy(self) -> None:
        """Remove what processes that were killed have left."""


def overtaken(files: Mapping[str, FileEntry], renewed: Mapping[str, str]) -> set[str]:
    """Files that were renewed, of which another one has come meanwhile."""
    return {name for name, digest in renewed.items() if name not in files or files[name]["sha256"] != digest}


def read_manifest(folder: Path) -> dict[str, FileEntry]:
    """What `run.json` says of the files of a folder of results, by name; empty where it is not there, or damaged."""
    try:
        files: dict[str, FileEntry] = orjson.loads((folder / MANIFEST).read_bytes())["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return files
