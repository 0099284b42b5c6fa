"""Making DAGSTER_HOME ready: private to the user, with the settings that Dagster should start with."""

import os
import re
import shutil
from pathlib import Path
from typing import Final

from pipelines.hiding import hide_secrets
from resources.ledger import need_postgresql
from resources.retries import log_retries_quietly
from resources.storage.atomic import private_folder
from resources.storage.disk import disk_in_words
from resources.storage.folders import Folders
from resources.storage.leftovers import remove_leftovers

_IN_POSTGRESQL: Final = re.compile(r"^\s*postgres:|^[^#]*dagster_postgres", re.MULTILINE)


def prepare_home(folders: Folders) -> None:
    """Make the state folder if it is not there, and point Dagster at it; what killed processes have left goes.

    An existing `dagster.yaml` is left alone.

    Raises:
        UserError: it names PostgreSQL, whose driver is not installed.
    """
    with disk_in_words(folders.home):
        private_folder(folders.home).chmod(0o700)
    remove_leftovers(folders)
    settings = folders.home / "dagster.yaml"
    if not settings.exists():
        shutil.copyfile(folders.root / "deploy" / "dagster.yaml", settings)
    check_storage(folders.home)
    log_retries_quietly()
    hide_secrets()
    os.environ["DAGSTER_HOME"] = str(folders.home)
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"


def check_storage(home: Path) -> None:
    """Look whether Dagster's settings name PostgreSQL, and whether what it takes is installed.

    Raises:
        UserError: it is not.
    """
    settings = home / "dagster.yaml"
    if settings.is_file() and _IN_POSTGRESQL.search(settings.read_text("utf-8", "replace")):
        need_postgresql(str(settings), "dagster_postgres")
