"""The forms that the tables have had, and the way to the newest: of a file a copy of before is kept."""

import logging
from functools import cache
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, column, inspect, select, table

from resources.ledger.sqlite_file import copied
from resources.ledger.tables import VERSION_TABLE

_MIGRATIONS: Final = Path(__file__).resolve().parent / "migrations"
_LOG: Final = logging.getLogger("tieout.ledger")


def bring_to_newest(connection: Connection, path: Path | None = None) -> None:
    """Bring the tables to the newest form, within the transaction of a connection.

    Args:
        connection: of whoever holds the lock on the form.
        path: the file, of which a copy is made before anything in it is changed.

    Raises:
        CommandError: the tables are of a form that this version does not know.
    """
    found = _forms(connection)
    if found == (_newest(),):
        return
    settings = migration_settings(connection)
    if path and found:
        ScriptDirectory.from_config(settings).get_revision(found[0])  # what is unknown is not copied at each try
        copy = copied(path, found[0])
        _LOG.warning("The ledger %s gets form %s; it was %s, and a copy of that is %s.", path, _newest(), *found, copy)
    command.upgrade(settings, "head")


def _forms(connection: Connection) -> tuple[str, ...]:
    """What Alembic has noted; it would ask by a table that it makes for each question."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return ()
    return tuple(connection.scalars(select(column("version_num")).select_from(table(VERSION_TABLE))))


@cache
def _newest() -> str | None:
    """The name of the newest form; a run opens the ledger twenty times, and reading every migration is dear."""
    return ScriptDirectory(str(_MIGRATIONS)).get_current_head()


def migration_settings(connection: Connection) -> Config:
    """What alembic needs to know to look at, or change, the tables behind this connection."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config
