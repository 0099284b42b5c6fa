"""`<name>_override`: keeps a person's decision about one customer. It exists for exports, too."""

import dagster as dg

from assets.next_step.told_again import tell_again
from assets.planning.overrides import Override, decide
from assets.reconciliation import Reconciliation, failures_for_people
from pipelines.jobs.one_operation import job_of
from pipelines.login.roles import to_decide


def build_override(sync: Reconciliation) -> dg.Definitions:
    """The job of one operation, which makes no asset."""

    @dg.op(name=f"{sync.name}__decide", out=dg.Out(dg.Nothing))
    def keep_decision(context: dg.OpExecutionContext, config: Override) -> None:
        """Keep a person's decision about one customer."""
        decide(sync, context, config)
        with failures_for_people():
            tell_again(sync, context.instance, context.run.run_id)

    return job_of(
        sync,
        "override",
        keep_decision,
        "Keeps a person's decision: link this customer to that record, or never (M8). Then reconcile.",
        role=to_decide(sync),
    )
