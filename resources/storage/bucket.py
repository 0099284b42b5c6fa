"""An object store, asked for single objects below a prefix; and what is said where it does not answer.

An object store renames nothing, and replaces one object at a time. What belongs together is therefore put under names
of its own, never written twice, and becomes true by the swap of one small object, if nobody has swapped it since.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from resources.storage.atomic import replaced
from resources.storage.disk import disk_in_words
from schemas.errors import AccessError, InternalError, TransientError, UserError

if TYPE_CHECKING:  # an extra
    from obstore import Bytes, GetResult
    from obstore.store import ObjectStore

STORAGE: Final = "TIEOUT_STORAGE"
"""Environment variable with the address of the object store, such as `s3://bucket/prefix`. Unset: folders."""

_PROBE: Final = "probe-"
_SWAPS: Final = 20
_AT_ONCE: Final = 8
_PARTS_AT_ONCE: Final = 2  # of a large file, 5 MiB each, which are in memory meanwhile
_BLOCK: Final = 1 << 22


@dataclass(frozen=True)
class Bucket:
    """Objects below a prefix.

    Attributes:
        address: for people, such as `s3://bucket/prefix`.
        store: the library's.
        prefix: of all keys; empty, or ending in a slash.
    """

    address: str
    store: "ObjectStore"
    prefix: str = ""
    _process: list[int] = field(default_factory=list, compare=False, repr=False)
    _checked: list[bool] = field(default_factory=list, compare=False, repr=False)

    def below(self, *names: str) -> "Bucket":
        """The objects below a further part of the prefix."""
        part = "/".join(names)
        return replace(self, address=f"{self.address}/{part}", prefix=f"{self.prefix}{part}/")

    def read(self, key: str) -> tuple[bytes, str | None]:
        """What an object holds, and its state, by which a swap notices another one; nothing and None without it."""
        import obstore  # noqa: PLC0415 (an extra)

        with self._reachable():
            try:
                found = obstore.get(self.store, self.prefix + key)
                return bytes(found.bytes()), found.meta["e_tag"]
            except FileNotFoundError:
                return b"", None

    def update(self, key: str, changed: Callable[[bytes], bytes]) -> None:
        """Replace a small object by what is made of it, on top of what others have made of it meanwhile.

        Raises:
            UserError: the store cannot replace an object on a condition, so that nothing may rely on it.
            TransientError: others were always quicker, or the store could not be asked; nothing was replaced.
        """
        self.check()
        for number in range(_SWAPS):
            before, state = self.read(key)
            if self.swap(key, changed(before), state):
                return
            time.sleep(number * 0.01)
        raise TransientError(
            f"Others have written to {self.address} {_SWAPS} times in a row while this run tried to: nothing of it "
            "was put in place; start it again."
        )

    def put(self, files: Mapping[str, Path]) -> None:
        """Put files under these keys, several at once."""
        import obstore  # noqa: PLC0415 (an extra)

        def one(each: tuple[str, Path]) -> None:
            obstore.put(self.store, self.prefix + each[0], each[1], max_concurrency=_PARTS_AT_ONCE)

        with self._reachable(), ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(one, files.items()))

    def get(self, files: Mapping[str, Path]) -> list[str]:
        """Put the objects of these keys into files that are not there yet, several at once.

        Returns:
            The keys of which there is no object any more.
        """
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            found = dict(zip(files, pool.map(self._fetch, files.items()), strict=True))
        return [key for key, was_there in found.items() if not was_there]

    def _fetch(self, each: tuple[str, Path]) -> bool:
        import obstore  # noqa: PLC0415 (an extra)

        key, path = each
        with self._reachable():
            try:
                found = obstore.get(self.store, self.prefix + key)
            except FileNotFoundError:
                return False
        with disk_in_words(path.parent), replaced(path) as fresh, fresh.open("wb") as file:
            for block in self._blocks(found):
                file.write(block)
        return True

    def _blocks(self, found: "GetResult") -> Iterator["Bytes"]:
        with self._reachable():
            yield from found.stream(min_chunk_size=_BLOCK)

    def delete(self, keys: Iterable[str]) -> None:
        """Remove objects; one that is not there is none the less."""
        import obstore  # noqa: PLC0415 (an extra)

        if gone := [self.prefix + key for key in keys]:
            with self._reachable():
                obstore.delete(self.store, gone)

    def listed(self, older_than: timedelta = timedelta(0)) -> list[str]:
        """The keys of all objects that were put there so long ago."""
        import obstore  # noqa: PLC0415 (an extra)

        with self._reachable():
            found = [each for page in obstore.list(self.store, prefix=self.prefix or None) for each in page]
        before = datetime.now(UTC) - older_than
        return [each["path"].removeprefix(self.prefix) for each in found if each["last_modified"] <= before]

    def parts(self) -> list[str]:
        """The next names of the prefixes below."""
        import obstore  # noqa: PLC0415 (an extra)

        with self._reachable():
            found = obstore.list_with_delimiter(self.store, prefix=self.prefix or None)["common_prefixes"]
        names = (each.rstrip("/").rpartition("/")[2] for each in found)
        return sorted(name for name in names if not name.startswith(_PROBE))

    def check(self) -> None:
        """See, once in a process, that an object can be replaced on a condition, and that only so.

        Raises:
            UserError: the bucket is not there, or it cannot.
            AccessError: we may not.
            TransientError: the store does not answer.
        """
        if self._checked:
            return
        probe = replace(self.below(f"{_PROBE}{uuid4().hex}"), address=self.address)
        kept = [probe.swap("it", b"1", None)]
        try:
            kept += [probe.swap("it", b"2", None), probe.swap("it", b"3", f'"{"0" * 32}"')]
            kept += [probe.swap("it", b"4", probe.read("it")[1])]
        finally:
            probe.delete(["it"])
        if kept != [True, False, False, True]:
            raise UserError(_CANNOT.format(self.address))
        self._checked.append(True)

    def swap(self, key: str, content: bytes, state: str | None) -> bool:
        """Replace an object if it is in this state, or none is there; whether that was so."""
        import obstore  # noqa: PLC0415 (an extra)
        from obstore.exceptions import AlreadyExistsError, NotSupportedError, PreconditionError  # noqa: PLC0415

        with self._reachable():
            try:
                obstore.put(self.store, self.prefix + key, content, mode={"e_tag": state} if state else "create")
            except (PreconditionError, AlreadyExistsError):
                return False
            except NotSupportedError:
                raise UserError(_CANNOT.format(self.address)) from None
        return True

    @contextmanager
    def _reachable(self) -> Iterator[None]:
        """Tell in one sentence that the store does not do what it is asked."""
        from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError  # noqa: PLC0415

        if self._process and self._process[0] != os.getpid():
            raise InternalError("The object store was asked before this process was forked, and cannot be asked now.")
        self._process[:] = [os.getpid()]
        try:
            yield
        except FileNotFoundError:
            raise UserError(
                f"There is no {self.address}: make the bucket, or correct {STORAGE}, then start again."
            ) from None
        except (PermissionDeniedError, UnauthenticatedError) as error:
            raise AccessError(
                f"{self.address} may not be used ({type(error).__name__}): see that the login in the environment "
                "(AWS_ACCESS_KEY_ID and others) may read, write, list and remove objects there."
            ) from None
        except (BaseError, OSError) as error:
            if any(said in str(error) for said in _NOT_DONE):
                raise UserError(_CANNOT.format(self.address)) from None
            raise TransientError(
                f"{self.address} could not be asked ({type(error).__name__}): nothing was put in place; check "
                "AWS_ENDPOINT_URL, AWS_REGION, the login and the network, then start again."
            ) from None


_CANNOT: Final = (
    "{} cannot replace an object on a condition (If-None-Match, If-Match), so that two runs could undo each other's "
    "results: name a store that can, such as Amazon S3."
)
_NOT_DONE: Final = ("501 Not Implemented", "NotImplemented")
