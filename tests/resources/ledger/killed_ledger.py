"""Opens a ledger again and again, each time killed at a later step, and says whether the next one to open it could.

A process of its own, because it forks for each kill: a new Python for each would take minutes. What is forked dies;
the process itself lives, makes what is there before, and is the next one to open it. Of statements that follow each
other in one transaction, of which nothing is left, every fourth is enough. Arguments: a folder; the URL, with
`{}` for the folder of each kill; the form of the ledger that is there before, or nothing. Writes, as JSON: the number
of kills, and how the processes ended.
"""

import gc
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from alembic import command
from sqlalchemy import Engine, create_engine, event, text

from resources.ledger import Journal, Ledger
from resources.ledger.forms import migration_settings
from resources.ledger.sqlite_file import in_one_transaction
from tests.resources.ledger.ledgers import ACME, attempt, older_entry

_FILES = {"open", "os.rename", "os.remove", "os.mkdir", "sqlite3.connect"}
_STATEMENT = "statement"


def at_steps(folder: Path, step: Callable[[str], None]) -> None:
    """From here on, hear of each step by its kind: before a statement, a commit, or a touch of a file."""

    def audit(name: str, given: tuple[object, ...]) -> None:
        if name in _FILES and str(folder) in str(given[0]):
            step(name)

    event.listen(Engine, "before_cursor_execute", lambda *_: step(_STATEMENT))
    event.listen(Engine, "commit", lambda _: step("commit"))
    sys.addaudithook(audit)


def die_at(number: int, folder: Path) -> None:
    """From here on, die at the step of this number."""
    left = number

    def step(_: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    at_steps(folder, step)


def worth_a_kill(steps: Sequence[str]) -> list[int]:
    """The numbers of all steps but most statements in the midst of others; and one that is never reached."""
    midst = [number for number in range(3, len(steps) - 1) if {*steps[number - 3 : number + 2]} == {_STATEMENT}]
    left_out = {number for number in midst if number % 4}
    return [number for number in range(1, len(steps) + 2) if number not in left_out]


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
    ends = list[int]()
    warm_up(template, Path(scratch))
    for number in worth_a_kill(steps_of(template, Path(scratch) / "steps", form)):
        folder = Path(scratch) / str(number)
        url = template.replace("{}", str(folder))
        before(url, folder, form)
        code = ended(partial(open_and_die, url, folder, number))
        check(url, folder, 2 if form else 1, f"killed at step {number}, which ended with {code}")
        ends.append(code)
    assert ends[-1] == 0, "it takes more steps than at first"
    json.dump({"kills": len(ends) - 1, "ends": sorted({*ends})}, sys.stdout)


def steps_of(template: str, folder: Path, form: str) -> list[str]:
    """The steps of who opens it and is not killed."""
    url, kinds = template.replace("{}", str(folder)), folder.with_suffix(".txt")
    before(url, folder, form)
    assert ended(partial(open_and_tell, url, folder, kinds)) == 0
    return kinds.read_text("utf-8").splitlines()


def warm_up(template: str, scratch: Path) -> None:
    """Let the forks inherit what opening a ledger imports, in memory that no collection of garbage makes them copy."""
    Ledger.open(template.replace("{}", str(scratch)), scratch).__exit__()
    gc.disable()
    gc.freeze()


def open_and_tell(url: str, folder: Path, kinds: Path) -> None:
    told = list[str]()
    at_steps(folder, told.append)
    Ledger.open(url, folder).__exit__()
    kinds.write_text("\n".join(told), "utf-8")


def open_and_die(url: str, folder: Path, number: int) -> None:
    die_at(number, folder)
    Ledger.open(url, folder).__exit__()


def check(url: str, folder: Path, expected: int, which: str) -> None:
    assert entries(url, folder) == expected, which
    assert not list(folder.glob(".ledger.db*")), which


if __name__ == "__main__":
    main(*sys.argv[1:])
