"""What `make check` says of creating customers: a table of what would refuse them, before anything is approved."""

from collections.abc import Iterator
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assets.planning import preflight
from assets.planning.settings import PlanSettings
from assets.reconciliation import Reconciliation
from resources.netsuite_api.reading.reader import NetsuiteApiReader
from resources.stripe_api.reading.reader import StripeApiReader
from schemas.secrets import masked

_MARKS: Final = {"good": "[green]✓[/]", "refused": "[red]✗[/]", "some": "[yellow]![/]", "unknown": "[yellow]?[/]"}

_Row = tuple[str, str, str]


def creating_is_checked(sync: Reconciliation, console: Console) -> int:
    """Ask both sides about the customers that would be created, if any would; 1 if all of a kind would be refused."""
    settings = PlanSettings.of(sync.declaration)
    if settings.create is None or not isinstance(sync.netsuite, NetsuiteApiReader):
        return 0
    with sync.netsuite.test_client() as client:
        found = preflight.checked(client, settings.trials, settings.create, sync.declaration.creation.undo)
    if not found:
        console.print(f"[green]✓[/] {preflight.NOTHING_FOUND}", soft_wrap=True)
    rows = [*_of_payments(sync), *((each.weight, each.of, each.sentence) for each in found)]
    if not rows:
        return 0
    table = Table(title="creating customers (nothing was saved)", title_justify="left", box=None)
    for column in ("", "of", "what was found"):
        table.add_column(column, overflow="fold")
    for weight, of, sentence in rows:
        table.add_row(_MARKS[weight], escape(of), escape(masked(sentence)))
    console.print(table)
    return 1 if any(weight == "refused" for weight, _, _ in rows) else 0


def _of_payments(sync: Reconciliation) -> Iterator[_Row]:
    """A row for each list in which Stripe is to be asked who has transacted."""
    if not sync.declaration.asks_who_transacted or not isinstance(sync.stripe, StripeApiReader):
        return
    for kind, why_not in sync.stripe.test_payments().items():
        if why_not:
            yield "refused", f"Stripe {kind}s", f"{why_not} Without them nobody is known to have transacted."
        else:
            yield "good", f"Stripe {kind}s", "the key can read them, which shows who has transacted"
