"""Opens a ledger again and again, each time killed one step later, and says whether the next one to open it could.

A process of its own, because it forks for each kill: a new Python for each would take minutes. What is forked dies;
the process itself lives, makes what is there before, and is the next one to open it. Arguments: a folder; the URL, with
`{}` for the folder of each kill; the form of the ledger that is there before, or nothing. Writes, as JSON: the number
of kills, and how the processes ended.
"""

import gc
import json
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from alembic import command
from sqlalchemy import Engine, create_engine, event, text

from resources.ledger import Journal, Ledger
from resources.ledger.forms import migration_settings
from resources.ledger.sqlite_file import in_one_transaction
from tests.resources.ledger.ledgers import ACME, attempt, older_entry

_FILES = {"open", "os.rename", "os.remove", "os.mkdir", "sqlite3.connect"}


def die_at(number: int, folder: Path) -> None:
    """From here on, die at the step of this number: before a statement, a commit, or a touch of a file."""
    left = number

    def step(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def audit(name: str, given: tuple[object, ...]) -> None:
        if name in _FILES and str(folder) in str(given[0]):
            step()

    for moment in ("before_cursor_execute", "commit"):
        event.listen(Engine, moment, step)
    sys.addaudithook(audit)


def ended(body: Callable[[], None]) -> int:
    """Run the body in a process; give how that ended."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            body()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def before(url: str, folder: Path, form: str) -> None:
    """Make the ledger of an older form, with an entry; for PostgreSQL, an empty database."""
    folder.mkdir()
    engine = create_engine(url)
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    if form:
        with in_one_transaction(engine) as connection:
            command.upgrade(migration_settings(connection), form)
            connection.execute(text(older_entry()))
    engine.dispose()


def entries(url: str, folder: Path) -> int:
    """Open the ledger, write one entry, and count all."""
    with Ledger.open(url, folder) as opened:
        journal = Journal(opened, ACME)
        journal.intend([attempt(9)], "run")
        return len(journal.unsettled())


def main(scratch: str, template: str, form: str) -> None:
    found: set[int] = set()
    warm_up(template, Path(scratch))
    for number in range(1, 1_000):
        folder = Path(scratch) / str(number)
        url = template.replace("{}", str(folder))
        before(url, folder, form)
        code = ended(partial(open_and_die, url, folder, number))
        check(url, folder, 2 if form else 1, f"killed at step {number}, which ended with {code}")
        found.add(code)
        if code == 0:
            break
    json.dump({"kills": number - 1, "ends": sorted(found)}, sys.stdout)


def warm_up(template: str, scratch: Path) -> None:
    """Let the forks inherit what opening a ledger imports, in memory that no collection of garbage makes them copy."""
    Ledger.open(template.replace("{}", str(scratch)), scratch).__exit__()
    gc.disable()
    gc.freeze()


def open_and_die(url: str, folder: Path, number: int) -> None:
    die_at(number, folder)
    Ledger.open(url, folder).__exit__()


def check(url: str, folder: Path, expected: int, which: str) -> None:
    assert entries(url, folder) == expected, which
    assert not list(folder.glob(".ledger.db*")), which


if __name__ == "__main__":
    main(*sys.argv[1:])
