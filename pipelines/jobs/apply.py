"""`<name>_apply`: a person approves a plan, and it is written."""

import dagster as dg

from assets.reconciliation import Reconciliation
from assets.write_back.by_hand import apply_plan
from assets.write_back.request import PlanPart
from pipelines.jobs.one_operation import job_of


def build_apply(sync: Reconciliation) -> dg.Definitions:
    """The job of one operation, so that its form is on its page; what it writes shows on the assets."""

    @dg.op(name=f"{sync.name}__netsuite_links", out=dg.Out(dict))
    def write(context: dg.OpExecutionContext, config: PlanPart) -> dict[str, int]:
        """Apply an approved plan: NetSuite, then Stripe for those customers whose record accepted its part."""
        return dict(apply_plan(sync, context, config))

    return job_of(
        sync,
        "apply",
        write,
        "Approves a plan and writes it, into NetSuite, then into Stripe. It wants the plan's hash, as an "
        "approval is for one content, and your name, which is kept with it. The page of the asset write_plan has a "
        "link that fills the form in. Start it again after any failure: it looks first, and goes on.",
    )
