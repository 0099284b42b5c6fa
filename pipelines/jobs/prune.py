"""`<name>_prune`: removes what is older than the declaration keeps it, as `make prune` does; and its schedule."""

from typing import Final

import dagster as dg
from pydantic import Field

from assets.reconciliation import Reconciliation, failures_for_people
from pipelines.jobs.one_operation import job_of
from pipelines.retention import COMMAND, KINDS, NOTHING_OLD
from resources.ledger import Holder
from schemas.errors import UserError

_AT: Final = "15 3 * * *"


class Pruning(dg.Config):
    """What is removed. How old it has to be, `keep` and `keep_inputs` of the declaration say; the ledger stays."""

    only: list[str] = Field(
        default_factory=list, description=f"some of {', '.join(KINDS)}; nothing for all that the declaration dates"
    )
    dry_run: bool = Field(default=False, description="say what would be removed, and remove nothing")


def build_prune(sync: Reconciliation) -> dg.Definitions:
    """The job of one operation, which makes no asset, and its schedule, which starts stopped."""

    @dg.op(name=f"{sync.name}__prune_old", out=dg.Out(dg.Nothing))
    def prune_old(context: dg.OpExecutionContext, config: Pruning) -> None:
        """Remove what is older than `keep` and `keep_inputs` say."""
        from pipelines.prune import pruned, would_be_pruned  # noqa: PLC0415 (late: other jobs do without)

        act = would_be_pruned if config.dry_run else pruned
        purpose = f"{COMMAND} {sync.name}"  # as of the command, so that only one of them removes
        with failures_for_people(), sync.ledger() as ledger, ledger.lease(purpose, context.run.run_id) as held:
            if isinstance(held, Holder):
                raise UserError(f"{sync.name} is being pruned by the run {held.run}; wait until it has ended.")
            said = []
            for sentence in act(sync, context.instance, _kinds(config.only)):
                context.log.info(sentence)
                said.append(sentence)
        told = "would_be_removed" if config.dry_run else "removed"
        context.add_output_metadata({told: "\n\n".join(said) or NOTHING_OLD})

    made = job_of(
        sync,
        "prune",
        prune_old,
        "Removes what is older than keep and keep_inputs of the declaration say: inputs, frames, results, plans of "
        "which nothing is in effect, and Dagster's history. The ledger stays. With dry_run it only says what would go.",
    )

    schedule = dg.ScheduleDefinition(
        name=f"{sync.name}_prune",
        job_name=f"{sync.name}_prune",
        cron_schedule=_AT,
        execution_timezone=sync.declaration.daily.time_zone,
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description="Prunes every night at a quarter past three; it starts stopped.",
    )
    return dg.Definitions.merge(made, dg.Definitions(schedules=[schedule]))


def _kinds(only: list[str]) -> tuple[str, ...]:
    """What is asked for.

    Raises:
        UserError: a name is none.
    """
    unknown = [kind for kind in only if kind not in KINDS]
    if unknown:
        raise UserError(f"only: {unknown[0]!r} is none of {', '.join(KINDS)}; nothing was removed.")
    return tuple(only) or KINDS
