"""`make init`: write a declaration from two export files, or from two accounts, and say what was taken for what.

It never overwrites one. What only a person can say is asked at a terminal, and otherwise a line in the file.
"""

import argparse
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, get_args

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipelines.home import prepare_home
from pipelines.init.questions import at_a_terminal
from pipelines.init.stripe_file import OF_STRIPE
from pipelines.init.two_files import Said
from pipelines.init.written import Written, from_accounts, from_files, place_for
from pipelines.run import at_terminal
from resources.storage.folders import Folders
from schemas.declaration.rules import LABELLED_FIELDS, has_label
from schemas.errors import UserError
from schemas.words import DateForm

_FIELD: Final = re.compile(r"[a-z][a-z0-9_]*")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; 0 when the declaration is written, 1 when a sentence says why it is not."""
    parser = argparse.ArgumentParser(prog="make init", description=__doc__)
    parser.add_argument("name", help="of the declaration: lower-case letters, digits, underscores")
    parser.add_argument("--stripe", default="", help="the customer export of Stripe")
    parser.add_argument("--netsuite", default="", help="the saved search of NetSuite, as it was exported")
    parser.add_argument("--api", action="store_true", help="ask both accounts, with the keys in the environment")
    parser.add_argument(
        "--columns", default="", help="which column is which field: 'internal_id=Kunden-ID, stripe.name=Firma'"
    )
    parser.add_argument("--encoding", default="", help="of a file that is not UTF-8, as cp1252")
    parser.add_argument(
        "--dates", default="", help="day_first, month_first, year_first or epoch, where dates leave it open"
    )
    options = parser.parse_args(arguments)
    console, folders = Console(highlight=False), Folders.from_environment()
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    return at_terminal(errors, folders, lambda: _act(options, folders, console))


def _act(options: argparse.Namespace, folders: Folders, console: Console) -> int:
    if not options.name:
        raise UserError(f"Say a name of your choice and which files: {_typed(options)}.")
    place = place_for(options.name, folders.root)
    prepare_home(folders)
    columns = _columns(options.columns)
    if options.api:
        written = from_accounts(options.name, place, folders, columns)
    elif not (options.stripe and options.netsuite):
        raise UserError(f"Say which files: {_typed(options)}.")
    else:
        said = Said(options.stripe, options.netsuite, columns, options.encoding or None, _dates(options.dates))
        written = from_files(options.name, place, folders, said, at_a_terminal(console))
    _show(options.name, written, folders.root, console)
    return 0


def _typed(options: argparse.Namespace) -> str:
    """What has to be typed, with what was given already."""
    name, stripe = options.name or "acme", options.stripe or "exports/stripe.csv"
    by_files = f"make init NAME={name} STRIPE={stripe} NETSUITE={options.netsuite or 'exports/netsuite.csv'}"
    return f"{by_files}; or make init NAME={name} API=1, for the accounts whose keys are in the environment"


def _columns(text: str) -> Mapping[str, str]:
    pairs = [pair.partition("=") for pair in text.split(",") if pair.strip()]
    if wrong := [name for name, equals, label in pairs if not (equals and name.strip() and label.strip())]:
        raise UserError(f"COLUMNS has {wrong[0].strip()!r}; write it as COLUMNS='internal_id=Kunden-ID, email=Mail'.")
    said = [(name.strip(), label.strip()) for name, _, label in pairs]
    for name, _ in said:
        if name.startswith(OF_STRIPE):
            if not has_label(name.removeprefix(OF_STRIPE)):
                raise UserError(f"COLUMNS has the field {name!r}; of Stripe's file there are {LABELLED_FIELDS}.")
        elif not _FIELD.fullmatch(name) or name == "is_customer":
            raise UserError(
                f"COLUMNS has the field {name!r}; a field is called by lower-case letters, digits and underscores."
            )
    for what, values in (("field", [name for name, _ in said]), ("column", [label for _, label in said])):
        if twice := [value for at, value in enumerate(values) if value in values[:at]]:
            raise UserError(f"COLUMNS names the {what} {twice[0]!r} twice; leave one out.")
    return dict(said)


def _dates(text: str) -> str | None:
    if text and text not in get_args(DateForm):
        raise UserError(f"DATES is {text!r}; expected one of {', '.join(get_args(DateForm))}.")
    return text or None


def _show(name: str, written: Written, root: Path, console: Console) -> None:
    for said in written.counted:
        console.print(f"[green]✓[/] {escape(said)}", soft_wrap=True)
    table = Table(box=None)
    table.add_column("field", style="bold")
    table.add_column("column")
    table.add_column("why", style="dim")
    for taken in written.of_stripe:
        table.add_row(f"stripe {taken.field}", escape(taken.label), escape(taken.why))
    for taken in written.recognized.taken:
        table.add_row(taken.field, escape(taken.label), escape(taken.why))
    console.print(table)
    for each in written.recognized.open:
        shown = " or ".join(map(repr, each.labels))
        console.print(
            f"[yellow]?[/] {each.field}: {escape(shown)} ({escape(each.why)}). Nothing was taken.", soft_wrap=True
        )
    for note in (*written.recognized.notes, *written.questions):
        console.print(f"[yellow]![/] {escape(note)}", soft_wrap=True)
    file = written.file.relative_to(root) if written.file.is_relative_to(root) else written.file
    console.print(f"\nThe declaration is {file}; it says why beside every line.", soft_wrap=True)
    console.print(
        f"Next: make run NAME={name} (or first make advise NAME={name}, which fields to compare)", soft_wrap=True
    )


if __name__ == "__main__":
    sys.exit(main())
