"""Making DAGSTER_HOME ready: private to the user, with the settings that Dagster should start with."""

import hashlib
import os
import re
import shutil
from pathlib import Path
from typing import Final

from pipelines.hiding import hide_secrets
from resources.ledger import need_postgresql
from resources.retries import log_retries_quietly
from resources.storage.atomic import private_folder, replaced
from resources.storage.disk import disk_in_words
from resources.storage.folders import Folders
from resources.storage.leftovers import remove_leftovers

_IN_POSTGRESQL: Final = re.compile(r"^\s*postgres:|^[^#]*dagster_postgres", re.MULTILINE)


def prepare_home(folders: Folders, *, asks_store: bool = True) -> None:
    """Make the state folder if it is not there, and point Dagster at it; what killed processes have left goes.

    An object store is asked whether it can be relied on, unless this process will be forked, which could not ask then.
    A `dagster.yaml` that a person has edited is left alone; one that is as an older version made it is made anew.

    Raises:
        UserError: it names PostgreSQL, whose driver is not installed; or the environment an object store that cannot be
            used, or that cannot replace an object on a condition.
    """
    with disk_in_words(folders.home):
        private_folder(folders.home).chmod(0o700)
    remove_leftovers(folders)
    settings, ours = folders.home / "dagster.yaml", folders.root / "deploy" / "dagster.yaml"
    if not settings.exists() or hashlib.sha256(settings.read_bytes()).hexdigest() in _OLDER_SETTINGS:
        with replaced(settings) as fresh:
            shutil.copyfile(ours, fresh)
    check_storage(folders.home)
    if asks_store and (bucket := folders.bucket()):
        bucket.check()
    log_retries_quietly()
    hide_secrets()
    os.environ["DAGSTER_HOME"] = str(folders.home)
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", "1000")  # so that a step's events are one write


def check_storage(home: Path) -> None:
    """Look whether Dagster's settings name PostgreSQL, and whether what it takes is installed.

    Raises:
        UserError: it is not.
    """
    settings = home / "dagster.yaml"
    if settings.is_file() and _IN_POSTGRESQL.search(settings.read_text("utf-8", "replace")):
        need_postgresql(str(settings), "dagster_postgres")


_OLDER_SETTINGS: Final = frozenset(
    {
        "58e2d2f1aff1f45930a98a602ac8c1eac55c467a0bd5687a92521552c63cda8c",
        "c760df66a1c12763aff16ab733008ecc3038368298c241b87aa346e9928b498b",
        "5cf0c78fee5e5dacaffc0309e094a746931f2fbfec56780cf4529ad7f2efe6b8",
        "8e2198fcdf3da3e9bc606ec1f70865b96709d341137a4304d210111fd4b3a965",
        "8568542a1dbb4274d1e11b6049724eb1c078372cac7e6579e558469d2dabc245",
        "ba7f7b0d585dae65b8077e937f7be190d6b4fe2ec111267421e51f11c495f1a6",
    }
)
"""SHA-256 of `deploy/dagster.yaml` as it was handed out before; none of them named a storage."""
