"""Tells whoever a declaration names what happened: sensors do, so that no run waits or fails for it.

Like the schedule, sensors start stopped. They see the runs of the UI and of schedules, not those of `make run`, before
which a person sits.
"""

import dagster as dg

from assets.reconciliation import Reconciliation
from pipelines.notifications.digest import build_digest
from pipelines.notifications.each import build_alive, build_each
from pipelines.notifications.lateness import build_late

__all__ = ["build_notifications"]


def build_notifications(sync: Reconciliation, jobs: dg.Definitions) -> dg.Definitions:
    """The sensors that the declaration's `notify` asks for."""
    notify = sync.declaration.notify
    if notify.every_minutes:
        sensors = [build_digest(sync, jobs)]
    else:
        sensors = build_each(sync, jobs)
        if "late" in notify.events:
            sensors.append(build_late(sync))
    alive = [build_alive(sync, jobs)] if "alive_url" in notify.model_fields_set else []
    return dg.Definitions(sensors=[*sensors, *alive])
