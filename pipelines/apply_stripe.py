"""`make apply-stripe`: set the metadata that a file of updates names, for declarations that read an export file.

It looks first, writes what is not there yet, and ends in a table of outcomes; a second start changes nothing.
"""

import argparse
import getpass
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Final
from uuid import uuid4

import dagster as dg
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assets.write_back.outcomes import OUTCOMES
from assets.write_back.request import signature
from assets.write_back.stripe_file import API_KEY, Applied, Start, apply_file, writing_account
from pipelines.kept_plans import opened, told_on
from pipelines.run import at_terminal
from resources.exports.stripe_updates import read_stripe_updates
from resources.storage.folders import Folders
from schemas.errors import UserError
from schemas.words import many


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; 0 when all stands as the file says, 1 when something does not, and why."""
    parser = argparse.ArgumentParser(prog="make apply-stripe", description=__doc__)
    parser.add_argument("name", help="the declaration")
    parser.add_argument("file", help="stripe_updates.csv, or a part of it")
    parser.add_argument("--who", default="", help="your name, which is kept; default: that of your login")
    parser.add_argument("--undo", action="store_true", help="take back what was written by this file")
    options = parser.parse_args(arguments)
    console, folders = Console(highlight=False), Folders.from_environment()
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    return at_terminal(errors, folders, lambda: _act(options, folders, console, errors))


def _act(options: argparse.Namespace, folders: Folders, console: Console, errors: Console) -> int:
    if not options.file:
        raise UserError(
            f"Say which file: make apply-stripe NAME={options.name} FILE=out/{options.name}/stripe_updates.csv."
        )
    who = signature(options.who or _login())
    updates = read_stripe_updates(Path(options.file))
    sync = opened(options.name, folders)
    account = writing_account(sync, os.environ.get(API_KEY))
    if updates.rows.is_empty():
        console.print(f"{escape(options.file)} has no rows: there is nothing to set in Stripe.")
        return 0
    direction: Final = "undo" if options.undo else "apply"
    with dg.DagsterInstance.get() as instance:
        applied = apply_file(sync, instance, updates, account, Start(str(uuid4()), direction, who), told_on(errors))
    _show(applied, updates.rows.height, console)
    console.print(f"\nThe outcome of each change is in {sync.results.address(OUTCOMES)}.")
    return 0 if applied.standing.total() == applied.standing[_DONE[direction]] + applied.standing["already"] else 1


def _login() -> str:
    """The name under which whoever starts this is logged in."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in a container
        return "make apply-stripe"


_DONE: Final = {"apply": "applied", "undo": "undone"}


def _show(applied: Applied, rows: int, console: Console) -> None:
    table = Table(title=f"plan {applied.plan}: {many(rows, 'Stripe customer')}", title_justify="left", box=None)
    table.add_column("outcome", style="bold")
    table.add_column("now", justify="right")
    table.add_column("all starts", justify="right")
    table.add_column("which means", style="dim")
    all_starts = applied.standing + Counter({"not tried": rows - applied.standing.total()})
    for outcome, means in _MEANS.items():
        if applied.done[outcome] or all_starts[outcome]:
            table.add_row(outcome, f"{applied.done[outcome]:,}", f"{all_starts[outcome]:,}", means)
    console.print(table)


_MEANS: Final = {
    "applied": "written by us",
    "already": "the value was there, set by somebody else",
    "conflict": "another value is there, and stays",
    "failed": "refused by Stripe; outcomes.csv says why",
    "intended": "nobody knows yet; start again",
    "stopped": "the start was stopped before; start again",
    "undone": "taken back",
    "not tried": "nothing was done",
}


if __name__ == "__main__":
    sys.exit(main())
