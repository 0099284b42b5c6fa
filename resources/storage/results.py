"""The folder of a declaration's results: a link to the newest of a few generations, each of them whole.

`out/<name>` is switched from one generation to the next in one step of the file system, so that nobody ever sees files
of two runs together. Generations lie in `out/.runs/<name>`; each has a `run.json` that names, for every file, the run
that made it, and the file's checksum. What a person has put into the folder goes along from one to the next.

That is a folder of this machine, and no `Storage`: a link that people open, with files of theirs in it, of which all
generations share what did not change.
"""

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NotRequired, TypedDict
from uuid import uuid4

import orjson

from resources.storage.atomic import flush, private_folder, same_file
from resources.storage.disk import disk_in_words
from resources.storage.file_lock import run_lock
from resources.storage.scratch import scratch
from schemas.version import VERSION

MANIFEST: Final = "run.json"
KEPT: Final = 3
"""Runs whose results are kept, the newest included."""

_BEFORE: Final = "-before"  # the name of a folder of files that older versions kept in place, as a generation
_UNFINISHED: Final = re.compile(r"\..+\.[0-9a-f]{32}|\.~lock\..*")  # of a killed writer, or of an open spreadsheet


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
        if digest is None:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        return FileEntry(run=self.run, plan=self.plan, at=self.at, sha256=digest, version=self.version)


