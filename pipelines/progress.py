"""Progress of a run in the terminal: a line per stage, fed by the events that Dagster sends to its loggers."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import dagster as dg
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from pipelines.interrupts import tidy_up

LOGGER_NAME = "progress"
_HANDLER = "tieout.progress"


class _StageHandler(logging.Handler):
    """Moves the bar when a step starts or ends, and prints what the stages themselves say."""

    def __init__(self, progress: Progress, steps: int) -> None:
        super().__init__()
        self._progress, self._task = progress, progress.add_task("starting", total=steps)
        self._ended: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Called by Dagster for each event and each message of a stage."""
        meta = getattr(record, "dagster_meta", {})
        event = meta.get("dagster_event")
        step = (meta.get("step_key") or "").split("__", 1)[-1].partition(".")[0]  # of a graph's steps the graph
        if event is None and step and record.levelno == logging.INFO:
            self._say(step, meta.get("orig_message", ""))
        elif event is not None and event.is_step_start:
            self._progress.update(self._task, description=step)
        elif event is not None and (event.is_step_success or event.is_step_failure):
            self._ended.add(step)
            self._progress.update(self._task, completed=len(self._ended))

    def _say(self, step: str, sentence: str) -> None:
        line = Table.grid(padding=(0, 2, 0, 0))  # so that a long sentence goes on below its beginning
        line.add_column(min_width=24, justify="right", style="dim", no_wrap=True)
        line.add_column(overflow="fold")
        line.add_row(step, escape(sentence))
        self._progress.console.print(line)


@dg.logger(None, "Shows the progress of `make run`; silent elsewhere.")
def progress_logger(init_context: dg.InitLoggerContext) -> logging.Logger:  # noqa: ARG001 (the interface)
    """The logger under which `stage_progress` listens."""
    return logging.getLogger(_HANDLER)


LOGGERS: Final = {LOGGER_NAME: progress_logger, "console": dg.colored_console_logger}
"""What a job of operations can log to; those of assets get it from the definitions."""


@contextmanager
def stage_progress(console: Console, job: dg.JobDefinition) -> Iterator[dict[str, dict[str, object]]]:
    """Show a bar while the body runs; gives the `loggers` part of the run config that feeds it.

    Args:
        console: where to show it.
        job: what is run.
    """
    columns = (SpinnerColumn(), TextColumn("{task.description:>24}"), BarColumn(), TimeElapsedColumn())
    logger = logging.getLogger(_HANDLER)
    logger.setLevel(logging.DEBUG)  # the level of most of what Dagster says of its steps
    logger.propagate = False
    with Progress(*columns, console=console, transient=True) as progress, tidy_up(progress.stop):
        handler = _StageHandler(progress, steps=len(job.nodes))
        logger.addHandler(handler)
        try:
            yield {LOGGER_NAME: {}}
        finally:
            logger.removeHandler(handler)
