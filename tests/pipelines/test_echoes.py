"""What is held back of Dagster's own lines: what the error says that ends a command, and nothing else."""

import sqlite3
import sys

import pytest
from sqlalchemy.exc import OperationalError

from pipelines.echoes import without_echoes

ECHO = "Exception while writing logger call to event log: "


def full(said: str = "database or disk is full") -> OperationalError:
    return OperationalError(None, None, sqlite3.OperationalError(said))


def test_an_error_that_ends_the_body_is_not_told_before(capsys: pytest.CaptureFixture[str]) -> None:
    first, last = full("disk I/O error"), full()
    with pytest.raises(OperationalError) as raised, without_echoes():  # noqa: PT012 (what was said before is the point)
        sys.stderr.write(f"{ECHO}{first}\n")
        try:
            raise first
        except OperationalError:
            sys.stderr.write(f"{ECHO}{last}\n")
            sys.stderr.write("another line\n")
            raise last  # noqa: B904 (as Dagster does)
    assert raised.value is last
    assert capsys.readouterr().err == "another line\n"


def test_an_error_that_does_not_end_it_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with without_echoes():
        sys.stderr.write(f"{ECHO}{full()}\n")
    with pytest.raises(ValueError, match="other"), without_echoes():  # noqa: PT012
        sys.stderr.write(f"{ECHO}{full()}\n")
        raise ValueError("other")
    with pytest.raises(OperationalError), without_echoes():  # noqa: PT012
        sys.stderr.write(f"{ECHO}something else\n")
        raise full()
    assert capsys.readouterr().err == f"{ECHO}{full()}\n" * 2 + f"{ECHO}something else\n"
