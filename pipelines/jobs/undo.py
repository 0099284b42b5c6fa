"""`<name>_undo`: takes back what was applied of a plan."""

import dagster as dg

from assets.reconciliation import Reconciliation
from assets.write_back.by_hand import undo_plan
from assets.write_back.request import PlanPart
from pipelines.jobs.one_operation import job_of


def build_undo(sync: Reconciliation) -> dg.Definitions:
    """The job of one operation, which makes no asset."""

    @dg.op(name=f"{sync.name}__undo_plan", out=dg.Out(dict))
    def take_back(context: dg.OpExecutionContext, config: PlanPart) -> dict[str, int]:
        """Take back what was applied of a plan, where it still stands."""
        return dict(undo_plan(sync, context, config))

    return job_of(
        sync,
        "undo",
        take_back,
        "Takes back what was applied of a plan, whole or in part, where it still stands (W10). It wants "
        "the plan's hash, and your name, which is kept with it.",
    )
