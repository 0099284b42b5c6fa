"""`<name>_replay`: makes a kept plan again from its inputs, and fails with what differs. It writes nothing."""

import dagster as dg
from pydantic import Field

from assets.reconciliation import Reconciliation, failures_for_people
from pipelines.jobs.one_operation import job_of
from schemas.errors import UserError


class KeptPlan(dg.Config):
    """Which plan."""

    plan: str = Field(default="", description="the hash of the plan, or its beginning; nothing for the last plan")


def build_replay(sync: Reconciliation) -> dg.Definitions:
    """The job of one operation, which makes no asset."""

    @dg.op(name=f"{sync.name}__replay_plan", out=dg.Out(dg.Nothing))
    def make_again(context: dg.OpExecutionContext, config: KeptPlan) -> None:
        """Make a plan again; the run succeeds only if it is identical, byte for byte."""
        from assets.replay.inputs import making_of  # noqa: PLC0415 (late: other jobs do without)
        from assets.replay.replay import replay  # noqa: PLC0415
        from pipelines.replay import said_of  # noqa: PLC0415

        with failures_for_people():
            found = replay(sync, making_of(sync, config.plan))
            if found.differences:
                raise UserError(" ".join(f"{sentence}." for sentence in said_of(found)))
        context.add_output_metadata(
            {
                "plan_hash": found.making.plan,
                "identical": True,
                "changes": found.changes,
                "made_at": dg.MetadataValue.timestamp(found.making.made_at),
            }
        )

    return job_of(
        sync,
        "replay",
        make_again,
        "Makes a kept plan again from the inputs that were kept of it: identical, or what differs and why.",
        role="plan",
    )
