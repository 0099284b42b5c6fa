"""A world at a moment, for the tests of a file that begin alike: each gets it as it was then, for a few milliseconds.

What can be put back is all that a test may disturb through its site: the files of the installation, under their paths;
Dagster's memory; the records and customers, with the logs, the faults and the idempotency keys of who serves them.
"""

import copy
import shutil
from collections.abc import Mapping
from dataclasses import replace

from pipelines.customer_sync import reconciliation
from sandbox.netsuite_standin import World
from sandbox.stripe_standin import Book
from tests.memory import kept
from tests.pipelines.api_world import Site

_OF_THE_PROCESS = {"lock", "clock", "now", "_numbers"}
"""What is no state: locks, clocks, and a count that may only go on."""


class Checkpoint:
    """A site as it is when this is made."""

    def __init__(self, at: Site) -> None:
        """Keep it. The site has to be one of its own, which only this gives out from now on."""
        self._at = at
        self._root = at.sync.folders.root
        self._files = self._root.with_name(f"{self._root.name}.kept")
        shutil.copytree(self._root, self._files, symlinks=True)
        self._keys, self._books = dict(at.world.keys), dict(at.world._books)
        changing: list[World | Book] = [at.netsuite, *at.world.books()]
        self._states = [(each, _state(each)) for each in changing]
        self._put_memory_back = kept(at.instance)

    def restored(self) -> Site:
        """The site, with everything as it was."""
        at = self._at
        shutil.rmtree(self._root)
        shutil.copytree(self._files, self._root, symlinks=True)
        at.world.keys, at.world._books = dict(self._keys), dict(self._books)
        for each, state in self._states:
            vars(each).update(copy.deepcopy(state))
        at.service.clear()
        at.service.forget_keys()
        self._put_memory_back()
        return replace(at, sync=reconciliation(at.sync.declaration, at.sync.folders))


def _state(of: World | Book) -> Mapping[str, object]:
    return copy.deepcopy({name: value for name, value in vars(of).items() if name not in _OF_THE_PROCESS})
