"""Progress of a run in the terminal: a line per stage, fed by the events that Dagster sends to its loggers."""

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import dagster as dg
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

LOGGER_NAME = "progress"
_HANDLER = "tieout.progress"


class _StageHandler(logging.Handler):
    """Moves the bar when a step starts or ends, and prints what the stages themselves say."""

    def __init__(self, progress: Progress, steps: int, on_wait: Callable[[str], str]) -> None:
        super().__init__()
        self._on_wait = on_wait
        self._progress, self._task = progress, progress.add_task("starting", total=steps)

    def emit(self, record: logging.LogRecord) -> None:
        """Called by Dagster for each event and each message of a stage."""
        meta = getattr(record, "dagster_meta", {})
        event = meta.get("dagster_event")
        step = (meta.get("step_key") or "").split("__", 1)[-1]
        if event is None and step and record.levelno == logging.INFO:
            self._say(step, meta.get("orig_message", ""))
        elif event is not None and event.is_step_start:
            self._progress.update(self._task, description=step)
        elif event is not None and (event.is_step_success or event.is_step_failure):
            self._progress.advance(self._task)
        elif event is not None and (pool := _waits_for(event)):
            self._say(step, self._on_wait(pool))
            _let_interrupts_through()

    def _say(self, step: str, sentence: str) -> None:
        self._progress.console.print(f"[dim]{step:>24}[/]  {sentence}")


def _waits_for(event: dg.DagsterEvent) -> str | None:
    """The pool, if the event says that a step waits for one."""
    if event.event_type is not dg.DagsterEventType.ENGINE_EVENT:
        return None
    pool = event.engine_event_data.metadata.get("pool")
    return str(pool.value) if pool else None


def _let_interrupts_through() -> None:
    """Let Ctrl-C and SIGTERM end a wait: Dagster keeps them for the next step to start, which here may be never."""
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.default_int_handler)


@dg.logger(None, "Shows the progress of `make run`; silent elsewhere.")
def progress_logger(init_context: dg.InitLoggerContext) -> logging.Logger:  # noqa: ARG001 (the interface)
    """The logger under which `stage_progress` listens."""
    return logging.getLogger(_HANDLER)


@contextmanager
def stage_progress(
    console: Console, job: dg.JobDefinition, on_wait: Callable[[str], str]
) -> Iterator[dict[str, dict[str, object]]]:
    """Show a bar while the body runs; gives the `loggers` part of the run config that feeds it.

    Args:
        console: where to show it.
        job: what is run.
        on_wait: called with the name of a pool when a step has to wait for it; gives what to say about that.
    """
    columns = (SpinnerColumn(), TextColumn("{task.description:>24}"), BarColumn(), TimeElapsedColumn())
    logger = logging.getLogger(_HANDLER)
    logger.setLevel(logging.DEBUG)  # the level of most of what Dagster says of its steps
    logger.propagate = False
    with Progress(*columns, console=console, transient=True) as progress:
        handler = _StageHandler(progress, steps=len(job.nodes), on_wait=on_wait)
        logger.addHandler(handler)
        try:
            yield {LOGGER_NAME: {}}
        finally:
            logger.removeHandler(handler)
