"""`<name>_override_file`: keeps all decisions that a person wrote into the review's file, or none. Also for exports."""

import dagster as dg

from assets.next_step.told_again import tell_again
from assets.planning.decision_file import DecisionFile, decide_file
from assets.reconciliation import Reconciliation, failures_for_people
from pipelines.jobs.one_operation import job_of
from pipelines.login.roles import to_decide


def build_override_file(sync: Reconciliation) -> dg.Definitions:
    """The job of one operation, which makes no asset."""

    @dg.op(name=f"{sync.name}__decide_file", out=dg.Out(dg.Nothing))
    def keep_decisions(context: dg.OpExecutionContext, config: DecisionFile) -> None:
        """Keep all decisions of a file, or none."""
        decide_file(sync, context, config)
        with failures_for_people():
            tell_again(sync, context.instance, context.run.run_id)

    return job_of(
        sync,
        "override_file",
        keep_decisions,
        "Keeps the decisions that a person wrote into review.csv or review.xlsx (X16). Then reconcile.",
        role=to_decide(sync),
    )
