"""`make ui-user`: adds a person to the file of people, or gives them another role and password."""

import argparse
import sys
from getpass import getpass
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from pipelines.login.people import add_person
from pipelines.login.settings import SETTINGS, read_settings, settings_file
from schemas.errors import TieoutError, UserError


def main(argv: list[str] | None = None) -> int:
    """Ask for a password, and keep its hash; 1 when a sentence says why not."""
    parser = argparse.ArgumentParser(prog="make ui-user", description=__doc__)
    parser.add_argument("name", help="whom to add")
    parser.add_argument("--role", default="", help="look, plan or approve")
    options = parser.parse_args(argv)
    console, errors = Console(highlight=False), Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        file, name = _file(), " ".join(options.name.split())
        was_there = add_person(file, name, options.role.strip(), _password())
    except TieoutError as error:
        errors.print(f"[red]✗[/] {escape(str(error))}")
        return 1
    done = "has the new role and password" if was_there else "can sign in"
    console.print(f"{escape(name)} {done} ({options.role.strip()}); the hash is in {escape(str(file))}.")
    return 0


def _file() -> Path:
    settings = settings_file()
    if settings is None:
        raise UserError(
            f"{SETTINGS} is not set; let it name a file with the line `people: people`, as in docs/login.md."
        )
    people = read_settings(settings).people
    if people is None:
        raise UserError(f"{settings} names no file of people; people sign in there by another way, or not at all.")
    return settings.parent / people


def _password() -> str:
    """Asked twice at a terminal; else the line that is given."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass("Password: ")
    if getpass("Once more: ") != password:
        raise UserError("These were two passwords; nothing was changed.")
    return password


if __name__ == "__main__":
    sys.exit(main())
