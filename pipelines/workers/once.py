"""A step that a broker hands out, done once: it is at most once under way, and never again when it has ended.

A broker hands a step out a second time when its worker is gone, and also when it only takes long. Who comes second
looks at a lease in the ledger: whose holder lives is left alone, and looked at again later; who comes after the end
hands over what the first one told Dagster. Where the first one was killed the step is done anew: what it has written
is in the journal, as for every run that was killed.
"""

import hashlib
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import dagster as dg

from resources.ledger import Holder, Ledger

_ENDED: Final = {dg.DagsterEventType.STEP_SUCCESS, dg.DagsterEventType.STEP_FAILURE}
SECONDS_BETWEEN_LOOKS: Final = 5.0


def once(
    run_id: str, step: str, ledger: Ledger, instance: dg.DagsterInstance, do: Callable[[], Sequence[dg.DagsterEvent]]
) -> Sequence[dg.DagsterEvent] | Holder:
    """Do a step of a run, unless it has ended, or the run has; gives what there is to tell of it.

    Returns:
        The step's events; or who does it at this moment.
    """
    with ledger.lease(_purpose(run_id, step), run_id) as held:
        if isinstance(held, Holder):
            return held
        if told := events_of(instance, run_id, step):
            return told
        if not _goes_on(instance, run_id):
            return []
        with _ends_with(instance, run_id):
            return do()


def events_of(instance: dg.DagsterInstance, run_id: str, step: str) -> list[dg.DagsterEvent]:
    """What a step that has ended told Dagster, from its last start on; nothing where it has not ended."""
    entries = [entry for entry in instance.all_logs(run_id) if entry.step_key == step]
    events = [entry.dagster_event for entry in entries if entry.dagster_event is not None]
    if not any(event.event_type in _ENDED for event in events):
        return []
    starts = [at for at, event in enumerate(events) if event.event_type == dg.DagsterEventType.STEP_START]
    return events[starts[-1] if starts else 0 :]


def _purpose(run_id: str, step: str) -> str:
    """A lease's purpose has an end; the names of declarations and assets need not."""
    return f"step {run_id} {hashlib.sha256(step.encode()).hexdigest()[:32]}"


def _goes_on(instance: dg.DagsterInstance, run_id: str) -> bool:
    run = instance.get_run_by_id(run_id)
    return run is not None and run.status in _UNDER_WAY


_UNDER_WAY: Final = {dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED}


@contextmanager
def _ends_with(instance: dg.DagsterInstance, run_id: str) -> Iterator[None]:
    """Interrupt the body, which is in the main thread, when a person ends its run, or others hold it for dead."""
    ended, main = threading.Event(), threading.main_thread().ident or 0

    def watch() -> None:
        while not ended.wait(SECONDS_BETWEEN_LOOKS):
            if not _goes_on(instance, run_id):
                while not ended.wait(1.0):
                    signal.pthread_kill(main, signal.SIGINT)
                return

    watching = threading.Thread(target=watch, name=f"run {run_id}", daemon=True)
    watching.start()
    try:
        yield
    finally:
        ended.set()
        watching.join()
