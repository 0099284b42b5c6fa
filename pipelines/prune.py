"""`make prune`: remove what is older than `keep_inputs` and `keep` say, and say what went; the ledger stays.

Inputs go in every run, too, when it has made its plan. With DRY=1 it says what would go, and removes nothing.
"""

import argparse
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

import dagster as dg
from rich.console import Console
from rich.filesize import decimal
from rich.markup import escape

from assets.kept_inputs import old_inputs, prune_inputs
from assets.reconciliation import Reconciliation
from pipelines.exclusive_run import run_alone
from pipelines.kept_plans import opened, terminal
from pipelines.retention import (
    COMMAND,
    KINDS,
    NOTHING_OLD,
    Old,
    old_frames,
    old_history,
    old_plans,
    old_results,
    size_of,
    tidy_up,
)
from pipelines.run import at_terminal
from resources.storage.folders import Folders
from resources.traces import KEPT_DAYS, remove_traces


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; 0 when it is done, 1 when a sentence says why it could not be."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument("name", help="the declaration")
    parser.add_argument("--dry-run", action="store_true", help="say what would be removed, and remove nothing")
    options = parser.parse_args(arguments)
    folders, (console, errors) = Folders.from_environment(), terminal()
    act = _try if options.dry_run else _act
    return at_terminal(errors, folders, lambda: act(options.name, folders, console))


def _act(name: str, folders: Folders, console: Console) -> int:
    sync = opened(name, folders)
    with dg.DagsterInstance.get() as instance, run_alone(name, folders, instance, COMMAND):
        said = list(pruned(sync, instance))
    for sentence in said or [NOTHING_OLD]:
        console.print(escape(sentence))
    return 0


def _try(name: str, folders: Folders, console: Console) -> int:
    sync = opened(name, folders)
    with dg.DagsterInstance.get() as instance:
        said = list(would_be_pruned(sync, instance))
    for sentence in [*said, "Nothing was removed: this was a dry run."] if said else [NOTHING_OLD]:
        console.print(escape(sentence))
    return 0


def pruned(sync: Reconciliation, instance: dg.DagsterInstance, kinds: Collection[str] = KINDS) -> Iterator[str]:
    """Remove what is old of some kinds, and say in sentences what went."""
    if "inputs" in kinds:
        yield from prune_inputs(sync)
    for found in _old(sync, instance, kinds):
        if isinstance(found, Old):
            found.remove()
        yield found.gone if isinstance(found, Old) else found
    tidy_up(sync)
    remove_traces(sync.folders.home, KEPT_DAYS)


def would_be_pruned(
    sync: Reconciliation, instance: dg.DagsterInstance, kinds: Collection[str] = KINDS
) -> Iterator[str]:
    """Say in sentences what `pruned` would remove, and change nothing."""
    if "inputs" in kinds:
        said, names = old_inputs(sync)
        size = size_of(sync.kept_inputs.storage, names)
        if said:
            yield said + (f" ({decimal(size)})." if size is not None else ".")
    for found in _old(sync, instance, kinds):
        yield found.would_go if isinstance(found, Old) else found


def _old(sync: Reconciliation, instance: dg.DagsterInstance, kinds: Collection[str]) -> Iterator[Old | str]:
    """What is old of some kinds, inputs left aside; each is looked for when the one before it is dealt with."""
    from pipelines.jobs import build_jobs  # noqa: PLC0415 (late, like the definitions)

    now = sync.clock()
    jobs = [job.name for job in build_jobs(sync).jobs or ()]
    ways: Mapping[str, Callable[[], Iterable[Old | str]]] = {
        "frames": lambda: old_frames(sync, now),
        "results": lambda: old_results(sync, now),
        "plans": lambda: old_plans(sync, instance, now),
        "history": lambda: old_history(sync, instance, jobs),
    }
    for kind, found in ways.items():
        if kind in kinds:
            yield from found()


if __name__ == "__main__":
    sys.exit(main())
