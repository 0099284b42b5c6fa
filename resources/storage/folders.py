"""Where things are kept: the checkout, the state, the results; in folders of this machine, or in an object store.

How files get there is in `atomic`, how objects do in `bucket`.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from resources.storage.address import bucket_of
from resources.storage.bucket import STORAGE, Bucket
from resources.storage.generations import ResultStore
from resources.storage.local import LocalStorage
from resources.storage.object_store import ObjectStorage
from resources.storage.protocol import Storage
from resources.storage.result_objects import ResultObjects
from resources.storage.results import Results

_CHECKOUT = Path(__file__).resolve().parents[2]
COPIES: Final = "copies"
"""The folder of the state in which copies of objects lie, where there is an object store."""

Kind = Literal["frames", "plans", "inputs"]
STORED: Final[tuple[Kind, ...]] = ("frames", "plans", "inputs")


@dataclass(frozen=True)
class Folders:
    """The places of one installation.

    Attributes:
        root: export paths in declarations start here.
        home: state of this machine: Dagster's own storage, and, without an object store, frames between stages, kept
            plans and their inputs.
        out: results, one folder per declaration, without an object store.
        objects: the address of the object store that keeps frames, plans, inputs and results; empty without one.
    """

    root: Path
    home: Path
    out: Path
    objects: str = ""

    @classmethod
    def from_environment(cls) -> "Folders":
        """`DAGSTER_HOME` and `TIEOUT_OUT`, or `.dagster` and `out` in the checkout; `TIEOUT_STORAGE`."""
        home = Path(os.environ.get("DAGSTER_HOME") or _CHECKOUT / ".dagster")
        out = Path(os.environ.get("TIEOUT_OUT") or _CHECKOUT / "out")
        return cls(_CHECKOUT, home.resolve(), out.resolve(), os.environ.get(STORAGE, "").strip())

    def bucket(self) -> Bucket | None:
        """The object store, if there is one.

        Raises:
            UserError: what the environment says of it cannot be used.
        """
        return bucket_of(self.objects) if self.objects else None

    def results(self, name: str) -> Path:
        """The folder of a declaration's results, without an object store."""
        return self.out / name

    def compared(self, name: str) -> Path:
        """The folder of what comparing a declaration with another one found, without an object store."""
        return self.out / _compared(name)

    def published(self, name: str) -> ResultStore:
        """The results of a declaration."""
        if bucket := self.bucket():
            return ResultObjects(name, bucket.below("results", name), self.home / COPIES / "results" / name)
        return Results(self.out / name)

    def published_comparison(self, name: str) -> ResultStore:
        """What comparing a declaration with another one found."""
        return self.published(_compared(name))

    def frames(self, name: str) -> Storage:
        """What keeps a declaration's frames between stages."""
        return self._storage("frames", name)

    def plans(self, name: str, accounts: str) -> Storage:
        """What keeps a declaration's plans for these accounts, each named by the hash of its content."""
        return self._storage("plans", name, accounts)

    def inputs(self, name: str, accounts: str) -> Storage:
        """What keeps the inputs of these plans, each named by the hash of its content."""
        return self._storage("inputs", name, accounts)

    def every(self, kind: Kind, name: str) -> Sequence[Storage]:
        """All storages of a kind of a declaration, whatever accounts they are of."""
        if kind == "frames":
            return [self.frames(name)]
        if bucket := self.bucket():
            accounts = bucket.below(kind, name).parts()
        else:
            accounts = sorted(path.name for path in (self.home / kind / name).glob("[!.]*") if path.is_dir())
        return [self._storage(kind, name, each) for each in accounts]

    def _storage(self, kind: Kind, *names: str) -> Storage:
        if bucket := self.bucket():
            return ObjectStorage(bucket.below(kind, *names), self.home.joinpath(COPIES, kind, *names))
        return LocalStorage(self.home.joinpath(kind, *names))


def _compared(name: str) -> str:
    return f"{name}-compared"
