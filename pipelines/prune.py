"""`make prune`: remove the inputs of plans that are older than `keep_inputs`, and say which cannot be replayed now.

Every run does so too, when it has made its plan. Plans, ledger and results stay.
"""

import argparse
import sys

from rich.console import Console
from rich.markup import escape

from assets.kept_inputs import prune_inputs
from pipelines.kept_plans import opened, terminal
from pipelines.run import at_terminal
from resources.storage.folders import Folders


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; 0 when it is done, 1 when a sentence says why it could not be."""
    parser = argparse.ArgumentParser(prog="make prune", description=__doc__)
    parser.add_argument("name", help="the declaration")
    options = parser.parse_args(arguments)
    folders, (console, errors) = Folders.from_environment(), terminal()
    return at_terminal(errors, folders, lambda: _act(options.name, folders, console))


def _act(name: str, folders: Folders, console: Console) -> int:
    sync = opened(name, folders)
    days = sync.declaration.keep_inputs
    for sentence in prune_inputs(sync) or [f"No plan of {name} has inputs that are older than {days} days."]:
        console.print(escape(sentence))
    return 0


if __name__ == "__main__":
    sys.exit(main())
