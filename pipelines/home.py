"""Making DAGSTER_HOME ready: private to the user, with the settings that Dagster should start with."""

import os
import shutil

from pipelines.hiding import hide_secrets
from resources.retries import log_retries_quietly
from resources.storage.atomic import private_folder
from resources.storage.disk import disk_in_words
from resources.storage.folders import Folders
from resources.storage.leftovers import remove_leftovers


def prepare_home(folders: Folders) -> None:
    """Make the state folder if it is not there, and point Dagster at it; what killed processes have left goes.

    An existing `dagster.yaml` is left alone.
    """
    with disk_in_words(folders.home):
        private_folder(folders.home).chmod(0o700)
    remove_leftovers(folders)
    settings = folders.home / "dagster.yaml"
    if not settings.exists():
        shutil.copyfile(folders.root / "deploy" / "dagster.yaml", settings)
    log_retries_quietly()
    hide_secrets()
    os.environ["DAGSTER_HOME"] = str(folders.home)
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
