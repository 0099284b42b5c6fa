"""Who is told when something happens: usable addresses, what is switched on, whether a test arrives."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import dagster as dg

from assets.reconciliation import Reconciliation
from pipelines.doctor.finding import Finding
from resources.notify.log import LogNotifier
from resources.notify.services import ServiceNotifier
from schemas.events import RunEvent

_ALIVE_SECONDS: Final = 120


def alerts(sync: Reconciliation, *, send: bool) -> Iterator[Finding]:
    """Whether anybody is told, and with `send` whether a message arrives."""
    notifier = sync.notifier
    if isinstance(notifier, LogNotifier):
        if notifier.note:
            yield Finding("todo", "alerts", notifier.note)
        else:
            yield Finding("note", "alerts", "They go to the log alone; `notify` in the declaration names somebody.")
        return
    for problem in notifier.problems() if isinstance(notifier, ServiceNotifier) else ():
        yield Finding("todo", "alerts", f"{problem}.")
    if not send:
        yield Finding("note", "alerts", f"No message was sent; to try it: make doctor NAME={sync.name} SEND=yes.")
        return
    test = RunEvent(declaration=sync.name, job=f"{sync.name}_doctor", occasion="test", at=sync.clock())
    if notifier.notify([test]):
        yield Finding("good", "alerts", "A test message was taken; see that it has arrived.")
    else:
        yield Finding("todo", "alerts", "Nobody took the test message; the log above says why: correct notify.url.")


def automation(sync: Reconciliation, instance: dg.DagsterInstance, definitions: dg.Definitions) -> Iterator[Finding]:
    """Which schedule and sensors of the declaration are switched on, and whether a daemon runs that looks at them."""
    repository = definitions.get_repository_def()
    names = [*(each.name for each in repository.schedule_defs), *(each.name for each in repository.sensor_defs)]
    ours = sorted(name for name in names if name.startswith(f"{sync.name}_"))
    on = {state.instigator_name for state in instance.all_instigator_state() if state.is_running}
    if switched_on := [name for name in ours if name in on]:
        yield Finding("good", "automation", f"Switched on: {', '.join(switched_on)}.")
        if not _has_daemon(instance, sync.clock()):
            said = "No daemon runs, so nothing starts by itself: start `make ui`, or Dagster's daemon."
            yield Finding("todo", "automation", said)
    off = [name for name in ours if name not in on]
    telling = [name for name in off if name.startswith(f"{sync.name}_notify")]
    if telling and not isinstance(sync.notifier, LogNotifier):
        said = f"Not everything is told before these are switched on: {', '.join(telling)}."
        yield Finding("note", "alerts", said)
    if off:
        yield Finding("note", "automation", f"Switched off: {', '.join(off)}. In the UI, under Automation.")


def _has_daemon(instance: dg.DagsterInstance, now: datetime) -> bool:
    beats = [each.timestamp for each in instance.get_daemon_heartbeats().values()]
    return any((now - datetime.fromtimestamp(beat, UTC)).total_seconds() < _ALIVE_SECONDS for beat in beats)
