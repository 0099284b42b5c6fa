"""`make results`: put results that an object store keeps into `out/<name>` of this machine, where people open them."""

import argparse
import sys

from rich.console import Console
from rich.markup import escape

from pipelines.kept_plans import opened, terminal
from pipelines.run import at_terminal
from resources.storage.bucket import STORAGE
from resources.storage.folders import Folders
from resources.storage.results import Results
from schemas.errors import UserError

_DIGITS = 8


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; 0 when they are there, 1 when a sentence says why not."""
    parser = argparse.ArgumentParser(prog="make results", description=__doc__)
    parser.add_argument("name", help="the declaration")
    parser.add_argument("--run", default="", help="the run's id, or its beginning; default: the last results")
    options = parser.parse_args(arguments)
    folders, (console, errors) = Folders.from_environment(), terminal()
    return at_terminal(errors, folders, lambda: _act(options.name, options.run.strip(), folders, console))


def _act(name: str, run: str, folders: Folders, console: Console) -> int:
    results = opened(name, folders).results
    if not folders.objects:
        raise UserError(f"{STORAGE} is not set, so that the results of {name} are in {results.place} already.")
    kept = results.generations()
    found = [generation for generation in kept if generation.run.startswith(run)]
    if not found:
        of_runs = ", ".join(sorted({generation.run[:_DIGITS] for generation in kept})) or "none"
        raise UserError(
            f"There are no such results of {name} in {results.place}; kept are those of the runs: {of_runs}."
        )
    target = folders.results(f"{name}-{found[-1].run[:_DIGITS]}" if run else name)
    Results(target).mirror(found[-1])
    console.print(f"The results of {name} by run {escape(found[-1].run)} are in {escape(str(target))}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
