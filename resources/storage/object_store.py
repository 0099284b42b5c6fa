"""Contents by name in an object store (S3, Google Cloud Storage, Azure), for several machines without a common disk.

An object store renames nothing and replaces one object at a time. So contents lie under names of their own, never
written twice, and one object says which name means which: a pointer, swapped only if nobody else has swapped it since.
A reader sees the contents of one moment. No declaration asks for it yet.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError
from obstore.store import ObjectStore
from pydantic import BaseModel

from resources.storage.atomic import private_folder, replaced
from resources.storage.disk import disk_in_words
from resources.storage.scratch import scratch
from schemas.errors import TransientError

POINTER: Final = "pointer.json"
_OBJECTS: Final = "objects"
_SWAPS: Final = 20


class _Pointer(BaseModel):
    """Which object each name means, and which ones meant something before: a reader may still be fetching them."""

    objects: dict[str, str] = {}
    left: list[str] = []


@dataclass(frozen=True)
class ObjectStorage:
    """`Storage` in an object store.

    Attributes:
        store: of one declaration alone: its keys begin with a prefix of their own.
        copies: a folder for copies on this machine of what is fetched; what no name means any more goes from it.
    """

    store: ObjectStore
    copies: Path

    def names(self, prefix: str = "") -> list[str]:
        """The names of what is there and begins so, sorted."""
        pointer, _ = self._pointer()
        return sorted(name for name in pointer.objects if name.startswith(prefix))

    def fetched(self, names: Iterable[str]) -> Mapping[str, Path]:
        """Those of these that are there, of one moment, as copies; what was fetched before is not fetched again."""
        pointer, _ = self._pointer()
        return {name: self._copy(pointer.objects[name]) for name in names if name in pointer.objects}

    @contextmanager
    def replaced(self, names: Sequence[str]) -> Iterator[list[Path]]:
        """See `Storage`; contents go up when the body has ended, and then all names move at once."""
        with disk_in_words(self.copies), scratch(private_folder(self.copies)) as room:
            fresh = {name: room / str(number) for number, name in enumerate(names)}
            for path in fresh.values():
                path.touch(mode=0o600)
            yield list(fresh.values())
            objects = {name: self._put(path) for name, path in fresh.items()}
        self._swap(lambda before: before | objects)

    @contextmanager
    def room(self) -> Iterator[Path]:
        """See `Storage`: beside the copies."""
        with disk_in_words(self.copies), scratch(private_folder(self.copies)) as room:
            yield room

    def share(self, files: Mapping[str, Path]) -> None:
        """See `Storage`; they go up."""
        objects = {name: self._put(path) for name, path in files.items()}
        self._swap(lambda before: before | objects)

    def remove(self, names: Iterable[str]) -> None:
        """Let these be there no longer, all at once."""
        gone = set(names)
        self._swap(lambda before: {name: key for name, key in before.items() if name not in gone})

    def _put(self, path: Path) -> str:
        key = f"{_OBJECTS}/{uuid4().hex}"
        with _reachable():
            obstore.put(self.store, key, path)
        return key

    def _copy(self, key: str) -> Path:
        path = self.copies / key
        if not path.exists():
            with _reachable():
                content = obstore.get(self.store, key).bytes()
            with disk_in_words(self.copies), replaced(path) as fresh:
                fresh.write_bytes(content)
        return path

    def _pointer(self) -> tuple[_Pointer, str | None]:
        """What the names mean, and the state of the pointer by which a swap notices another one."""
        with _reachable():
            try:
                found = obstore.get(self.store, POINTER)
            except FileNotFoundError:
                return _Pointer(), None
            return _Pointer.model_validate_json(bytes(found.bytes())), found.meta["e_tag"]

    def _swap(self, changed: Callable[[dict[str, str]], dict[str, str]]) -> None:
        """Move names, on top of what others have moved meanwhile, and drop what was left by the swap before."""
        for _ in range(_SWAPS):
            before, state = self._pointer()
            objects = changed(before.objects)
            left = sorted(set(before.objects.values()) - set(objects.values()))
            content = _Pointer(objects=objects, left=left).model_dump_json().encode()
            with _reachable():
                try:
                    obstore.put(self.store, POINTER, content, mode={"e_tag": state} if state else "create")
                except (PreconditionError, AlreadyExistsError):
                    continue
                obstore.delete(self.store, before.left)
            for key in before.left:
                (self.copies / key).unlink(missing_ok=True)
            return
        raise TransientError(
            f"Others have written to the object store {_SWAPS} times in a row while this run tried to: nothing of it "
            "was put in place; start it again."
        )


@contextmanager
def _reachable() -> Iterator[None]:
    """Tell in one sentence that the object store does not do what it is asked."""
    try:
        yield
    except (BaseError, OSError) as error:
        raise TransientError(
            f"The object store could not be asked ({type(error).__name__}): nothing was put in place; check its "
            "address, its login and the network, then start again."
        ) from None
