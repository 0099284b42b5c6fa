"""`<name>_undo`: takes back what was applied of a plan."""

import dagster as dg

from assets.reconciliation import Reconciliation
from assets.write_back.assets import undo
from assets.write_back.request import PlanPart
from pipelines.executor import in_this_process


def build_undo(sync: Reconciliation) -> dg.Definitions:
    """The job of one operation, which makes no asset."""

    @dg.op(name=f"{sync.name}__undo_plan", out=dg.Out(dict))
    def undo_plan(context: dg.OpExecutionContext, config: PlanPart) -> dict[str, int]:
        """Take back what was applied of a plan, where it still stands."""
        return dict(undo(sync, context, config))

    @dg.job(
        name=f"{sync.name}_undo",
        executor_def=in_this_process(sync.folders),
        description="Takes back what was applied of a plan, whole or in part, where it still stands (W10).",
    )
    def undo_job() -> None:
        undo_plan()

    return dg.Definitions(jobs=[undo_job])
