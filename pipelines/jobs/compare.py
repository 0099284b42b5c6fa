"""`<name>_compare`: who would be linked otherwise by a second declaration. It writes nothing but the comparison."""

import dagster as dg
from pydantic import Field

from assets.reconciliation import Reconciliation, failures_for_people
from assets.signed_in import see_that_it_may_be_read
from pipelines.jobs.one_operation import job_of


class BothDeclarations(dg.Config):
    """What is compared with what."""

    second: str = Field(
        default="",
        description="the path of a file with the second declaration, from the checkout on; or the hash of a plan whose "
        "declaration it is; nothing for what the declaration says today",
    )
    plan: str = Field(
        default="", description="the hash of the plan on whose inputs both are tried; nothing for the last plan"
    )


def build_compare(sync: Reconciliation) -> dg.Definitions:
    """The job of one operation, which makes no asset."""

    @dg.op(name=f"{sync.name}__compare_declarations", out=dg.Out(dg.Nothing))
    def compare_them(context: dg.OpExecutionContext, config: BothDeclarations) -> None:
        """Compare, and leave the customers that are linked otherwise as a table and a page."""
        from pipelines.compare import FILES, compare  # noqa: PLC0415 (late: other jobs do without)

        second = config.second.strip()
        path = str(sync.folders.root / second) if second.endswith(FILES) else second
        with failures_for_people():
            if second.endswith(FILES):
                see_that_it_may_be_read(context.run, sync.folders, second, FILES)
            found = compare(sync, path, config.plan, context.log.info)
        context.add_output_metadata(
            {
                "before": found.compared.before,
                "after": found.compared.after,
                **found.counts(),
                "table": dg.MetadataValue.path(found.table),
                "page": dg.MetadataValue.path(found.page),
            }
        )

    return job_of(
        sync,
        "compare",
        compare_them,
        "Shows who would be linked otherwise by a second declaration, on the kept inputs of a plan.",
        role="plan",
    )
