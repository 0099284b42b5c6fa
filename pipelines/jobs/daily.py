"""`<name>_daily`: the reconcile on a schedule, which skips a day whose last run has not ended."""

import dagster as dg

from assets.reconciliation import Reconciliation
from pipelines.exclusive_run import end_killed
from pipelines.executor import executor_of
from pipelines.jobs.selections import every_month, read_and_report, writes
from pipelines.login.roles import needs


def build_daily(sync: Reconciliation) -> dg.Definitions:
    """With `writes.mode: review` it is a reconcile; with `auto` it writes too, behind the brakes."""
    writes_alone = sync.declaration.writes.mode == "auto"
    then = "what it plans is written, within the brakes" if writes_alone else "a person applies what it plans"
    selection = read_and_report(sync)
    job = dg.define_asset_job(
        f"{sync.name}_daily",
        selection=selection | writes(sync) if writes_alone else selection,
        description=f"The reconcile of every day; {then}. Its schedule starts it; here: *Materialize all*, *Show all "
        "partitions*, *All*, *Launch backfill*.",
        executor_def=executor_of(sync.folders),
        tags=every_month(sync),
        metadata=needs("approve" if writes_alone else "plan"),
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
