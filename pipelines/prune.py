"""`make prune`: remove what is older than `keep_inputs` and `keep` say, and say what went; the ledger stays.

Inputs go in every run, too, when it has made its plan.
"""

import argparse
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

import dagster as dg
from rich.console import Console
from rich.markup import escape

from assets.kept_inputs import prune_inputs
from assets.reconciliation import Reconciliation
from pipelines.exclusive_run import run_alone
from pipelines.kept_plans import opened, terminal
from pipelines.retention import COMMAND, KINDS, prune_frames, prune_history, prune_plans, prune_results, tidy_up
from pipelines.run import at_terminal
from resources.storage.folders import Folders
from resources.traces import KEPT_DAYS, remove_traces


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; 0 when it is done, 1 when a sentence says why it could not be."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument("name", help="the declaration")
    options = parser.parse_args(arguments)
    folders, (console, errors) = Folders.from_environment(), terminal()
    return at_terminal(errors, folders, lambda: _act(options.name, folders, console))


def _act(name: str, folders: Folders, console: Console) -> int:
    sync = opened(name, folders)
    with dg.DagsterInstance.get() as instance, run_alone(name, folders, instance, COMMAND):
        said = list(pruned(sync, instance))
    days = sync.declaration.keep_inputs
    for sentence in said or [f"No plan of {name} has inputs that are older than {days} days."]:
        console.print(escape(sentence))
    return 0


def pruned(sync: Reconciliation, instance: dg.DagsterInstance, kinds: Collection[str] = KINDS) -> Iterator[str]:
    """Remove what is old of some kinds, and say in sentences what went."""
    from pipelines.jobs import build_jobs  # noqa: PLC0415 (late, like the definitions)

    now = sync.clock()
    jobs = [job.name for job in build_jobs(sync).jobs or ()]
    ways: Mapping[str, Callable[[], Iterable[str]]] = {
        "inputs": lambda: prune_inputs(sync),
        "frames": lambda: prune_frames(sync, now),
        "results": lambda: prune_results(sync, now),
        "plans": lambda: prune_plans(sync, instance, now),
        "history": lambda: prune_history(sync, instance, jobs),
    }
    for kind in KINDS:
        if kind in kinds:
            yield from ways[kind]()
    tidy_up(sync)
    remove_traces(sync.folders.home, KEPT_DAYS)


if __name__ == "__main__":
    sys.exit(main())
