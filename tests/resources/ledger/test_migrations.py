"""The tables are those that the code speaks of, whichever form a ledger had before."""

from pathlib import Path
from unittest.mock import patch

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from resources.ledger import Journal, Ledger
from resources.ledger.forms import migration_settings
from resources.ledger.tables import METADATA, VERSION_TABLE
from schemas.errors import AccessError
from schemas.words import DeclaredAccounts
from tests.resources.ledger.ledger_rows import shown
from tests.resources.ledger.ledgers import ACME, BACKENDS, attempt, ledger_url, older_entry


def test_migrations_give_the_tables_that_the_code_speaks_of(opened: Ledger) -> None:
    with opened.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, METADATA) == []


def test_opening_it_again_keeps_what_is_there(opened: Ledger, journal: Journal) -> None:
    journal.intend([attempt()], "run")
    url = opened.engine.url.render_as_string(hide_password=False)
    with Ledger.open(url, opened.folder) as again:
        assert shown(Journal(again, ACME).unsettled()) == [("netsuite:1:stripe_id", 1, "intended", None)]


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_ledger_of_the_first_form_keeps_its_entries(backend: str, tmp_path: Path) -> None:
    url = ledger_url(backend, tmp_path)
    first = create_engine(url)
    with first.begin() as connection:
        command.upgrade(migration_settings(connection), "0001")
        connection.execute(text("CREATE TABLE _alembic_tmp_ledger_journal (cut_short TEXT)"))
        connection.execute(text(older_entry()))
    first.dispose()
    with Ledger.open(url, tmp_path) as newest:
        assert len(Journal(newest, ACME).unsettled()) == 1
        Journal(newest, DeclaredAccounts(f"{'a' * 40}@{'0' * 16}")).intend([attempt()], "run")
        Journal(newest, ACME).intend([attempt()], "run")
        with pytest.raises(IntegrityError):
            Journal(newest, ACME).intend([attempt()], "run")


def test_the_only_copy_of_a_table_that_a_killed_upgrade_has_left_takes_its_place(tmp_path: Path) -> None:
    """SQLite copies a table to change it; when each statement was final, the table could be gone and its copy there."""
    url = ledger_url("sqlite", tmp_path)
    first = create_engine(url)
    with first.begin() as connection:
        command.upgrade(migration_settings(connection), "0001")
        connection.execute(text(older_entry()))
        connection.execute(text("ALTER TABLE ledger_journal RENAME TO _alembic_tmp_ledger_journal"))
    first.dispose()
    with Ledger.open(url, tmp_path) as newest:
        assert len(Journal(newest, ACME).unsettled()) == 1


def test_a_file_is_copied_for_its_owner_before_its_form_is_changed_and_no_more(tmp_path: Path) -> None:
    url = ledger_url("sqlite", tmp_path)
    first = create_engine(url)
    with first.begin() as connection:
        command.upgrade(migration_settings(connection), "0001")
        connection.execute(text(older_entry()))
    first.dispose()
    for _ in range(2):
        with Ledger.open(url, tmp_path) as newest:
            assert len(Journal(newest, ACME).unsettled()) == 1
    [copy] = tmp_path.glob("ledger.db.*-0001-*")
    assert copy.stat().st_mode & 0o777 == 0o600
    older = create_engine(f"sqlite:///{copy}")
    with older.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM ledger_version")).scalar() == "0001"
        assert connection.execute(text("SELECT count(*) FROM ledger_journal")).scalar() == 1
    older.dispose()


def test_a_ledger_that_cannot_be_copied_is_left_as_it_is(tmp_path: Path) -> None:
    url = ledger_url("sqlite", tmp_path)
    first = create_engine(url)
    with first.begin() as connection:
        command.upgrade(migration_settings(connection), "0002")
    full = patch("resources.ledger.sqlite_file.flush", side_effect=OSError(28, "No space left on device"))
    with full, pytest.raises(AccessError, match="its disk has room"):
        Ledger.open(url, tmp_path)
    with first.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM ledger_version")).scalar() == "0002"
    first.dispose()
    assert list(tmp_path.glob("ledger.db.form-*")) == []
