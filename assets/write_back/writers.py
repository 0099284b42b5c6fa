"""The ways into the two systems: attempts become what their clients understand, and back. No decision is made here."""

from collections.abc import Iterator, Sequence
from typing import Final, Literal

from assets.write_back.effects import Answer, expected, purpose, wanted
from assets.write_back.living_customers import GONE
from resources.netsuite_api import FieldEdit, NetsuiteClient, NetsuiteOutcome
from resources.stripe_api import MetadataChange, StripeConnection, retrieve, set_metadata
from schemas.change import Attempt
from schemas.errors import InternalError, TransientError
from schemas.words import LINK_FIELD, LINK_KEY, InternalId, StripeId

_NETSUITE_RECORDS: Final = 100
_STRIPE_RECORDS: Final = 10


class NetsuiteWriter:
    """Writes NetSuite records through the RESTlet, one load and one save for all changes of a record."""

    def __init__(self, client: NetsuiteClient, *, workers: int = 4, records_per_batch: int = _NETSUITE_RECORDS) -> None:
        """`workers` is the account's share of concurrent calls.

        A batch is one call: 300 records use nearly all of its units, fewer keep it short where scripts and workflows
        make every save slow.
        """
        self._client = client
        self.workers, self.records_per_batch = workers, records_per_batch

    def write(self, attempts: Sequence[Attempt]) -> Iterator[Answer]:
        """See `Writer`. A field that NetSuite refuses is saved apart from the others of its record by the RESTlet."""
        by_change = {_netsuite_change(attempt): attempt for attempt in attempts}
        for outcome in self._client.applied(list(by_change)):
            yield _netsuite_answer(by_change[outcome.change], outcome)

    def stands(self, attempts: Sequence[Attempt]) -> Iterator[tuple[Attempt, bool]]:
        """See `Writer`."""
        outcomes = self._client.look([_netsuite_change(attempt) for attempt in attempts])
        for attempt, outcome in zip(attempts, outcomes, strict=True):
            yield attempt, outcome.status == "already"


class StripeWriter:
    """Writes the metadata of Stripe customers, one customer at a time within a batch."""

    def __init__(
        self, connection: StripeConnection, *, workers: int = 25, records_per_batch: int = _STRIPE_RECORDS
    ) -> None:
        """`workers` times the batch is what may be under way; the connection keeps the rate."""
        self._connection = connection
        self.workers, self.records_per_batch = workers, records_per_batch

    def write(self, attempts: Sequence[Attempt]) -> Iterator[Answer]:
        """See `Writer`."""
        for attempt in attempts:
            change = MetadataChange(
                customer_id=StripeId(attempt.change.record_id),
                key=LINK_KEY,
                expected_old=expected(attempt),
                new=wanted(attempt),
                scope=purpose(attempt),
            )
            try:
                outcome = set_metadata(self._connection, change)
            except TransientError as error:
                yield Answer(attempt, "unknown", error=str(error))
                continue
            match outcome.status:
                case "applied":
                    yield Answer(attempt, "done")
                case "already" | "conflict":
                    yield Answer(attempt, outcome.status, found=outcome.found)
                case "gone":
                    yield Answer(attempt, "failed", code="gone", error=f"{GONE}.")
                case "refused":
                    reason = f"Stripe refuses this change: {outcome.reason}."
                    yield Answer(attempt, "failed", code=outcome.code, error=reason)

    def stands(self, attempts: Sequence[Attempt]) -> Iterator[tuple[Attempt, bool]]:
        """See `Writer`."""
        for attempt in attempts:
            customer = retrieve(self._connection, StripeId(attempt.change.record_id))
            value = customer and customer.metadata.get(LINK_KEY)
            yield attempt, customer is not None and (value or None) == (wanted(attempt) or None)


def _netsuite_change(attempt: Attempt) -> FieldEdit:
    change, record = attempt.change, InternalId(int(attempt.change.record_id))
    if change.field == LINK_FIELD:
        raise InternalError("A change of Stripe's metadata was given to NetSuite.")
    if change.action == "append":
        action: Literal["append", "remove"] = "append" if attempt.direction == "apply" else "remove"
        return FieldEdit(record, change.field, action, change.new_value, old=change.old_value)
    return FieldEdit(record, change.field, "set", wanted(attempt), old=expected(attempt))


def _netsuite_answer(attempt: Attempt, outcome: NetsuiteOutcome) -> Answer:
    match outcome.status:
        case "applied":
            return Answer(attempt, "done")
        case "failed":
            return Answer(attempt, "failed", code=outcome.code, error=outcome.reason, is_repeat=outcome.is_repeat)
        case "already" | "conflict":
            return Answer(attempt, outcome.status, found=outcome.found, is_repeat=outcome.is_repeat)
        case "open":
            raise InternalError("NetSuite only looked at a change that it was asked to apply.")
