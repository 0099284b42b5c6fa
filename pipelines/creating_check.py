"""What `make check` says of creating customers: a table of what would refuse them, before anything is approved."""

from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assets.planning import preflight
from assets.planning.settings import PlanSettings
from assets.reconciliation import Reconciliation
from resources.netsuite_api.reading.reader import NetsuiteApiReader
from schemas.secrets import masked

_MARKS: Final = {"refused": "[red]✗[/]", "some": "[yellow]![/]", "unknown": "[yellow]?[/]"}


def creating_is_checked(sync: Reconciliation, console: Console) -> int:
    """Ask NetSuite about the customers that would be created, if any would; 1 if all of a kind would be refused."""
    settings = PlanSettings.of(sync.declaration)
    if settings.create is None or not isinstance(sync.netsuite, NetsuiteApiReader):
        return 0
    with sync.netsuite.test_client() as client:
        found = preflight.checked(client, settings.trials, settings.create, sync.declaration.creation.undo)
    if not found:
        console.print(f"[green]✓[/] {preflight.NOTHING_FOUND}", soft_wrap=True)
        return 0
    table = Table(title="creating customers (nothing was saved)", title_justify="left", box=None)
    for column in ("", "of", "what was found"):
        table.add_column(column, overflow="fold")
    for finding in found:
        table.add_row(_MARKS[finding.weight], escape(finding.of), escape(masked(finding.sentence)))
    console.print(table)
    return 1 if any(finding.weight == "refused" for finding in found) else 0
