"""`make doctor`: look at everything that a declaration needs; one table of what is fine and what to do."""

import argparse
import logging
import sys
from collections.abc import Iterable
from typing import Final

import dagster as dg
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipelines.doctor import alerts, broker, machine, services
from pipelines.doctor.finding import Finding, Weight
from pipelines.kept_plans import opened_with
from pipelines.run import at_terminal
from resources.storage.folders import Folders
from schemas.secrets import masked

_MARKS: Final[dict[Weight, str]] = {"good": "[green]✓[/]", "todo": "[red]✗[/]", "note": "[yellow]![/]"}


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; 0 when nothing must be done, 1 when something must."""
    parser = argparse.ArgumentParser(prog="make doctor", description=__doc__)
    parser.add_argument("name", help="the declaration")
    parser.add_argument("--send", action="store_true", help="send a test message to whom `notify` names")
    options = parser.parse_args(arguments)
    console, folders = Console(highlight=False), Folders.from_environment()
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    return at_terminal(errors, folders, lambda: _act(options, folders, console))


def _act(options: argparse.Namespace, folders: Folders, console: Console) -> int:
    sync, loaded = opened_with(options.name, folders)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    from pipelines.creating_check import creating_is_checked  # noqa: PLC0415 (late, like the definitions)
    from pipelines.portal_check import portal_is_checked  # noqa: PLC0415 (as above)

    unset = loaded.declared.named(options.name).unset
    with dg.DagsterInstance.get() as instance:
        found = [
            *services.variables(unset),
            *services.sides(sync),
            *services.clocks(sync),
            *machine.storage(folders),
            *machine.objects(folders, sync.name),
            *machine.memory(sync.memory),
            *machine.ledger(folders),
            *broker.broker(),
            *alerts.alerts(sync, send=options.send),
            *alerts.automation(sync, instance, loaded.definitions),
        ]
    show(options.name, found, console)
    ended = 1 if any(each.weight == "todo" for each in found) else 0
    if any(each.weight == "todo" and each.of in {"Stripe", "NetSuite"} for each in found):
        return ended  # who cannot be asked has nothing to say on portal and new customers either
    return max(ended, portal_is_checked(sync, console), creating_is_checked(sync, console))


def show(name: str, found: Iterable[Finding], console: Console) -> None:
    """One row for each finding."""
    table = Table(title=f"{name}: what it needs", title_justify="left", box=None)
    for column in ("", "of", "what was found"):
        table.add_column(column, overflow="fold")
    for each in found:
        table.add_row(_MARKS[each.weight], escape(each.of), escape(masked(each.sentence, each.names)))
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
