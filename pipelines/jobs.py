"""The jobs of one declaration, its schedule, and the tags that make one run cover every month.

From export files there is nothing to apply: `<name>_reconcile` and `<name>_override` are all there is. Over two APIs
there are `<name>_apply`, `<name>_undo`, `<name>_daily` too.
"""

import dagster as dg

from assets.planning.brakes import CHECKS
from assets.planning.overrides import Override, decide
from assets.reconciliation import Reconciliation
from assets.write_back.assets import undo
from assets.write_back.request import PlanPart
from pipelines.exclusive_run import end_killed
from pipelines.executor import in_this_process
from schemas.link_fields import by_asset, fields_of

ASSETS = (
    "stripe_customers",
    "netsuite_customers",
    "customer_matches",
    "review_queue",
    "write_plan",
    "reconciliation_report",
)
WRITES = tuple(by_asset((*fields_of("netsuite"), *fields_of("stripe"))))


def build_jobs(sync: Reconciliation) -> dg.Definitions:
    """The jobs and the schedule that a declaration's sources allow."""
    always = (_reconcile(sync), _override(sync))
    writing = (_apply(sync), _undo(sync), _daily(sync)) if sync.declaration.can_write else ()
    return dg.Definitions.merge(*always, *writing)


def _reconcile(sync: Reconciliation) -> dg.Definitions:
    job = dg.define_asset_job(
        f"{sync.name}_reconcile",
        selection=_picture(sync),
        description="Reads both sides, matches, plans, reports. Writes nothing outside of this machine.",
        executor_def=in_this_process(sync.folders),
        tags=every_month(sync),
    )
    return dg.Definitions(jobs=[job])


def _apply(sync: Reconciliation) -> dg.Definitions:
    job = dg.define_asset_job(
        f"{sync.name}_apply",
        selection=_writes(sync),
        description="Writes an approved plan into NetSuite, then into Stripe. It wants the plan's hash: an approval is "
        "for one content. Start it again after any failure: it looks first, and goes on.",
        executor_def=in_this_process(sync.folders),
    )
    return dg.Definitions(jobs=[job])


def _undo(sync: Reconciliation) -> dg.Definitions:
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


def _override(sync: Reconciliation) -> dg.Definitions:
    @dg.op(name=f"{sync.name}__decide", out=dg.Out(dg.Nothing))
    def keep_decision(context: dg.OpExecutionContext, config: Override) -> None:
        """Keep a person's decision about one customer."""
        decide(sync, context, config)

    @dg.job(
        name=f"{sync.name}_override",
        executor_def=in_this_process(sync.folders),
        description="Keeps a person's decision: link this customer to that record, or never (M8). Then reconcile.",
    )
    def override_job() -> None:
        keep_decision()

    return dg.Definitions(jobs=[override_job])


def _daily(sync: Reconciliation) -> dg.Definitions:
    """With `writes.mode: review` it is a reconcile; with `auto` it writes too, behind the brakes."""
    writes_alone = sync.declaration.writes.mode == "auto"
    then = "what it plans is written, within the brakes" if writes_alone else "a person applies what it plans"
    job = dg.define_asset_job(
        f"{sync.name}_daily",
        selection=_picture(sync) | _brakes(sync) | _writes(sync) if writes_alone else _picture(sync),
        description=f"The reconcile of every day; {then}.",
        executor_def=in_this_process(sync.folders),
        tags=every_month(sync),
    )

    @dg.schedule(
        name=f"{sync.name}_daily",
        job=job,
        cron_schedule=sync.declaration.daily.cron,
        execution_timezone=sync.declaration.daily.time_zone,
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description="Starts the daily run; it starts stopped, and skips a day whose last run has not ended.",
    )
    def schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        end_killed(sync.folders, context.instance)
        under_way = dg.RunsFilter(job_name=f"{sync.name}_daily", statuses=list(_UNDER_WAY))
        if records := context.instance.get_run_records(under_way, limit=1):
            return dg.SkipReason(_not_ended(records[0]))
        return dg.RunRequest(tags=every_month(sync))

    return dg.Definitions(jobs=[job], schedules=[schedule])


def _not_ended(record: dg.RunRecord) -> str:
    run = record.dagster_run
    return (
        f"The daily run {run.run_id} of {record.create_timestamp:%Y-%m-%d %H:%M} UTC has not ended (it is "
        f"{run.status.value}). If its process is gone, open that run, choose Terminate, and force it."
    )


_UNDER_WAY = (
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
)


def _picture(sync: Reconciliation) -> dg.AssetSelection:
    """All that reads, matches, plans and reports, with its checks but the brakes."""
    keys = [sync.key(name) for name in ASSETS]
    everything = dg.AssetSelection.assets(*keys) | dg.AssetSelection.checks_for_assets(*keys)
    return everything - _brakes(sync) if sync.declaration.can_write else everything


def _brakes(sync: Reconciliation) -> dg.AssetSelection:
    return dg.AssetSelection.checks(*(dg.AssetCheckKey(sync.key("write_plan"), name) for name in CHECKS))


def _writes(sync: Reconciliation) -> dg.AssetSelection:
    return dg.AssetSelection.assets(*(sync.key(name) for name in WRITES))


def every_month(sync: Reconciliation) -> dict[str, str]:
    """Run tags under which one run covers all months there are by now."""
    months = sync.month_keys()
    return {"dagster/asset_partition_range_start": months[0], "dagster/asset_partition_range_end": months[-1]}
