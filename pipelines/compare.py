"""`make compare`: who would be linked otherwise by a second declaration, on the inputs of a plan.

The first declaration is the plan's own, as it was then. The second is a file, that of another plan, or what NAME says
today. Nothing is planned, and nothing is written but the comparison.
"""

import argparse
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assets.reconciliation import Reconciliation
from assets.replay.compare import CHANGES, counts, differences, linked_by
from assets.replay.inputs import inputs_of, making_of
from assets.replay.second_inputs import frames_for
from assets.report.comparison_page import Compared, render_comparison
from pipelines.declarations import read_file
from pipelines.kept_plans import opened, terminal, told_on
from pipelines.run import at_terminal
from resources.storage.csv import write_for_people
from resources.storage.folders import Folders
from resources.storage.generations import MadeBy, ResultStore
from resources.storage.kept_inputs import Making
from schemas.declaration import Declaration
from schemas.errors import UserError
from schemas.words import many, shortened

FILE: Final = "comparison.csv"
PAGE: Final = "comparison.html"
FILES: Final = (".yaml", ".yml")


@dataclass(frozen=True)
class _Second:
    """The second declaration: what it is called, what it says, and how it reads, where it can."""

    label: str
    declaration: Declaration
    reading: Reconciliation | None = None


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; 0 when both were compared, 1 when a sentence says why they cannot be."""
    parser = argparse.ArgumentParser(prog="make compare", description=__doc__)
    parser.add_argument("name", help="the declaration")
    parser.add_argument("--with", dest="second", default="", help="a file with a declaration, or the hash of a plan")
    parser.add_argument("--plan", default="", help="the plan on whose inputs both are tried; default: the last")
    options = parser.parse_args(arguments)
    folders, (console, errors) = Folders.from_environment(), terminal()
    return at_terminal(errors, folders, lambda: _act(options, folders, console, errors))


def _act(options: argparse.Namespace, folders: Folders, console: Console, errors: Console) -> int:
    found = compare(opened(options.name, folders), options.second, options.plan, told_on(errors))
    _show(found.compared, found.rows, console)
    console.print(f"\n{many(found.rows.height, 'customer')}, with both reasons: {found.table}, and {PAGE} beside it.")
    return 0


@dataclass(frozen=True)
class Comparison:
    """What came of it.

    Attributes:
        compared: what was compared with what.
        rows: `assets.replay.compare.differences`.
        table: where the table is.
        page: where the page is.
    """

    compared: Compared
    rows: pl.DataFrame
    table: str
    page: str

    def counts(self) -> dict[str, int]:
        """How many customers there are of each change."""
        return counts(self.rows)


def compare(sync: Reconciliation, second: str, plan: str, on_progress: Callable[[str], None]) -> Comparison:
    """Compare what two declarations say of the inputs of a plan, and leave it as a table and a page.

    Args:
        sync: of the first declaration, which is the plan's own.
        second: a file with the second one, or the hash of a plan whose it is; empty: what the first one says today.
        plan: the hash of the plan, or its beginning; empty: the last.
        on_progress: is told what is read again.

    Raises:
        UserError: they cannot be compared.
        DamageError: the inputs are no longer what they were.
    """
    folders, making = sync.folders, making_of(sync, plan)
    kept = inputs_of(sync.kept_inputs, making, making.matching)
    planning = inputs_of(sync.kept_inputs, making, making.planning)
    kept = replace(
        kept, frames={**planning.frames, **kept.frames}
    )  # what goes to Stripe is looked at for the plan only
    other = _second(sync, folders, second)
    frames = frames_for(kept, other.label, other.declaration, other.reading, on_progress)
    before = linked_by(kept.declaration, kept.frames, kept.overrides)
    after = linked_by(other.declaration, frames, kept.overrides)
    rows = differences(before, after, kept.stripe)
    compared = _compared(sync.name, making, other.label, before.select(pl.len()).collect().item())
    results = _publish(compared, rows, folders)
    return Comparison(compared, rows, results.address(FILE), results.address(PAGE))


def _second(sync: Reconciliation, folders: Folders, second: str) -> _Second:
    """What is named as the second declaration; by default what the first one says today.

    Raises:
        UserError: it is none, or of other accounts.
    """
    if not second:
        return _Second(f"the declaration {sync.name} of today", sync.declaration, sync)
    path = Path(second).expanduser()
    if not second.endswith(FILES) and path.exists():
        raise UserError(f"{second} is no declaration, and no hash of a plan; name the defs.yaml of one.")
    if not second.endswith(FILES):
        making = making_of(sync, second)
        declaration = inputs_of(sync.kept_inputs, making, making.matching).declaration
        return _Second(f"the declaration of plan {shortened(making.plan)}", declaration, _opened(declaration, folders))
    located = read_file(path)
    reading = _opened(located.declaration, folders, located.unset)
    if reading.accounts != sync.accounts:
        raise UserError(
            f"{second} names other accounts than {sync.name}, or another Stripe-id field in them: two declarations can "
            "differ in anything but that."
        )
    return _Second(second, located.declaration, reading)


_ALL_SET: Final[Mapping[str, str]] = {}


def _opened(declaration: Declaration, folders: Folders, unset: Mapping[str, str] = _ALL_SET) -> Reconciliation:
    from pipelines.customer_sync import reconciliation  # noqa: PLC0415 (late, like the definitions)

    return reconciliation(declaration, folders, unset)


def _compared(name: str, making: Making, second: str, customers: int) -> Compared:
    made_at = f"{making.made_at:%Y-%m-%d %H:%M}"
    first = f"the declaration of plan {shortened(making.plan)}"
    return Compared(name, making.plan, made_at, first, second, customers)


def _publish(compared: Compared, rows: pl.DataFrame, folders: Folders) -> ResultStore:
    """Put the comparison into a folder of its own, beside the results, which no declaration can be called."""
    page = render_comparison(compared, rows, counts(rows), CHANGES)
    results = folders.published_comparison(compared.name)
    writers: dict[str, Callable[[Path], None]] = {
        FILE: partial(write_for_people, rows),
        PAGE: lambda path: _write(page, path),
    }
    results.publish(writers, MadeBy.now("compare", compared.plan))
    return results


def _show(compared: Compared, rows: pl.DataFrame, console: Console) -> None:
    console.print(
        f"[bold]{compared.name}[/], on the inputs of plan {shortened(compared.plan)} of {compared.made_at} UTC\n"
        f"  before: {escape(compared.before)}\n  after:  {escape(compared.after)}"
    )
    table = Table(box=None, show_header=False)
    table.add_column(justify="right")
    table.add_column()
    for change, count in counts(rows).items():
        table.add_row(f"{count:,}", CHANGES[change])
    table.add_row(f"{compared.customers - rows.height:,}", "decided the same")
    console.print(table)


def _write(text: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
