"""Tells each thing when it happens, and says to a dead man's switch that the daily run has happened."""

from typing import Final

import dagster as dg

from assets.reconciliation import Reconciliation
from pipelines.notifications.events import ENDS, wanted_of, was_unattended
from resources.notify.log import LogNotifier
from schemas.events import Occasion

_EVERY_SECONDS: Final = 30
_OF_ENDS: Final[dict[dg.DagsterRunStatus, frozenset[Occasion]]] = {
    dg.DagsterRunStatus.FAILURE: frozenset({"failure", "brakes", "review"}),
    dg.DagsterRunStatus.SUCCESS: frozenset({"success", "review", "plan"}),
}


def build_each(sync: Reconciliation, jobs: dg.Definitions) -> list[dg.SensorDefinition]:
    """A sensor for each way of ending that the declaration wants to hear of."""
    wanted = set(sync.declaration.notify.events)
    return [_of_end(sync, jobs, status) for status in ENDS if _OF_ENDS[status] & wanted]


def _of_end(sync: Reconciliation, jobs: dg.Definitions, status: dg.DagsterRunStatus) -> dg.SensorDefinition:
    @dg.run_status_sensor(
        run_status=status,
        name=f"{sync.name}_notify_{status.value.lower()}",
        monitored_jobs=list(jobs.jobs or ()),
        minimum_interval_seconds=_EVERY_SECONDS,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description="Tells whoever `notify` of the declaration names; it starts stopped.",
    )
    def notify(context: dg.RunStatusSensorContext) -> dg.SkipReason:
        run = context.dagster_run
        if not was_unattended(run):
            return dg.SkipReason(f"Run {run.run_id} was started by a person at a terminal.")
        try:
            events = wanted_of(sync, context.instance, run, status)
            if not events:
                return dg.SkipReason(f"The declaration wants to hear of nothing such as run {run.run_id}.")
            is_told = sync.notifier.notify(events)
        except Exception as error:  # noqa: BLE001 - whatever it is, the next run is to be told again
            return dg.SkipReason(f"Nobody was told of run {run.run_id} ({type(error).__name__}).")
        said = " ".join(event.sentence for event in events)
        return dg.SkipReason(f"Told: {said}" if is_told else f"Nobody was told: {said} {_why(sync)}")

    return notify


def _why(sync: Reconciliation) -> str:
    """Why nobody took a message, as far as it is known here."""
    return sync.notifier.note if isinstance(sync.notifier, LogNotifier) else "The log says why."


def build_alive(sync: Reconciliation, jobs: dg.Definitions) -> dg.SensorDefinition:
    """After each daily run that succeeded, the declared address is asked."""
    daily = f"{sync.name}_daily"

    @dg.run_status_sensor(
        run_status=dg.DagsterRunStatus.SUCCESS,
        name=f"{sync.name}_alive",
        monitored_jobs=[job for job in jobs.jobs or () if job.name == daily],
        minimum_interval_seconds=_EVERY_SECONDS,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description="Asks `notify.alive_url` of the declaration after each good daily run; it starts stopped.",
    )
    def alive(context: dg.RunStatusSensorContext) -> dg.SkipReason:
        from resources.notify.alive import AliveSignal  # noqa: PLC0415 (late: a run on files asks no address)

        url = sync.declaration.notify.alive_url
        if not url:
            return dg.SkipReason("Nobody is told: the variable that notify.alive_url names is not set.")
        said = "The dead man's switch heard" if AliveSignal(url=url).send() else "Nobody heard"
        return dg.SkipReason(f"{said} of run {context.dagster_run.run_id}.")

    return alive