@dataclass(frozen=True)
class Results:
    """The results of one declaration; `folder` is where people find them."""

    folder: Path

    @property
    def generations(self) -> list[Path]:
        """All that are kept, the oldest first."""
        return sorted(path for path in self._store.glob("*") if not path.name.startswith("."))

    def publish(
        self, writers: Mapping[str, Callable[[Path], str | None]], made_by: MadeBy, *, instead_of: Sequence[str] = ()
    ) -> Path:
        """Write files, and put them in place together with all others that are there; gives the new generation.

        Args:
            writers: file name → writes it to a path, which is there, empty and private; gives its SHA-256 if it is
                known.
            made_by: who makes them.
            instead_of: patterns of names that do not go along from the last generation.
        """
        with disk_in_words(self.folder), self._alone():
            old = self.folder if self.folder.is_dir() else None
            with self._fresh(made_by) as fresh:
                written = {name: _write(fresh / name, write) for name, write in writers.items()}
                taken = {MANIFEST, *writers}
                _carry_over(old, fresh, lambda path: path.name in taken or any(map(path.match, instead_of)))
                _write(fresh / MANIFEST, self._manifest(old, fresh, written, made_by))
            self._switch(generation := fresh.with_name(fresh.name[1:]))
            self._prune(made_by.run)
        return generation.resolve()

    def check_room(self, size: int) -> None:
        """See that results of so many bytes can be published, and change nothing.

        Raises:
            UserError: they cannot.
        """
        with disk_in_words(self.folder), self._alone():
            link = self.folder.with_name(f".{self.folder.name}.{uuid4().hex}")
            link.symlink_to(self._store)
            link.unlink()
            with scratch(self._store) as room, (room / "outcomes.csv").open("wb") as file:
                _reserve(file.fileno(), max(size, 1))

    def erase(self) -> int:
        """Remove the files that runs have made, and say how many; what a person put there stays."""
        gone: set[tuple[int, int]] = set()
        with self._alone():
            for generation in self.generations:
                for name in (*read_manifest(generation), MANIFEST):
                    path = generation / name
                    if path.is_file():
                        gone.add((path.stat().st_dev, path.stat().st_ino))
                        path.unlink()
        return len(gone)

    def tidy(self) -> None:
        """Remove what processes that were killed have left, and finish a move that one had begun."""
        if self._store.is_dir():
            with self._alone():
                pass
        elif self._is_of_an_older_version():
            _remove_unfinished(self.folder)

    @property
    def _store(self) -> Path:
        return self.folder.parent / ".runs" / self.folder.name

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the right to publish; whatever is unfinished then is nobody's any more."""
        with run_lock(self._store.parent / f"{self.folder.name}.lock", wait=True):
            for path in private_folder(self._store).glob(".*"):
                shutil.rmtree(path)
            for link in self.folder.parent.glob(f".{self.folder.name}.*"):
                if link.is_symlink():
                    link.unlink()
            if self._is_of_an_older_version():
                _remove_unfinished(self.folder)
            if not os.path.lexists(self.folder) and any(path.name.endswith(_BEFORE) for path in self.generations):
                self._link(self.generations[-1])  # killed between the two steps of `_switch`
            yield

    @contextmanager
    def _fresh(self, made_by: MadeBy) -> Iterator[Path]:
        """A new generation under a name that does not count; it counts, and is on disk, when the body has ended."""
        number = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
        fresh = self._store / f".{number}-{made_by.run[:8]}"
        fresh.mkdir(mode=0o700)
        try:
            yield fresh
            flush(fresh)
            fresh.replace(fresh.with_name(fresh.name[1:]))
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise

    def _switch(self, generation: Path) -> None:
        if self._is_of_an_older_version():
            self.folder.rename(self._store / f"{generation.name[:15]}.000000{_BEFORE}")
        self._link(generation)

    def _is_of_an_older_version(self) -> bool:
        """Whether the files lie in the folder itself."""
        return self.folder.is_dir() and not self.folder.is_symlink()

    def _link(self, generation: Path) -> None:
        link = self.folder.with_name(f".{self.folder.name}.{uuid4().hex}")
        link.symlink_to(generation.relative_to(self.folder.parent))
        link.replace(self.folder)
        flush(self.folder.parent)

    def _manifest(
        self, old: Path | None, fresh: Path, written: Mapping[str, str | None], made_by: MadeBy
    ) -> Callable[[Path], None]:
        known = read_manifest(old) if old else {}
        kept = {name: entry for name, entry in known.items() if name not in written and (fresh / name).is_file()}
        new = {name: made_by.entry(fresh / name, digest) for name, digest in written.items()}
        document = {"declaration": self.folder.name, **asdict(made_by), "files": {**kept, **new}}
        options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
        return lambda path: _put(path, orjson.dumps(document, option=options))

    def _prune(self, run: str) -> None:
        """Keep the last generation of each of the last runs, and the one before the newest, which may be being read."""
        newest, *older = reversed(self.generations)
        runs, spared = {run[:8]}, older[:1]
        for path in older:
            of_run = path.name.partition("-")[2]
            if path not in spared and (of_run in runs or len(runs) >= KEPT):
                shutil.rmtree(path)
            runs.add(of_run)
        flush(newest.parent)


def _reserve(descriptor: int, size: int) -> None:
    """Take so many bytes of the disk for a file, where the system can; where it cannot, one, which shows a full one."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, size)
    else:
        os.write(descriptor, b"0")


def read_manifest(folder: Path) -> dict[str, FileEntry]:
    """What `run.json` says of the files of a folder of results, by name; empty where it is not there, or damaged."""
    try:
        files: dict[str, FileEntry] = orjson.loads((folder / MANIFEST).read_bytes())["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return files


def _write(path: Path, write: Callable[[Path], str | None]) -> str | None:
    path.touch(mode=0o600)
    digest = write(path)
    flush(path)
    return digest


def _remove_unfinished(folder: Path) -> None:
    for path in folder.iterdir():
        if _UNFINISHED.fullmatch(path.name) and path.is_file():
            path.unlink()


def _put(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _carry_over(old: Path | None, fresh: Path, is_left: Callable[[Path], bool]) -> None:
    """Let a new generation have what the old one has, but for what is left behind: files are the same ones on disk."""
    for path in old.iterdir() if old else ():
        if is_left(path) or _UNFINISHED.fullmatch(path.name):
            continue
        if path.is_dir():
            shutil.copytree(path, fresh / path.name, copy_function=same_file)
        else:
            same_file(path, fresh / path.name)
