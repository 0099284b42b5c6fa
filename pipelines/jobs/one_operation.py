"""Jobs of one operation: they make no asset, and their form, with each setting described, is on their page."""

import dagster as dg

from assets.reconciliation import Reconciliation
from pipelines.executor import executor_of
from pipelines.login.roles import Role, needs
from pipelines.progress import LOGGERS


def job_of(
    sync: Reconciliation, name: str, operation: dg.OpDefinition, description: str, role: Role = "approve"
) -> dg.Definitions:
    """The job `<declaration>_<name>` of one operation.

    Args:
        sync: the declaration.
        name: what the job is called, after the declaration's name.
        operation: what it does.
        description: what people read on its page.
        role: who may start it where the UI has a login.
    """

    @dg.job(
        name=f"{sync.name}_{name}",
        executor_def=executor_of(sync.folders),
        logger_defs=LOGGERS,
        description=description,
        metadata=needs(role),
    )
    def job() -> None:
        operation()

    return dg.Definitions(jobs=[job])
