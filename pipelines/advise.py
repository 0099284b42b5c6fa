"""`make advise`: which fields to compare. What a rule on every pair of fields would link, and the rules to declare.

It reads both sides anew, with every field that they have; nothing is matched, planned or written outside.
"""

import argparse
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assets.advice.advice import Advice, advise, is_plain_pair
from assets.matching.customer_matches import match_settings
from assets.reconciliation import Reconciliation
from assets.report.advice_page import LABELS, NONE_FIT, NOT_COMPARED, render_advice
from pipelines.every_field import with_every_field
from pipelines.init.declaration_text import quoted
from pipelines.kept_plans import opened_with, told_on
from pipelines.run import at_terminal
from resources.readers import OnProgress
from resources.storage.csv import write_for_people
from resources.storage.folders import Folders
from resources.storage.generations import MadeBy
from schemas.words import many

FILE: Final = "advice.csv"
PAGE: Final = "advice.html"
_ROWS_SHOWN: Final = 30


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; 0 when there is advice, 1 when a sentence says why there is none."""
    parser = argparse.ArgumentParser(prog="make advise", description=__doc__)
    parser.add_argument("name", nargs="?", default="example", help="the declaration")
    options = parser.parse_args(arguments)
    console, folders = Console(highlight=False), Folders.from_environment()
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    return at_terminal(errors, folders, lambda: _act(options.name, folders, console, errors))


def advice_for(sync: Reconciliation, on_progress: OnProgress) -> tuple[Advice, Mapping[str, str]]:
    """Read both sides with every field that they have, and say which to compare.

    Returns:
        The advice, and of each NetSuite name that is not declared the label of its column.
    """
    every = with_every_field(sync)
    first, until = sync.declaration.stripe.first_month, _after(sync.clock())
    stripe = every.stripe.customers(first, until, None, on_progress).frame
    netsuite = every.netsuite.customers(None, on_progress).frame
    overrides = sync.overrides().lazy()
    return advise(stripe, netsuite, overrides, match_settings(sync.declaration)), every.undeclared


def _act(name: str, folders: Folders, console: Console, errors: Console) -> int:
    sync, loaded = opened_with(name, folders)
    advice, undeclared = advice_for(sync, told_on(errors))
    table = advice.table.with_columns(
        label=pl.col("netsuite").replace_strict(
            {**sync.declaration.netsuite_fields, **undeclared}, default=None, return_dtype=pl.String
        )
    )
    results = folders.published(name)
    apart = [str(rule) for rule in match_settings(sync.declaration).rules if not is_plain_pair(rule)]
    page = render_advice(name, advice, apart)
    writers: dict[str, Callable[[Path], None]] = {
        FILE: partial(write_for_people, table),
        PAGE: lambda path: _write(page, path),
    }
    results.publish(writers, MadeBy.now("advise", ""))
    _show(name, advice, undeclared, console)
    if advice.rules:
        console.print(f"\n{_where(name, loaded.declared.named(name).file, folders.root)}", soft_wrap=True)
    if apart:
        console.print(f"\n{NOT_COMPARED} {escape('; '.join(apart))}.", soft_wrap=True)
    console.print(
        f"\nIn {results.address(FILE)}, and in {PAGE} beside it: {many(table.height, 'pair')}.", soft_wrap=True
    )
    return 0


def _after(now: datetime) -> datetime:
    """The first moment of the next month, as the months of a reconciliation end."""
    first = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)


def _show(name: str, advice: Advice, undeclared: Mapping[str, str], console: Console) -> None:
    title = f"{name}: {many(advice.customers, 'Stripe customer')}, {advice.linked:,} of them linked already"
    table = Table(title=title, title_justify="left", box=None)
    for column in LABELS:
        table.add_column(column.lower(), justify="left" if column in {"Stripe", "NetSuite"} else "right")
    for row in advice.table.head(_ROWS_SHOWN).iter_rows():
        table.add_row(
            *("" if value is None else f"{value:,}" if isinstance(value, int) else escape(value) for value in row)
        )
    console.print(table)
    if not advice.rules:
        console.print(f"\n{NONE_FIT}", soft_wrap=True)
        return
    console.print("\nRecommended, in this order; each line says what it adds to those before it:")
    for each in advice.rules:
        stripe = each.stripe if each.stripe.replace(".", "").replace("_", "").isalnum() else quoted(each.stripe)
        said = f"{many(each.links, 'customer')}, {each.ambiguous:,} ambiguous"
        console.print(f"    - {{stripe: {escape(stripe)}, netsuite: {each.netsuite}}} # {said}", soft_wrap=True)
    if needed := {each.netsuite for each in advice.rules} & undeclared.keys():
        console.print("\nThey need, under netsuite_fields:")
        for field in sorted(needed):
            console.print(f"    {field}: {escape(quoted(undeclared[field]))}", soft_wrap=True)


def _where(name: str, file: Path, root: Path) -> str:
    """Where the recommended rules go, and what follows."""
    shown = file.relative_to(root) if file.is_relative_to(root) else file
    return (
        f"The recommended lines go under rules: in {escape(str(shown))}, in place of those that are there; then "
        f"make run NAME={name}."
    )


def _write(text: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
