"""The jobs of one declaration, and the tags that make one run cover every month."""

import dagster as dg

from assets.reconciliation import Reconciliation

ASSETS = (
    "stripe_customers",
    "netsuite_customers",
    "customer_matches",
    "review_queue",
    "write_plan",
    "reconciliation_report",
)


def build_jobs(sync: Reconciliation) -> dg.Definitions:
    """`<name>_reconcile`: extract, match, plan, report. It writes nothing outside of this machine."""
    keys = [sync.key(name) for name in ASSETS]
    reconcile = dg.define_asset_job(
        f"{sync.name}_reconcile",
        selection=dg.AssetSelection.assets(*keys) | dg.AssetSelection.checks_for_assets(*keys),
        description="Reads both sides, matches, plans, reports. Writes nothing outside of this machine.",
        executor_def=dg.in_process_executor,
        tags=every_month(sync.months),
    )
    return dg.Definitions(jobs=[reconcile])


def every_month(months: dg.MonthlyPartitionsDefinition) -> dict[str, str]:
    """Run tags under which one run covers all months at once."""
    return {
        "dagster/asset_partition_range_start": months.get_first_partition_key() or "",
        "dagster/asset_partition_range_end": months.get_last_partition_key() or "",
    }
