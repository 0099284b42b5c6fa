"""`make into-store`: put what a declaration has kept on this machine so far into the object store of the installation.

Without its plans nothing that was written before could be undone. Frames stay behind, as the next run makes them anew.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from pipelines.exclusive_run import run_alone
from pipelines.kept_plans import opened, terminal
from pipelines.run import at_terminal
from resources.storage.bucket import STORAGE
from resources.storage.folders import Folders
from resources.storage.generations import MadeBy
from resources.storage.local import LocalStorage
from resources.storage.protocol import Storage
from resources.storage.results import Results
from schemas.errors import UserError

COMMAND = "make into-store"


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; 0 when all is there, 1 when a sentence says why not."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument("name", help="the declaration")
    options = parser.parse_args(arguments)
    folders, (console, errors) = Folders.from_environment(), terminal()
    return at_terminal(errors, folders, lambda: _act(options.name, folders, console))


def _act(name: str, folders: Folders, console: Console) -> int:
    import dagster as dg  # noqa: PLC0415 (late, like the definitions)

    opened(name, folders)
    if not folders.objects:
        raise UserError(f"{STORAGE} is not set: set it to the address of the object store, then start again.")
    with dg.DagsterInstance.get() as instance, run_alone(name, folders, instance, COMMAND) as run:
        moved = put_there(name, folders, run)
    console.print(f"{moved:,} plans, inputs and results of {name} are in {escape(folders.objects)} now.")
    return 0


def put_there(name: str, folders: Folders, run: str) -> int:
    """Put plans, inputs and the last results into the store; plans and inputs are then gone from here."""
    moved = 0
    for here, there in _storages(name, folders):
        files = here.fetched(here.names())
        there.share(files)
        here.remove(set(files) & set(there.names()))
        moved += len(files)
    if newest := Results(folders.results(name)).newest():
        files = newest.fetched(newest.files)
        writers = {each: partial(_copy, path) for each, path in files.items()}
        folders.published(name).publish(writers, MadeBy.now(run, ""))
        moved += len(files)
    return moved


def kept_here(folders: Folders, name: str) -> int:
    """How many plans and inputs of a declaration lie on this machine."""
    return sum(len(here.names()) for here, _ in _storages(name, folders))


def _storages(name: str, folders: Folders) -> Iterator[tuple[Storage, Storage]]:
    """Each storage of plans and of inputs on this machine, with the one in the store."""
    local = replace(folders, objects="")
    for storage in local.every("plans", name):
        assert isinstance(storage, LocalStorage)
        yield storage, folders.plans(name, storage.folder.name)
    for storage in local.every("inputs", name):
        assert isinstance(storage, LocalStorage)
        yield storage, folders.inputs(name, storage.folder.name)


def _copy(source: Path, path: Path) -> None:
    path.write_bytes(source.read_bytes())


if __name__ == "__main__":
    sys.exit(main())
