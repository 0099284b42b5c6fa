"""`<name>_override_file`: keeps all decisions that a person wrote into the review's file, or none. Also for exports."""

import dagster as dg

from assets.planning.decision_file import DecisionFile, decide_file
from assets.reconciliation import Reconciliation
from pipelines.executor import in_this_process
from pipelines.progress import LOGGERS


def build_override_file(sync: Reconciliation) -> dg.Definitions:
    """The job of one operation, which makes no asset."""

    @dg.op(name=f"{sync.name}__decide_file", out=dg.Out(dg.Nothing))
    def keep_decisions(context: dg.OpExecutionContext, config: DecisionFile) -> None:
        """Keep all decisions of a file, or none."""
        decide_file(sync, context, config)

    @dg.job(
        name=f"{sync.name}_override_file",
        executor_def=in_this_process(sync.folders),
        logger_defs=LOGGERS,
        description="Keeps the decisions that a person wrote into review.csv or review.xlsx (X16). Then reconcile.",
    )
    def override_file_job() -> None:
        keep_decisions()

    return dg.Definitions(jobs=[override_file_job])
