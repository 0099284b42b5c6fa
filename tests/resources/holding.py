"""A process of its own that holds a right, writes when it is told to, and says how that went."""

import sys
from pathlib import Path

from resources.ledger import Journal, Ledger
from schemas.errors import TieoutError
from tests.resources.ledgers import attempt


def main(url: str, folder: str, seconds: str) -> None:
    """Hold the right to write for acme; with each line on stdin put down one intent more."""
    with (
        Ledger.open(url, Path(folder), lease_seconds=float(seconds)) as ledger,
        ledger.alone("acme", "theirs") as lease,
    ):
        journal = Journal(ledger, "acme").under(lease)  # type: ignore[arg-type]
        _say("holding")
        for number, _ in enumerate(sys.stdin, start=1):
            try:
                journal.check()
                journal.intend([attempt(number)], "theirs")
            except TieoutError as error:
                _say(type(error).__name__)
            else:
                _say("written")


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
