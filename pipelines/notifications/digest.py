"""Tells what happened in an interval in one message: runs that ended since the last one, and a missing daily run.

What was told is known by the ids of Dagster's events, so that nothing is left out between two looks. What nobody took
is told again with the next message.
"""

from collections.abc import Iterator
from typing import Final, Literal

import dagster as dg
from pydantic import BaseModel

from assets.reconciliation import Reconciliation
from pipelines.notifications.events import wanted_of, was_unattended
from pipelines.notifications.lateness import day_of, late_event
from schemas.events import RunEvent
from schemas.words import many, many_do

_End = Literal[dg.DagsterEventType.RUN_FAILURE, dg.DagsterEventType.RUN_SUCCESS]
_MOST_RUNS: Final = 200
_ENDS_AS: Final[dict[dg.DagsterRunStatus, _End]] = {
    dg.DagsterRunStatus.FAILURE: dg.DagsterEventType.RUN_FAILURE,
    dg.DagsterRunStatus.SUCCESS: dg.DagsterEventType.RUN_SUCCESS,
}


class _Told(BaseModel):
    """What was told: the last end of a run, for each way of ending, and the last day that was missed."""

    ends: dict[str, int] = {}
    day: str = ""


def build_digest(sync: Reconciliation, jobs: dg.Definitions) -> dg.SensorDefinition:
    """One look, and one message at most, every so many minutes."""
    ours = frozenset(job.name for job in jobs.jobs or ())

    @dg.sensor(
        name=f"{sync.name}_notify",
        job_name=f"{sync.name}_reconcile",
        minimum_interval_seconds=sync.declaration.notify.every_minutes * 60,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description="Tells whoever `notify` names what happened since it last did, in one message; it starts stopped.",
    )
    def digest(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        told = _Told.model_validate_json(context.cursor) if context.cursor else _from_now_on(context.instance)
        now = told.model_copy(deep=True)
        events = [*_of_runs(sync, context.instance, now, ours), *_of_clock(sync, context.instance, now)]
        if events and not sync.notifier.notify(events):
            return dg.SkipReason(f"Nobody was told of {many(len(events), 'event')}; another try follows.")
        context.update_cursor(now.model_dump_json())
        return dg.SkipReason(f"{many_do(len(events), 'event', 'was', 'were')} told." if events else "Nothing happened.")

    return digest


def _of_runs(
    sync: Reconciliation, instance: dg.DagsterInstance, now: _Told, ours: frozenset[str]
) -> Iterator[RunEvent]:
    for status, kind in _ENDS_AS.items():
        found = dg.RunStatusChangeRecordsFilter(kind, after_storage_id=now.ends.get(status.value, 0))
        for record in instance.fetch_run_status_changes(found, limit=_MOST_RUNS, ascending=True).records:
            now.ends[status.value] = record.storage_id
            run = instance.get_run_by_id(record.run_id)
            if run is not None and run.job_name in ours and was_unattended(run):
                yield from wanted_of(sync, instance, run, status)


def _of_clock(sync: Reconciliation, instance: dg.DagsterInstance, now: _Told) -> Iterator[RunEvent]:
    event = late_event(sync, instance) if "late" in sync.declaration.notify.events else None
    if event is not None and now.day != day_of(event):
        now.day = day_of(event)
        yield event


def _from_now_on(instance: dg.DagsterInstance) -> _Told:
    """What ended before a person switched the sensor on is not told."""
    newest = {
        status.value: instance.fetch_run_status_changes(kind, limit=1).records for status, kind in _ENDS_AS.items()
    }
    return _Told(ends={status: records[0].storage_id for status, records in newest.items() if records})
