"""Dagster's own line about an event that could not be stored, which the one sentence of a command tells too.

Its handler writes the line before it raises the error, whatever storage there is, so the line is held back here. It is
dropped only where what ends the command is that very error; in every other case it is printed after all.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from typing import Final, TextIO, cast

from sqlalchemy.exc import DBAPIError

_ECHO: Final = "Exception while writing logger call to event log: "


@contextmanager
def without_echoes() -> Iterator[None]:
    """Let an error of the database that ends the body be told once: by whoever catches it."""
    to = sys.stderr
    held = _Held(to)
    said: set[str] = set()
    try:
        with redirect_stderr(cast("TextIO", held)):
            yield
    except DBAPIError as error:
        said = {f"{_ECHO}{each}\n" for each in _chain(error)}
        raise
    finally:
        to.writelines(echo for echo in held.echoes if echo not in said)


class _Held:
    """A stream that keeps Dagster's lines about its event log, and passes on everything else."""

    def __init__(self, to: TextIO) -> None:
        self._to = to
        self.echoes: list[str] = []

    def write(self, text: str) -> int:
        if not text.startswith(_ECHO):
            return self._to.write(text)
        self.echoes.append(text)
        return len(text)

    def __getattr__(self, name: str) -> object:
        return getattr(self._to, name)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error, and what was being answered when it came."""
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__context__
