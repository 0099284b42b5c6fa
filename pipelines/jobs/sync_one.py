"""`<name>_sync_one`: one NetSuite customer on demand, and the answer to whoever asked with the button (P5)."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import dagster as dg
from pydantic import Field

from assets.api_readers import netsuite_api
from assets.reconciliation import Reconciliation, failures_for_people
from pipelines.jobs.one_operation import job_of
from schemas.errors import TransientError, UserError
from schemas.secrets import masked
from schemas.words import InternalId

if TYPE_CHECKING:
    from resources.netsuite_api import NetsuiteClient, SyncRequest

CUSTOMER_TAG: Final = "tieout/netsuite_customer"
"""The tag of a run that names its customer."""


class OneCustomer(dg.Config):
    """Which customer."""

    internal_id: int = Field(description="the internal id of the NetSuite customer")


def build_sync_one(sync: Reconciliation) -> dg.Definitions:
    """The job of one operation, which makes no asset."""

    @dg.op(name=sync_op(sync), out=dg.Out(dg.Nothing))
    def sync_customer(context: dg.OpExecutionContext, config: OneCustomer) -> None:
        """Look at one customer anew, plan it, apply that within the limits, untick its box and write the answer."""
        from assets.one_customer.sync import sync_one  # noqa: PLC0415 (late: what reads export files does without it)

        with failures_for_people(), netsuite_api(sync).client() as client:
            internal_id = InternalId(config.internal_id)
            asked = [request for request in client.sync_requests() if request.internal_id == internal_id]
            try:
                answer = sync_one(sync, context.instance, context.run, internal_id, context.log.info)
            except (UserError, TransientError) as error:
                why = f"Nothing was done, or not all of it: {masked(str(error))}"
                _answered(client, asked, why, sync, context.log.info)
                raise
            _answered(client, asked, answer.text, sync, context.log.info)
        context.add_output_metadata({"internal_id": config.internal_id, "answer": answer.told})

    return job_of(
        sync,
        "sync_one",
        sync_customer,
        "Plans one NetSuite customer and applies that within the limits, as the button “Sync with Stripe” "
        "asks for it; the answer goes into the customer's record if its box is ticked (P5).",
    )


def sync_op(sync: Reconciliation) -> str:
    """The name of the operation, which its configuration needs."""
    return f"{sync.name}__sync_customer"


def _answered(
    client: "NetsuiteClient", asked: "list[SyncRequest]", answer: str, sync: Reconciliation, said: Callable[[str], None]
) -> None:
    """Answer what was asked before the work began; what was asked again since stays, for the next run."""
    for request in asked:
        outcome = client.answer_request(request, f"{sync.clock():%Y-%m-%d %H:%M} UTC: {answer}")
        if outcome.status == "failed":
            raise UserError(f"The answer could not be written ({outcome.code}): see who may edit this customer.")
        said(f"The request of customer {request.internal_id} was answered ({outcome.status}).")
