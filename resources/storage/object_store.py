"""Contents by name in an object store, for several machines without a common disk (`bucket`).

Contents lie under names of their own, never written twice, and one object says which name means which: a pointer,
swapped only if nobody else has swapped it since. A reader sees the contents of one moment.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

from pydantic import BaseModel

from resources.storage.atomic import private_folder
from resources.storage.bucket import Bucket
from resources.storage.copies import STALE, adopt, drop_stale
from resources.storage.disk import disk_in_words
from resources.storage.once import sha256_of
from resources.storage.protocol import ABANDONED
from resources.storage.scratch import scratch

POINTER: Final = "pointer.json"
_OBJECTS: Final = "objects"
_LOOKS: Final = 5


class _Kept(BaseModel, frozen=True):
    """One content: its object, its SHA-256, and when it was put there."""

    key: str
    sha256: str
    at: datetime


class _Pointer(BaseModel):
    """What each name means; and objects that meant something before, which the next swap removes."""

    names: dict[str, _Kept] = {}
    left: list[str] = []


@dataclass(frozen=True)
class ObjectStorage:
    """`Storage` in an object store.

    Attributes:
        bucket: the objects of this storage alone.
        copies: a folder for copies on this machine of what is fetched or was put there.
    """

    bucket: Bucket
    copies: Path

    def names(self, prefix: str = "") -> list[str]:
        """The names of what is there and begins so, sorted."""
        return sorted(name for name in self._pointer().names if name.startswith(prefix))

    def written(self, names: Iterable[str]) -> Mapping[str, datetime]:
        """When those of these that are there were put there."""
        known = self._pointer().names
        return {name: known[name].at for name in names if name in known}

    def fetched(self, names: Iterable[str]) -> Mapping[str, Path]:
        """Those of these that are there, of one moment, as copies; what was fetched before is not fetched again.

        An object that somebody has removed from the store counts as not there, as a file that was removed does.
        """
        wanted = list(names)
        found = self._pointer()
        for _ in range(_LOOKS):
            keys = {name: found.names[name].key for name in wanted if name in found.names}
            paths = {name: self.copies / key for name, key in keys.items()}
            absent = {keys[name]: path for name, path in paths.items() if not path.exists()}
            lost = self.bucket.get(absent) if absent else []
            if absent:
                drop_stale(self.copies, {kept.key for kept in found.names.values()})
            if not lost or found == (now := self._pointer()):
                break
            found = now  # they went because others put new ones in their place
        return {name: path for name, path in paths.items() if path.exists()}

    def address(self, name: str) -> str:
        """Where it lies, for people."""
        found = self._pointer().names.get(name)
        return f"{self.bucket.address}/{found.key if found else name}"

    @contextmanager
    def replaced(self, names: Sequence[str]) -> Iterator[list[Path]]:
        """See `Storage`; contents go up when the body has ended, and then all names move at once."""
        with disk_in_words(self.copies), scratch(private_folder(self.copies)) as room:
            fresh = {name: room / str(number) for number, name in enumerate(names)}
            for path in fresh.values():
                path.touch(mode=0o600)
            yield list(fresh.values())
            kept = self._put(fresh)
            for name, path in fresh.items():  # what was written here need not be fetched
                adopt(path, self.copies / kept[name].key)
        self._swap(lambda before: before | kept)

    @contextmanager
    def room(self) -> Iterator[Path]:
        """See `Storage`: beside the copies."""
        with disk_in_words(self.copies), scratch(private_folder(self.copies)) as room:
            yield room

    def share(self, files: Mapping[str, Path]) -> None:
        """See `Storage`; they go up, but for those that are there."""
        sums = _sums(files)
        known = self._pointer().names
        same = {name: known[name] for name in files if name in known and known[name].sha256 == sums[name]}
        fresh = self._put({name: path for name, path in files.items() if name not in same}, sums)
        now = datetime.now(UTC)
        again = {name: kept.model_copy(update={"at": now}) for name, kept in same.items()}

        def moved(before: dict[str, _Kept]) -> dict[str, _Kept]:
            gone = {name: files[name] for name, kept in again.items() if _key(before, name) != kept.key}
            return before | again | fresh | (self._put(gone, sums) if gone else {})

        self._swap(moved)

    def remove(self, names: Iterable[str]) -> None:
        """Let these be there no longer, all at once; their objects and copies go with them."""
        gone = set(names)
        self._swap(lambda before: {name: kept for name, kept in before.items() if name not in gone})
        self._clear(self._pointer().left)

    def tidy(self, abandoned: timedelta = ABANDONED) -> None:
        """See `Storage`: objects that no name means, as whoever put them there was killed before the swap."""
        there = set(self.bucket.listed(abandoned))
        found = self._pointer()
        meant = {POINTER, *(kept.key for kept in found.names.values())}
        self._clear(there - meant)
        drop_stale(self.copies, meant, min(STALE, abandoned))

    def _put(self, files: Mapping[str, Path], sums: Mapping[str, str] | None = None) -> dict[str, _Kept]:
        now, sums = (
            datetime.now(UTC),
            sums or _sums(files),
        )
        kept = {name: _Kept(key=f"{_OBJECTS}/{name}/{uuid4().hex}", sha256=sums[name], at=now) for name in files}
        self.bucket.put({kept[name].key: path for name, path in files.items()})
        return kept

    def _pointer(self) -> _Pointer:
        content, _ = self.bucket.read(POINTER)
        return _Pointer.model_validate_json(content) if content else _Pointer()

    def _swap(self, changed: Callable[[dict[str, _Kept]], dict[str, _Kept]]) -> None:
        """Move names, on top of what others have moved meanwhile, and drop what was left by the swap before."""
        gone: list[str] = []

        def moved(content: bytes) -> bytes:
            before = _Pointer.model_validate_json(content) if content else _Pointer()
            names = changed(before.names)
            left = {kept.key for kept in before.names.values()} - {kept.key for kept in names.values()}
            gone[:] = before.left
            return _Pointer(names=names, left=sorted(left)).model_dump_json().encode()

        self.bucket.update(POINTER, moved)
        self._clear(gone)

    def _clear(self, keys: Iterable[str]) -> None:
        """Remove objects that no name means, and their copies on this machine."""
        gone = list(keys)
        self.bucket.delete(gone)
        for key in gone:
            (self.copies / key).unlink(missing_ok=True)


def _key(names: Mapping[str, _Kept], name: str) -> str | None:
    return names[name].key if name in names else None


def _sums(files: Mapping[str, Path]) -> dict[str, str]:
    return {name: sha256_of(path, is_read_again=True) for name, path in files.items()}
