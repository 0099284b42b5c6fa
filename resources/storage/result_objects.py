"""The results of a declaration in an object store: its generations, and one object that says which they are.

A generation's files lie under `<generation>/<file>`, never written twice; one that did not change stays where an older
generation has put it. `results.json` names all generations that are kept with all of their files. It is swapped only
if nobody else has swapped it since: who comes second puts its files on top of those of the first.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Final

from pydantic import BaseModel

from resources.storage.atomic import private_folder
from resources.storage.bucket import Bucket
from resources.storage.copies import STALE, adopt, drop_stale
from resources.storage.disk import disk_in_words, reserve
from resources.storage.generations import KEPT, MANIFEST, NOTHING, FileEntry, MadeBy, Writers, overtaken
from resources.storage.protocol import ABANDONED
from resources.storage.scratch import scratch

POINTER: Final = "results.json"


class _File(BaseModel, frozen=True):
    """One file: its object, and what `run.json` says of it."""

    key: str
    entry: FileEntry


class _Record(BaseModel, frozen=True):
    """One generation: its name, the run that made it, and its files."""

    name: str
    run: str
    made_at: datetime
    files: dict[str, _File]

    @property
    def keys(self) -> set[str]:
        """Of all of its objects."""
        return {f"{self.name}/{MANIFEST}", *(file.key for file in self.files.values())}


class _Pointer(BaseModel):
    """All generations, the oldest first; and objects of none of them, which the next swap removes."""

    generations: list[_Record] = []
    left: list[str] = []

    @property
    def keys(self) -> set[str]:
        return {key for each in self.generations for key in each.keys}

    @property
    def files(self) -> dict[str, _File]:
        """Those of the newest."""
        return self.generations[-1].files if self.generations else {}


@dataclass(frozen=True)
class ObjectGeneration:
    """`Generation` in an object store."""

    results: "ResultObjects"
    record: _Record

    @property
    def files(self) -> Mapping[str, FileEntry]:
        """See `Generation`."""
        return {name: file.entry for name, file in self.record.files.items()}

    @property
    def names(self) -> list[str]:
        """See `Generation`."""
        return sorted({*self.record.files, MANIFEST})

    @property
    def place(self) -> str:
        """The address of what was made anew in it."""
        return f"{self.results.place}/{self.record.name}"

    @property
    def made_at(self) -> datetime:
        """See `Generation`."""
        return self.record.made_at

    @property
    def run(self) -> str:
        """See `Generation`."""
        return self.record.run

    def fetched(self, names: Iterable[str]) -> Mapping[str, Path]:
        """Copies; what was fetched before is not fetched again."""
        keys = {MANIFEST: f"{self.record.name}/{MANIFEST}"} | {n: file.key for n, file in self.record.files.items()}
        paths = {name: self.results.copies / keys[name] for name in names if name in keys}
        if absent := {keys[name]: path for name, path in paths.items() if not path.exists()}:
            self.results.bucket.get(absent)
        return {name: path for name, path in paths.items() if path.exists()}


@dataclass(frozen=True)
class ResultObjects:
    """`ResultStore` in an object store.

    Attributes:
        name: the declaration, or what its results are of.
        bucket: the objects of these results alone.
        copies: a folder for copies on this machine.
    """

    name: str
    bucket: Bucket
    copies: Path

    @property
    def place(self) -> str:
        """The address."""
        return self.bucket.address

    def address(self, name: str) -> str:
        """The address of the object."""
        files = self._pointer().files
        return f"{self.place}/{files[name].key if name in files else name}"

    def newest(self) -> ObjectGeneration | None:
        """See `ResultStore`."""
        return next(iter(reversed(self.generations())), None)

    def generations(self) -> list[ObjectGeneration]:
        """See `ResultStore`."""
        pointer = self._pointer()
        drop_stale(self.copies, pointer.keys)
        return [ObjectGeneration(self, record) for record in pointer.generations]

    def publish(
        self,
        writers: Writers,
        made_by: MadeBy,
        *,
        instead_of: Sequence[str] = (),
        renewed: Mapping[str, str] = NOTHING,
    ) -> ObjectGeneration:
        """See `ResultStore`: files go up first, and count from the swap on."""
        made_at = datetime.now(UTC)
        generation = f"{made_at:%Y%m%dT%H%M%S.%f}-{made_by.run[:8]}"
        with disk_in_words(self.copies), scratch(private_folder(self.copies)) as room:
            fresh = {name: room / str(number) for number, name in enumerate(writers)}
            entries = {name: made_by.entry(path, _write(path, writers[name])) for name, path in fresh.items()}
            there: dict[str, str] = {}

            def changed(before: _Pointer) -> list[_Record]:
                if before.generations and before.generations[-1].name == generation:
                    return before.generations  # the answer to this very swap was lost
                known = {each.entry["sha256"]: each.key for kept in before.generations for each in kept.files.values()}
                late = overtaken({name: file.entry for name, file in before.files.items()}, renewed)
                made = {name: entry for name, entry in entries.items() if name not in late}
                new = [n for n, entry in made.items() if entry["sha256"] not in known and n not in there]
                there.update({name: f"{generation}/{name}" for name in new})
                keys = {name: there.get(name) or known[entry["sha256"]] for name, entry in made.items()}
                files = {n: f for n, f in before.files.items() if n not in made and not _matches(n, instead_of)}
                files |= {name: _File(key=keys[name], entry=entry) for name, entry in made.items()}
                manifest = room / "manifest"
                manifest.write_bytes(made_by.manifest(self.name, {n: f.entry for n, f in files.items()}))
                up = {f"{generation}/{MANIFEST}": manifest} | {there[name]: fresh[name] for name in new}
                self.bucket.put(up)
                record = _Record(name=generation, run=made_by.run, made_at=made_at, files=files)
                return _kept([*before.generations, record])

            newest = self._swap(changed)[-1]
            for name, key in there.items():
                adopt(fresh[name], self.copies / key)
        return ObjectGeneration(self, newest)

    def check_room(self, size: int) -> None:
        """See `ResultStore`: the store can be used, and this machine has room for what goes there."""
        self.bucket.check()
        with disk_in_words(self.copies), scratch(private_folder(self.copies)) as room:
            reserve(room / "room", max(size, 1))

    def erase(self) -> int:
        """See `ResultStore`; nobody puts files of their own there."""
        gone = {file.key for each in self._pointer().generations for file in each.files.values()}
        self._swap(lambda _: [])
        self.tidy(timedelta(0))
        return len(gone)

    def tidy(self, abandoned: timedelta = ABANDONED) -> None:
        """Remove objects of no generation that were put there so long ago, and copies of what is no more."""
        there = set(self.bucket.listed(abandoned))
        pointer = self._pointer()
        self._clear(there - pointer.keys - {POINTER})
        drop_stale(self.copies, pointer.keys, min(STALE, abandoned))

    def _pointer(self) -> _Pointer:
        content, _ = self.bucket.read(POINTER)
        return _Pointer.model_validate_json(content) if content else _Pointer()

    def _swap(self, changed: Callable[[_Pointer], list[_Record]]) -> list[_Record]:
        """Let there be other generations, on top of what others have made meanwhile."""
        after: list[_Pointer] = []
        gone: list[str] = []

        def swapped(content: bytes) -> bytes:
            before = _Pointer.model_validate_json(content) if content else _Pointer()
            made = _Pointer(generations=changed(before))
            made.left = sorted(before.keys - made.keys)
            after[:], gone[:] = [made], before.left
            return made.model_dump_json().encode()

        self.bucket.update(POINTER, swapped)
        self._clear(gone)
        return after[0].generations

    def _clear(self, keys: Iterable[str]) -> None:
        gone = list(keys)
        self.bucket.delete(gone)
        for key in gone:
            (self.copies / key).unlink(missing_ok=True)


def _kept(generations: list[_Record]) -> list[_Record]:
    """The last generation of each of the last runs, and the one before the newest, which may be being read."""
    newest, *older = reversed(generations)
    runs, kept = {newest.run}, [newest]
    for number, record in enumerate(older):
        if number == 0 or (record.run not in runs and len(runs) < KEPT):
            kept.append(record)
        runs.add(record.run)
    return kept[::-1]


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(map(PurePosixPath(name).match, patterns))


def _write(path: Path, write: Callable[[Path], str | None]) -> str | None:
    path.touch(mode=0o600)
    return write(path)
