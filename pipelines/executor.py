"""How runs are executed: all steps in one process, which is known to be alive for as long as it is.

A process for each step, Dagster's default, would spend seconds on imports for every stage. Where the environment names
workers (`pipelines/workers`), these do the steps.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import dagster as dg

from pipelines.exclusive_run import alive
from pipelines.workers.settings import settings
from resources.failures import failures_for_people
from resources.ledger import Ledger
from resources.storage.folders import Folders

if TYPE_CHECKING:  # of Dagster's inside, which its own interface names
    from dagster._core.execution.context.system import PlanOrchestrationContext
    from dagster._core.execution.plan.plan import ExecutionPlan
    from dagster._core.execution.retries import RetryMode


def executor_of(folders: Folders) -> dg.ExecutorDefinition:
    """The executor of every run that the UI, a schedule or the command line of Dagster starts.

    Raises:
        UserError: the environment names workers, and how they are reached cannot be used.
    """
    found = settings()
    if found is None:
        return in_this_process(folders)
    from pipelines.workers.executor import worker_executor  # noqa: PLC0415 (it needs an extra)

    return worker_executor(folders, found)


def in_this_process(folders: Folders) -> dg.ExecutorDefinition:
    """The executor that does all steps in the process of the run."""

    @dg.executor(name="in_process", config_schema=dg.in_process_executor.config_schema.as_field())
    def in_process(init_context: dg.InitExecutorContext) -> dg.Executor:
        create = dg.in_process_executor.executor_creation_fn
        assert create is not None  # Dagster's own has one
        return _Alive(create(init_context), folders)

    return in_process


class _Alive(dg.Executor):
    """Dagster's own, which stops when others hold its run for dead, and have gone on without it."""

    def __init__(self, inner: dg.Executor, folders: Folders) -> None:
        self._inner, self._folders = inner, folders

    @property
    def retries(self) -> "RetryMode":
        """See Dagster's."""
        return self._inner.retries

    def execute(
        self, plan_context: "PlanOrchestrationContext", execution_plan: "ExecutionPlan"
    ) -> Iterator[dg.DagsterEvent]:
        """Execute the steps; see Dagster's."""
        yield from executed_alive(self._folders, plan_context, self._inner.execute(plan_context, execution_plan))


def executed_alive(
    folders: Folders, plan_context: "PlanOrchestrationContext", events: Iterator[dg.DagsterEvent]
) -> Iterator[dg.DagsterEvent]:
    """What executing the steps of a run gives, while it is known to be alive."""
    run_id, instance = plan_context.dagster_run.run_id, plan_context.instance
    with failures_for_people(), Ledger.of(folders) as ledger, alive(run_id, ledger, instance) as lease:
        for event in events:
            lease.check()
            yield event
