"""The files of revisions are read once a process, and name the same newest one."""

from alembic.config import Config
from alembic.script import ScriptDirectory
from dagster._core.storage import sql
from dagster._core.storage.event_log.sqlite import sqlite_event_log

from pipelines import revisions


def test_revisions_are_read_once_and_are_those_of_dagster() -> None:
    config = sql.get_alembic_config(sqlite_event_log.__file__)
    revisions.read_revisions_once()
    found = ScriptDirectory.from_config(config)
    assert found is ScriptDirectory.from_config(sql.get_alembic_config(sqlite_event_log.__file__))
    assert found.get_current_head() == revisions._read(config).get_current_head() is not None


def test_another_place_has_revisions_of_its_own() -> None:
    revisions.read_revisions_once()
    config = Config()
    config.set_main_option("script_location", "resources:ledger/migrations")
    ours = ScriptDirectory.from_config(config)
    dagsters = ScriptDirectory.from_config(sql.get_alembic_config(sqlite_event_log.__file__))
    assert ours.get_current_head() != dagsters.get_current_head()
