"""Making DAGSTER_HOME ready: private to the user, with the settings that Dagster should start with."""

import os
import shutil

from pipelines.hiding import hide_secrets
from resources.disk import disk_in_words
from resources.leftovers import remove_leftovers
from resources.places import Places, private_folder
from resources.retries import log_retries_quietly


def prepare_home(places: Places) -> None:
    """Make the state folder if it is not there, and point Dagster at it; what killed processes have left goes.

    An existing `dagster.yaml` is left alone.
    """
    with disk_in_words(places.home):
        private_folder(places.home).chmod(0o700)
    remove_leftovers(places)
    settings = places.home / "dagster.yaml"
    if not settings.exists():
        shutil.copyfile(places.root / "deploy" / "dagster.yaml", settings)
    log_retries_quietly()
    hide_secrets()
    os.environ["DAGSTER_HOME"] = str(places.home)
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
