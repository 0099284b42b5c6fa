"""Tells that the daily run has not happened: by a look at the clock, as no run can tell it."""

from datetime import UTC, datetime
from typing import Final

import dagster as dg

from assets.reconciliation import Reconciliation
from schemas.events import RunEvent

_EVERY_SECONDS: Final = 300
_LOOKED_AT: Final = 100


def build_late(sync: Reconciliation) -> dg.SensorDefinition:
    """A look every five minutes; each day that is missed is told once."""

    @dg.sensor(
        name=f"{sync.name}_notify_late",
        job_name=f"{sync.name}_daily",
        minimum_interval_seconds=_EVERY_SECONDS,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description="Tells whoever `notify` names that the daily run has not happened; it starts stopped.",
    )
    def late(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        event = late_event(sync, context.instance)
        if event is None:
            return dg.SkipReason("The daily run has happened, or is not due yet.")
        if context.cursor == day_of(event):
            return dg.SkipReason(f"Told before: {event.sentence}")
        if not sync.notifier.notify([event]):
            return dg.SkipReason(f"Nobody was told: {event.sentence}")
        context.update_cursor(day_of(event))
        return dg.SkipReason(f"Told: {event.sentence}")

    return late


def late_event(sync: Reconciliation, instance: dg.DagsterInstance) -> RunEvent | None:
    """That the daily run is missing, where it is: no report was made since it should have begun."""
    found = instance.fetch_materializations(sync.key("reconciliation_report"), limit=_LOOKED_AT).records
    made = [record for record in found if record.run_id]  # without a run a report only says what became of its plan
    last = datetime.fromtimestamp(made[0].timestamp, UTC) if made else None
    now = sync.clock()
    due = sync.declaration.daily.missed(now, last)
    if due is None:
        return None
    return RunEvent(declaration=sync.name, job=f"{sync.name}_daily", occasion="late", at=now, due=due)


def day_of(event: RunEvent) -> str:
    """The day that was missed, as a cursor keeps it."""
    return event.due.isoformat() if event.due else ""
