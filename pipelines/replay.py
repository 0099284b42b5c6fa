"""`make replay`: make a kept plan again from the inputs that were kept of it, and say whether it is identical.

Nothing is written. It ends with 0 only when the plan is identical, byte for byte.
"""

import argparse
import sys

from rich.console import Console
from rich.markup import escape

from assets.replay.inputs import making_of
from assets.replay.replay import Replayed, replay
from pipelines.kept_plans import opened, terminal
from pipelines.run import at_terminal
from resources.storage.folders import Folders
from schemas.words import many


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; 0 when the plan is identical, 1 when it is not or cannot be made again, and why."""
    parser = argparse.ArgumentParser(prog="make replay", description=__doc__)
    parser.add_argument("name", help="the declaration")
    parser.add_argument("plan", nargs="?", default="", help="the plan's hash or its beginning; default: the last plan")
    options = parser.parse_args(arguments)
    folders, (console, errors) = Folders.from_environment(), terminal()
    return at_terminal(errors, folders, lambda: _act(options, folders, console))


def _act(options: argparse.Namespace, folders: Folders, console: Console) -> int:
    sync = opened(options.name, folders)
    found = replay(sync, making_of(sync, options.plan))
    plan = f"plan {found.making.plan} of {found.making.made_at:%Y-%m-%d %H:%M} UTC"
    if not found.differences:
        console.print(f"[green]✓[/] identical: {plan}, {many(found.changes, 'change')}, made again from its inputs.")
        return 0
    console.print(f"[red]✗[/] differs: {plan}, made again from its inputs, which are what they were.")
    for sentence in said_of(found):
        console.print(f"  {escape(sentence)}.")
    return 1


def said_of(found: Replayed) -> list[str]:
    """What differs and why, as sentences without their full stops."""
    unknown = "Why is not known: version of the rules, Unicode and defaults are the same; this is an error in Tieout"
    return [*found.differences, *([f"Why: {'; '.join(found.reasons)}"] if found.reasons else [unknown])]


if __name__ == "__main__":
    sys.exit(main())
