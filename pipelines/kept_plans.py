"""What commands about one declaration share: it is opened at a terminal, which is told how far they are."""

from rich.console import Console
from rich.markup import escape

from assets.reconciliation import Reconciliation
from pipelines.home import prepare_home
from resources.readers import OnProgress
from resources.storage.folders import Folders


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
    prepare_home(folders)
    from pipelines.customer_sync import reconciliation  # noqa: PLC0415 (late, like the definitions)
    from pipelines.installed import load_installed  # noqa: PLC0415 (it takes longest, and looks for what was prepared)

    located = load_installed(folders, name).declared.named(name)
    return reconciliation(located.declaration, folders, located.unset)
