"""A ledger that is not what was written is never taken for a new one: a sentence says how to bring it back."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from resources.ledger import Journal, Ledger
from schemas.errors import DamageError
from tests.resources.ledger.ledgers import ACME, attempt

ENTRIES = 200


def whole(path: Path) -> None:
    """A ledger with so many entries, in one file."""
    with Ledger.open(f"sqlite:///{path}", path.parent) as opened:
        Journal(opened, ACME).intend([attempt(n) for n in range(ENTRIES)], "run")


def cut(path: Path, size: int) -> None:
    path.write_bytes(path.read_bytes()[:size])


def other_database(path: Path, *statements: str) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        for statement in statements:
            connection.execute(statement)


def lost(path: Path) -> None:
    path.unlink()
    path.with_name("ledger.db-wal").write_bytes(b"what the ledger had not yet taken in")


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (lambda path: cut(path, 0), "it is empty"),
        (lambda path: cut(path, 50), "it was cut short"),
        (lambda path: cut(path, 4096), "it was cut short"),
        (lambda path: cut(path, 8192 + 100), "it was cut short"),
        (lambda path: cut(path, path.stat().st_size - 1), "it was cut short"),
        (lambda path: path.write_text("these are not tables"), "it is no SQLite database"),
        (other_database, "it holds no ledger"),
        (lambda path: other_database(path, "CREATE TABLE songs (title TEXT)"), "it holds no ledger"),
        (lambda path: other_database(path, "CREATE TABLE ledger_version (version_num TEXT)"), "it holds no ledger"),
        (lost, "it is not there, though its log is"),
    ],
    ids=["empty", "header", "first page", "some pages", "last byte", "text", "nothing in it", "songs", "half", "lost"],
)
def test_a_damaged_ledger_is_refused_and_left_as_it_is(
    spoil: Callable[[Path], object], what: str, tmp_path: Path
) -> None:
    path = tmp_path / "ledger.db"
    whole(path)
    spoil(path)
    before = path.read_bytes() if path.exists() else None
    for _ in range(2):
        with pytest.raises(
            DamageError, match=r"The ledger .*/ledger\.db is damaged \((.*)\): stop every run"
        ) as caught:
            Ledger.open(f"sqlite:///{path}", tmp_path)
        assert f"({what})" in str(caught.value)
        assert "put your last copy of it in its place (docs/deploy.md, Backup)" in str(caught.value)
        assert (path.read_bytes() if path.exists() else None) == before


def test_damage_that_is_met_later_is_told_likewise(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    whole(path)
    pages = path.read_bytes()
    path.write_bytes(pages[:8192] + b"\xa5" * (len(pages) - 8192))
    with pytest.raises(DamageError, match=r"is damaged \(SQLITE_CORRUPT\w*\)"):  # noqa: SIM117 (which of them, is open)
        with Ledger.open(f"sqlite:///{path}", tmp_path) as opened:
            Journal(opened, ACME).unsettled()


def test_a_copy_that_is_put_back_is_the_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    whole(path)
    kept = path.read_bytes()
    cut(path, 0)
    with pytest.raises(DamageError):
        Ledger.open(f"sqlite:///{path}", tmp_path)
    path.write_bytes(kept)
    with Ledger.open(f"sqlite:///{path}", tmp_path) as opened:
        assert len(Journal(opened, ACME).unsettled()) == ENTRIES
