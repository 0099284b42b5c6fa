"""What `make check` says of the customer portal: whether its links can be made, or what a person has to do first."""

from rich.console import Console
from rich.markup import escape

from assets.planning.portal_asset import portal_sentence
from assets.reconciliation import Reconciliation
from schemas.errors import UserError
from schemas.secrets import masked


def portal_is_checked(sync: Reconciliation, console: Console) -> int:
    """Ask Stripe, and NetSuite where its Suitelet is used, if portal links are kept; 1 if none can be made."""
    terms = sync.declaration.portal
    if terms is None:
        return 0
    try:
        console.print(f"[green]✓[/] {escape(masked(portal_sentence(sync, terms)))}", soft_wrap=True)
    except UserError as error:
        console.print(f"[red]✗[/] {escape(masked(str(error)))}", soft_wrap=True)
        return 1
    return 0
