"""Runs whose steps are done by workers: the run's own process hands them out, and is known to be alive meanwhile."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import dagster as dg
from dagster._core.execution.retries import RetryMode

from pipelines.executor import executed_alive
from pipelines.workers.broker import workers
from pipelines.workers.settings import EXECUTOR, Settings
from resources.failures import failures_for_people
from resources.storage.folders import Folders

if TYPE_CHECKING:  # of Dagster's inside, which its own interface names
    from dagster._core.execution.context.system import PlanOrchestrationContext
    from dagster._core.execution.plan.plan import ExecutionPlan


def worker_executor(folders: Folders, settings: Settings) -> dg.ExecutorDefinition:
    """The executor of every run that the UI, a schedule or the command line of Dagster starts, where there are workers.

    What it is configured with is no part of a run: it is the installation's.
    """
    from dagster_celery.executor import CeleryExecutor  # noqa: PLC0415 (an extra)

    class OnWorkers(CeleryExecutor):
        """Dagster's own, which says that nobody is there, and stops when others hold its run for dead."""

        def execute(
            self, plan_context: "PlanOrchestrationContext", execution_plan: "ExecutionPlan"
        ) -> Iterator[dg.DagsterEvent]:
            with failures_for_people():
                there = workers(settings)
            if not there:
                plan_context.log.warning(
                    "No worker answers at the broker: this run waits until one does. Start one with `make worker`."
                )
            events = super().execute(plan_context, execution_plan)  # type: ignore[no-untyped-call] # Dagster's
            yield from executed_alive(folders, plan_context, events)

    @dg.executor(name=EXECUTOR, requirements=dg.multiple_process_executor_requirements())
    def celery(_: dg.InitExecutorContext) -> dg.Executor:
        ours = {name: settings.get(name) for name in ("broker", "backend", "include", "config_source")}
        return OnWorkers(retries=RetryMode.ENABLED, **ours)  # type: ignore[no-untyped-call] # Dagster's

    return celery
