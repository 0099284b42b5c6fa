"""`<name>_override`: keeps a person's decision about one customer. It exists for exports, too."""

import dagster as dg

from assets.planning.overrides import Override, decide
from assets.reconciliation import Reconciliation
from pipelines.executor import in_this_process
from pipelines.progress import LOGGERS


def build_override(sync: Reconciliation) -> dg.Definitions:
    """The job of one operation, which makes no asset."""

    @dg.op(name=f"{sync.name}__decide", out=dg.Out(dg.Nothing))
    def keep_decision(context: dg.OpExecutionContext, config: Override) -> None:
        """Keep a person's decision about one customer."""
        decide(sync, context, config)

    @dg.job(
        name=f"{sync.name}_override",
        executor_def=in_this_process(sync.folders),
        logger_defs=LOGGERS,
        description="Keeps a person's decision: link this customer to that record, or never (M8). Then reconcile.",
    )
    def override_job() -> None:
        keep_decision()

    return dg.Definitions(jobs=[override_job])
