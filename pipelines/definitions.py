"""What Dagster loads: every declaration under `pipelines/defs`, and the one IO manager that they share."""

import warnings
from pathlib import Path

import dagster as dg

from assets.reconciliation import IO_MANAGER_KEY
from pipelines.declarations import read_folder
from pipelines.executor import executor_of
from pipelines.garbage import keep_what_is_loaded
from pipelines.hiding import hide_secrets
from pipelines.loading import load
from pipelines.progress import LOGGER_NAME, progress_logger
from resources.storage.folders import Folders
from resources.storage.io_manager import ParquetIOManager
from resources.traces import keep_traces

DECLARATIONS = Path(__file__).parent / "defs"

# Dagster calls two parameters beta: `backfill_policy`, which we mean, and `execution_type`, which it gives itself.
_BETA = r"Parameter `(backfill_policy|execution_type)` of function"
warnings.filterwarnings("ignore", message=_BETA, category=dg.BetaWarning)

hide_secrets()
keep_traces(Folders.from_environment().home)

LOADED = load(
    read_folder(DECLARATIONS),
    dg.Definitions(
        resources={IO_MANAGER_KEY: ParquetIOManager(Folders.from_environment())},
        loggers={LOGGER_NAME: progress_logger},
        executor=executor_of(Folders.from_environment()),
    ),
    Folders.from_environment(),
    "pipelines.defs",
)
"""A broken declaration is in it with its sentence; it keeps nothing else from loading."""

defs = LOADED.definitions

keep_what_is_loaded()
