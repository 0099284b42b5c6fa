"""What Dagster loads: every declaration under `pipelines/defs`, and the one IO manager that they share."""

import warnings
from pathlib import Path

import dagster as dg

from assets.reconciliation import IO_MANAGER_KEY
from pipelines.declarations import read_declarations
from pipelines.progress import LOGGER_NAME, progress_logger
from resources.parquet_io import ParquetIOManager
from resources.places import Places

DECLARATIONS = Path(__file__).parent / "defs"

# Dagster calls two parameters beta: `backfill_policy`, which we mean, and `execution_type`, which it gives itself.
_BETA = r"Parameter `(backfill_policy|execution_type)` of function"
warnings.filterwarnings("ignore", message=_BETA, category=dg.BetaWarning)

read_declarations(DECLARATIONS)  # a wrong one is refused here, in one sentence with its file and line

defs = dg.Definitions.merge(
    dg.load_from_defs_folder(path_within_project=Path(__file__).parent),
    dg.Definitions(
        resources={IO_MANAGER_KEY: ParquetIOManager(Places.from_environment())}, loggers={LOGGER_NAME: progress_logger}
    ),
)
