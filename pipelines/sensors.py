"""Tells whoever a declaration names that a run of it has ended. A sensor does, so that no run waits or fails for it.

Like the schedule, sensors start stopped. They see the runs that Dagster's daemon sees: those of the UI and of
schedules, not those of `make run`, before which a person sits.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import dagster as dg

from assets.planning.brakes import CHECKS
from assets.reconciliation import Reconciliation
from resources.failures import KIND
from schemas.events import Occasion, RunEvent

_OCCASIONS: Final[dict[dg.DagsterRunStatus, frozenset[Occasion]]] = {
    dg.DagsterRunStatus.FAILURE: frozenset({"failure", "brakes"}),
    dg.DagsterRunStatus.SUCCESS: frozenset({"success"}),
}
_EVERY_SECONDS: Final = 30


def build_notifications(sync: Reconciliation, jobs: dg.Definitions) -> dg.Definitions:
    """A sensor for each status of runs that the declaration wants to hear of."""
    wanted = set(sync.declaration.notify.events)
    return dg.Definitions(sensors=[_sensor(sync, jobs, status) for status, all_ in _OCCASIONS.items() if all_ & wanted])


def _sensor(sync: Reconciliation, jobs: dg.Definitions, status: dg.DagsterRunStatus) -> dg.SensorDefinition:
    @dg.run_status_sensor(
        run_status=status,
        name=f"{sync.name}_notify_{status.value.lower()}",
        monitored_jobs=list(jobs.jobs or ()),
        minimum_interval_seconds=_EVERY_SECONDS,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description="Tells whoever `notify` of the declaration names; it starts stopped.",
    )
    def notify(context: dg.RunStatusSensorContext) -> dg.SkipReason:
        try:
            event = event_of(sync, context.instance, context.dagster_run, status)
            if event.occasion not in sync.declaration.notify.events:
                return dg.SkipReason(f"{event.sentence} The declaration wants to hear of nothing such.")
            sync.notifier.notify(event)
        except Exception as error:  # noqa: BLE001 - whatever it is, the next run is to be told again
            return dg.SkipReason(f"Nobody was told of run {context.dagster_run.run_id} ({type(error).__name__}).")
        return dg.SkipReason(f"Told: {event.sentence}")

    return notify


def event_of(
    sync: Reconciliation, instance: dg.DagsterInstance, run: dg.DagsterRun, status: dg.DagsterRunStatus
) -> RunEvent:
    """What there is to tell of a run that has ended so."""
    made = {made.asset_key: made for made in _materializations(sync, instance, run)}
    brakes = tuple(_failed_brakes(sync, instance, run))
    plan = made.get(sync.key("write_plan"))
    has_failed = status is dg.DagsterRunStatus.FAILURE
    return RunEvent(
        declaration=sync.name,
        job=run.job_name,
        run_id=run.run_id,
        occasion="success" if not has_failed else "brakes" if brakes else "failure",
        at=_ended(instance, run) or sync.clock(),
        counts={f"{key.path[-1]}/{name}": count for key, each in made.items() for name, count in _counts(each)},
        plan=str(plan.metadata["plan_hash"].value) if plan and "plan_hash" in plan.metadata else None,
        failed=tuple(_failed_steps(instance, run)) if has_failed else (),
        brakes=brakes,
        results=str(sync.folders.results(sync.name)),
    )


def _events(instance: dg.DagsterInstance, run: dg.DagsterRun, kind: dg.DagsterEventType) -> Iterator[dg.DagsterEvent]:
    for entry in instance.all_logs(run.run_id, of_type=kind):
        if entry.dagster_event is not None:
            yield entry.dagster_event


def _materializations(
    sync: Reconciliation, instance: dg.DagsterInstance, run: dg.DagsterRun
) -> Iterator[dg.AssetMaterialization]:
    for event in _events(instance, run, dg.DagsterEventType.ASSET_MATERIALIZATION):
        made = event.step_materialization_data.materialization
        if made.asset_key.path[0] == sync.name:
            yield made


def _counts(made: dg.AssetMaterialization) -> Iterator[tuple[str, int]]:
    for name, value in made.metadata.items():
        if isinstance(value, dg.IntMetadataValue) and value.value is not None:
            yield name, value.value


def _failed_brakes(sync: Reconciliation, instance: dg.DagsterInstance, run: dg.DagsterRun) -> Iterator[str]:
    for event in _events(instance, run, dg.DagsterEventType.ASSET_CHECK_EVALUATION):
        check = event.asset_check_evaluation_data
        is_brake = check.asset_key == sync.key("write_plan") and check.check_name in CHECKS
        if is_brake and not check.passed and check.severity is dg.AssetCheckSeverity.ERROR:
            yield check.check_name


def _failed_steps(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Iterator[str]:
    """Each with the kind of its error, and not its sentence, which is for those who may see customers."""
    for event in _events(instance, run, dg.DagsterEventType.STEP_FAILURE):
        found = event.step_failure_data
        kind = found.user_failure_data.metadata.get(KIND) if found.user_failure_data else None
        unforeseen = found.error.cls_name if found.error else None
        yield f"{event.step_key}: {kind.value if kind else unforeseen}"


def _ended(instance: dg.DagsterInstance, run: dg.DagsterRun) -> datetime | None:
    record = instance.get_run_record_by_id(run.run_id)
    return datetime.fromtimestamp(record.end_time, UTC) if record and record.end_time else None
