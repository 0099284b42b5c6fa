"""The folder of a declaration's results: a link to the newest of a few generations, each of them whole.

`out/<name>` is switched from one generation to the next in one step of the file system, so that nobody ever sees files
of two runs together. Generations lie in `out/.runs/<name>`, and share what did not change. What a person has put into
the folder goes along from one to the next. Results in an object store are in `result_objects`.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final
from uuid import uuid4

from resources.storage.atomic import flush, private_folder, same_file
from resources.storage.disk import disk_in_words, reserve
from resources.storage.file_lock import run_lock
from resources.storage.generations import (
    KEPT,
    MANIFEST,
    NOTHING,
    FolderGeneration,
    Generation,
    MadeBy,
    Writers,
    overtaken,
    read_manifest,
)
from resources.storage.scratch import scratch

_BEFORE: Final = "-before"  # the name of a folder of files that older versions kept in place, as a generation
_UNFINISHED: Final = re.compile(r"\..+\.[0-9a-f]{32}|\.~lock\..*")  # of a killed writer, or of an open spreadsheet


@dataclass(frozen=True)
class Results:
    """The results of one declaration, as `ResultStore` says; `folder` is where people find them."""

    folder: Path

    @property
    def place(self) -> str:
        """The folder."""
        return str(self.folder)

    def address(self, name: str) -> str:
        """The file in the folder."""
        return str(self.folder / name)

    def newest(self) -> FolderGeneration | None:
        """See `ResultStore`; also the folder of an older version."""
        return FolderGeneration(self.folder.resolve()) if self.folder.is_dir() else None

    def generations(self) -> list[FolderGeneration]:
        """See `ResultStore`."""
        return [FolderGeneration(folder) for folder in self._generations()]

    def _generations(self) -> list[Path]:
        return sorted(path for path in self._store.glob("*") if not path.name.startswith("."))

    def publish(
        self,
        writers: Writers,
        made_by: MadeBy,
        *,
        instead_of: Sequence[str] = (),
        renewed: Mapping[str, str] = NOTHING,
    ) -> FolderGeneration:
        """See `ResultStore`."""
        with disk_in_words(self.folder), self._alone():
            old = self.folder if self.folder.is_dir() else None
            known = read_manifest(old) if old else {}
            late = overtaken(known, renewed)
            with self._fresh(made_by) as fresh:
                written = {name: _write(fresh / name, write) for name, write in writers.items() if name not in late}
                taken = {MANIFEST, *written}
                _carry_over(old, fresh, lambda path: path.name in taken or any(map(path.match, instead_of)))
                kept = {
                    name: entry for name, entry in known.items() if name not in written and (fresh / name).is_file()
                }
                new = {name: made_by.entry(fresh / name, digest) for name, digest in written.items()}
                manifest = made_by.manifest(self.folder.name, {**kept, **new})
                _write(fresh / MANIFEST, lambda path: _put(path, manifest))
            self._switch(generation := fresh.with_name(fresh.name[1:]))
            self._prune(made_by.run)
        return FolderGeneration(generation.resolve())

    def mirror(self, generation: Generation) -> None:
        """Show here what is kept elsewhere, beside what a person has put here."""
        with disk_in_words(self.folder), self._alone():
            old = self.folder if self.folder.is_dir() else None
            gone = {MANIFEST, *(read_manifest(old) if old else ())}
            with self._fresh(MadeBy.now(generation.run, "")) as fresh:
                for name, path in generation.fetched(generation.names).items():
                    _write(fresh / name, partial(_copied, path))
                _carry_over(old, fresh, lambda path: path.name in gone or (fresh / path.name).exists())
            self._switch(fresh.with_name(fresh.name[1:]))
            self._prune(generation.run)

    def check_room(self, size: int) -> None:
        """See that results of so many bytes can be published, and change nothing.

        Raises:
            UserError: they cannot.
        """
        with disk_in_words(self.folder), self._alone():
            link = self.folder.with_name(f".{self.folder.name}.{uuid4().hex}")
            link.symlink_to(self._store)
            link.unlink()
            with scratch(self._store) as room:
                reserve(room / "outcomes.csv", max(size, 1))

    def erase(self) -> int:
        """Remove the files that runs have made, and say how many; what a person put there stays."""
        gone: set[tuple[int, int]] = set()
        with disk_in_words(self.folder), self._alone():
            for generation in self._generations():
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
            if not os.path.lexists(self.folder) and any(path.name.endswith(_BEFORE) for path in self._generations()):
                self._link(self._generations()[-1])  # killed between the two steps of `_switch`
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

    def _prune(self, run: str) -> None:
        """Keep the last generation of each of the last runs, and the one before the newest, which may be being read."""
        newest, *older = reversed(self._generations())
        runs, spared = {run[:8]}, older[:1]
        for path in older:
            of_run = path.name.partition("-")[2]
            if path not in spared and (of_run in runs or len(runs) >= KEPT):
                shutil.rmtree(path)
            runs.add(of_run)
        flush(newest.parent)


def _write(path: Path, write: Callable[[Path], str | None]) -> str | None:
    path.touch(mode=0o600)
    digest = write(path)
    flush(path)
    return digest


def _remove_unfinished(folder: Path) -> None:
    for path in folder.iterdir():
        if _UNFINISHED.fullmatch(path.name) and path.is_file():
            path.unlink()


def _copied(source: Path, path: Path) -> None:
    shutil.copyfile(source, path)


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
