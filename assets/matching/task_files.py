"""Where the tasks of matching put what they make: beside the frames, which all machines reach, until it was read.

It holds keys of customers, as the frames hold what they are made of. What a run has left that was killed goes when the
declaration is matched next, or pruned.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import orjson
import polars as pl
from pydantic import BaseModel, ValidationError

from assets.code_version import code_version
from resources.storage.kept_inputs import hash_of_text
from resources.storage.protocol import Storage

BlockOf = Literal["customers", "records"]
"""The sides of whose rows there are blocks."""
_ROOM: Final = "matching/"
_PLAN: Final = "tasks.json"
_TEXTS: Final = ("", "a", "Acme GmbH", "ap@acme.example", "x" * 33, "y" * 150, "z" * 300)


class TaskPlan(BaseModel, frozen=True):
    """What is handed out.

    Attributes:
        key: of the step (`assets.steps`): what it looked at when it was handed out.
        frames: the contents of both sides, as hashes, of each that a task reads.
        machine: `this_machine` of who handed it out.
        rows: of each side.
        count: of buckets.
        need: the bytes that matching needs at once, by what for.
    """

    key: str
    frames: dict[BlockOf, str]
    machine: str
    rows: dict[BlockOf, int]
    count: int
    need: dict[str, int]


@dataclass(frozen=True)
class TaskFiles:
    """The files of one run's tasks, by names without slashes.

    Attributes:
        storage: where frames are.
        run: the run, or the first of those that go on where one has failed.
    """

    storage: Storage
    run: str

    def begin(self, plan: TaskPlan) -> None:
        """Put down what is handed out; what an earlier try has made is gone."""
        self.remove()
        with self.written([_PLAN]) as [fresh]:
            fresh.write_text(plan.model_dump_json(), "utf-8")

    @property
    def plan(self) -> TaskPlan | None:
        """What is handed out; None where nothing is."""
        found = self.read([_PLAN])
        try:
            return None if found is None else TaskPlan.model_validate_json(found[_PLAN].read_bytes())
        except (OSError, ValidationError):
            return None

    def written(self, names: Sequence[str]) -> AbstractContextManager[list[Path]]:
        """Give an empty file for each name; all are in place when the body has ended."""
        return self.storage.replaced([self._prefix + name for name in names])

    def read(self, names: Collection[str]) -> Mapping[str, Path] | None:
        """The files of these names; None where one of them is not there."""
        found = self.storage.fetched([self._prefix + name for name in names])
        return {name: found[self._prefix + name] for name in names} if len(found) == len(names) else None

    def remove(self) -> None:
        """Give the room back."""
        _remove(self.storage, self._prefix)

    @property
    def _prefix(self) -> str:
        return f"{_ROOM}{self.run}."


def remove_left(storage: Storage, has_ended: Callable[[str], bool]) -> None:
    """Remove what runs have left that were killed, or have failed.

    Args:
        storage: where frames are.
        has_ended: whether a run has, by its id.
    """
    runs = {name.removeprefix(_ROOM).partition(".")[0] for name in storage.names(_ROOM)}
    for run in sorted(run for run in runs if has_ended(run)):
        _remove(storage, f"{_ROOM}{run}.")


def this_machine() -> str:
    """What must be the same wherever a task is done: the code, and the hash of a key, by which keys meet."""
    hashes = pl.Series(_TEXTS).hash().to_list()
    return hash_of_text(orjson.dumps([code_version(), *map(str, hashes)]))


def _remove(storage: Storage, prefix: str) -> None:
    if names := storage.names(prefix):
        storage.remove(names)
