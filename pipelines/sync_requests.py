"""Looks for what people asked for with the button "Sync with Stripe", and starts a run for each customer (P5).

One call of NetSuite's pool each time. Like the schedule, the sensor starts stopped.
"""

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import dagster as dg

from assets.reconciliation import Reconciliation
from pipelines.jobs.sync_one import CUSTOMER_TAG, sync_op
from schemas.errors import TieoutError
from schemas.secrets import masked
from schemas.words import many_do

if TYPE_CHECKING:
    from resources.netsuite_api import SyncRequest

REQUEST_TAG: Final = "tieout/sync_request"
"""The tag that tells two requests for one customer apart."""

MOST_AT_ONCE: Final = 5
MOST_TRIES: Final = 3
"""Runs for one request that ended without an answer, as when they were killed, before a person has to ask again."""

_UNDER_WAY: Final = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
_IN_VAIN: Final = [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]


def build_sync_requests(sync: Reconciliation) -> dg.Definitions:
    """The sensor of one declaration, where one customer can be synced."""
    netsuite, block = sync.netsuite, sync.declaration.to_stripe
    if not sync.declaration.syncs_one or block is None:
        return dg.Definitions()
    from resources.netsuite_api.reading.reader import NetsuiteApiReader  # noqa: PLC0415 (late: what reads export files does without it)

    if not isinstance(netsuite, NetsuiteApiReader):
        return dg.Definitions()

    @dg.sensor(
        name=f"{sync.name}_sync_requests",
        job_name=f"{sync.name}_sync_one",
        minimum_interval_seconds=block.requests_seconds,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description="Looks for customers whose box “Sync with Stripe” is ticked, and syncs each; it starts stopped.",
    )
    def sync_requests(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
        job = f"{sync.name}_sync_one"
        under_way = context.instance.get_runs_count(dg.RunsFilter(job_name=job, statuses=_UNDER_WAY))
        if under_way:
            now = many_do(under_way, "customer", "is", "are")
            yield dg.SkipReason(f"{now} being synced; NetSuite is asked again afterwards.")
            return
        try:
            with netsuite.test_client() as client:
                asked = client.sync_requests()
        except TieoutError as error:
            yield dg.SkipReason(f"NetSuite could not be asked for requests: {masked(str(error))}")
            return
        runs = list(_runs(sync, context.instance, asked))[:MOST_AT_ONCE]
        yield from runs
        if not runs:
            yield dg.SkipReason(_why_none(asked))

    return dg.Definitions(sensors=[sync_requests])


def _runs(sync: Reconciliation, instance: dg.DagsterInstance, asked: "list[SyncRequest]") -> Iterator[dg.RunRequest]:
    for request in asked:
        key = _key(request)
        in_vain = instance.get_runs_count(dg.RunsFilter(tags={REQUEST_TAG: key}, statuses=_IN_VAIN))
        if in_vain < MOST_TRIES:
            yield dg.RunRequest(
                run_key=f"{key}:{in_vain}",
                run_config={"ops": {sync_op(sync): {"config": {"internal_id": int(request.internal_id)}}}},
                tags={REQUEST_TAG: key, CUSTOMER_TAG: str(request.internal_id)},
            )


def _key(request: "SyncRequest") -> str:
    """What tells a request from every other one: the customer, and what its answer field said when it was listed."""
    moment = hashlib.sha256(request.answer.encode()).hexdigest()[:16]
    return f"{request.internal_id}-{moment}"


def _why_none(asked: "list[SyncRequest]") -> str:
    if not asked:
        return "Nobody asked for a customer."
    ids = ", ".join(str(request.internal_id) for request in asked[:MOST_AT_ONCE])
    tried = many_do(len(asked), "request", "was", "were")
    return f"{tried} tried {MOST_TRIES} times without an answer (customers {ids}): look at their runs."
