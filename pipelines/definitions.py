"""What Dagster loads: every declaration under `pipelines/defs`, and the one IO manager that they share."""

from pipelines.installed import load_installed
from resources.storage.folders import Folders

LOADED = load_installed(Folders.from_environment())
"""A broken declaration is in it with its sentence; it keeps nothing else from loading."""

defs = LOADED.definitions
