"""`<name>_reconcile`: reads both sides, matches, plans, reports."""

import dagster as dg

from assets.reconciliation import Reconciliation
from pipelines.executor import executor_of
from pipelines.jobs.selections import every_month, read_and_report
from pipelines.login.roles import needs


def build_reconcile(sync: Reconciliation) -> dg.Definitions:
    """The job of a person, and of `make run`."""
    job = dg.define_asset_job(
        f"{sync.name}_reconcile",
        selection=read_and_report(sync),
        description="Reads both sides, matches, plans, reports. Writes nothing outside of this machine. Here: "
        "*Materialize all*, *Show all partitions*, *All*, *Launch backfill*.",
        executor_def=executor_of(sync.folders),
        tags=every_month(sync),
        metadata=needs("plan"),
    )
    return dg.Definitions(jobs=[job])
