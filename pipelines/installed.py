"""What this installation declares, under `pipelines/defs`: all of it, as Dagster loads it, or what one run needs.

To build definitions takes longest of all that precedes a run, so a command about one declaration builds that one.
"""

import warnings

import dagster as dg

from assets.reconciliation import IO_MANAGER_KEY
from pipelines.declarations import read_folder
from pipelines.executor import executor_of
from pipelines.garbage import keep_what_is_loaded
from pipelines.hiding import hide_secrets
from pipelines.loading import Loaded, load
from pipelines.progress import LOGGER_NAME, progress_logger
from resources.storage.folders import Folders
from resources.storage.io_manager import ParquetIOManager
from resources.traces import keep_traces

# Dagster calls two parameters beta: `backfill_policy`, which we mean, and `execution_type`, which it gives itself.
_BETA = r"Parameter `(backfill_policy|execution_type)` of function"


def load_installed(folders: Folders, only: str | None = None) -> Loaded:
    """Read every declaration and build it, and what else lies there; of ours only one, if it is named.

    Args:
        folders: the folders of the installation.
        only: the declaration that is wanted; the others are read all the same.
    """
    warnings.filterwarnings("ignore", message=_BETA, category=dg.BetaWarning)
    hide_secrets()
    keep_traces(folders.home)
    shared = dg.Definitions(
        resources={IO_MANAGER_KEY: ParquetIOManager(folders)},
        loggers={LOGGER_NAME: progress_logger},
        executor=executor_of(folders),
    )
    loaded = load(read_folder(folders.root / "pipelines" / "defs"), shared, folders, "pipelines.defs", only)
    keep_what_is_loaded()
    return loaded
