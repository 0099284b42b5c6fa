"""`<name>_apply`: writes an approved plan."""

import dagster as dg

from assets.reconciliation import Reconciliation
from pipelines.executor import in_this_process
from pipelines.jobs.selections import writes


def build_apply(sync: Reconciliation) -> dg.Definitions:
    """The job that wants a plan's hash; the steps that write ask for it in their configuration."""
    job = dg.define_asset_job(
        f"{sync.name}_apply",
        selection=writes(sync),
        description="Writes an approved plan into NetSuite, then into Stripe. It wants the plan's hash: an approval is "
        "for one content. Start it again after any failure: it looks first, and goes on.",
        executor_def=in_this_process(sync.folders),
    )
    return dg.Definitions(jobs=[job])
