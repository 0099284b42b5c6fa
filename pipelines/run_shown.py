"""What `make run` shows of a run that succeeded: how many customers have which outcome, and where the files are."""

from typing import Final

import polars as pl
from rich.console import Console
from rich.table import Table

from assets.report import wording
from resources.storage.folders import Folders
from schemas.errors import InternalError
from schemas.plan import CREATIONS_FILE
from schemas.words import OUTCOMES, many

_MATCHES: Final = "matches.csv"


def show_results(name: str, folders: Folders, console: Console, seconds: float) -> None:
    """Show the newest results of a declaration."""
    results = folders.published(name)
    newest = results.newest()  # one run's, whatever is published meanwhile
    files = newest.fetched([_MATCHES, CREATIONS_FILE]) if newest else {}
    if newest is None or _MATCHES not in files:
        raise InternalError(f"the run has left no {_MATCHES} in {results.place}.")
    counts = dict(pl.read_csv(files[_MATCHES], columns=["outcome"]).group_by("outcome").len().rows())
    table = Table(title=f"{name}: {many(sum(counts.values()), 'Stripe customer')}", title_justify="left", box=None)
    table.add_column("outcome", style="bold")
    table.add_column("customers", justify="right")
    table.add_column("which means", style="dim")
    for outcome in (each for each in OUTCOMES if each in counts or each != "global"):
        table.add_row(outcome, f"{counts.get(outcome, 0):,}", wording.OUTCOMES[outcome])
    console.print(table)
    if CREATIONS_FILE in files:
        new = pl.read_csv(files[CREATIONS_FILE], columns=["stripe_customer_id"]).height
        console.print(f"\nThe plan makes {many(new, 'new NetSuite customer')}: see {CREATIONS_FILE}.")
    console.print(f"\nResults in {results.place} ({seconds:.1f} s):", soft_wrap=True)
    for file in sorted(newest.names, key=lambda name: (name != "report.html", name)):
        console.print(f"  {file}")
