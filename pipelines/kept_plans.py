"""What commands about one declaration share: it is opened at a terminal, which is told how far they are."""

from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from assets.reconciliation import Reconciliation
from pipelines.home import prepare_home
from resources.readers import OnProgress
from resources.storage.folders import Folders

if TYPE_CHECKING:
    from pipelines.loading import Loaded


def terminal() -> tuple[Console, Console]:
    """Where results go, and where everything else does."""
    return Console(highlight=False, soft_wrap=True), Console(stderr=True, highlight=False, soft_wrap=True)


def told_on(errors: Console) -> OnProgress:
    """Says on the terminal how far a command is."""

    def on_progress(said: str) -> None:
        errors.print(f"[dim]{escape(said)}[/]")

    return on_progress


def opened(name: str, folders: Folders) -> Reconciliation:
    """The reconciliation of a declaration.

    Raises:
        UserError: there is none of this name.
    """
    return opened_with(name, folders)[0]


def opened_with(name: str, folders: Folders) -> "tuple[Reconciliation, Loaded]":
    """The same, and what was loaded for it, to which the definitions of this declaration belong."""
    prepare_home(folders)
    from pipelines.customer_sync import reconciliation  # noqa: PLC0415 (late, like the definitions)
    from pipelines.installed import load_installed  # noqa: PLC0415 (it takes longest, and looks for what was prepared)

    loaded = load_installed(folders, name)
    located = loaded.declared.named(name)
    return reconciliation(located.declaration, folders, located.unset), loaded
