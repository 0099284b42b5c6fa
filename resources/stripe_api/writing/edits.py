"""The writer of edits in Stripe: metadata of customers, one customer at a time within a batch."""

from collections.abc import Iterator, Sequence
from typing import Final

from resources.stripe_api.session.connection import StripeConnection
from resources.stripe_api.writing.metadata import MetadataChange, retrieve, set_metadata
from schemas.attempts import Answer, Attempt, Entry
from schemas.errors import InternalError, TransientError
from schemas.link_fields import BY_NAME
from schemas.words import Action, StripeId, System

GONE: Final = "The customer is deleted or unknown in Stripe"
_RECORDS: Final = 10


class StripeEdits:
    """See `resources.writers.Writer`. The connection keeps the rate, whatever is under way."""

    system: System = "stripe"
    kinds: frozenset[Action] = frozenset({"set"})

    def __init__(self, connection: StripeConnection, records_per_batch: int = _RECORDS) -> None:
        """Use an open connection, which somebody else closes; its account says how much may be under way."""
        self._connection = connection
        self.workers, self.records_per_batch = connection.account.max_in_flight, records_per_batch

    def write(self, attempts: Sequence[Attempt]) -> Iterator[Answer]:
        """See `Writer`."""
        for attempt in attempts:
            change = MetadataChange(
                customer_id=_customer(attempt),
                key=_key(attempt),
                expected_old=attempt.expected,
                new=attempt.wanted,
                scope=attempt.purpose,
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

    def inspect(self, entries: Sequence[Entry]) -> Iterator[Answer]:
        """See `Writer`."""
        for attempt in (entry.attempt for entry in entries):
            customer = retrieve(self._connection, _customer(attempt))
            value = customer and customer.metadata.get(_key(attempt))
            stands = customer is not None and (value or None) == (attempt.wanted or None)
            yield Answer(attempt, "done" if stands else "not_done")


def _customer(attempt: Attempt) -> StripeId:
    if attempt.change.record_id is None:
        raise InternalError("A change of no customer was given to Stripe.")
    return StripeId(attempt.change.record_id)


def _key(attempt: Attempt) -> str:
    field = BY_NAME.get(attempt.change.field)
    if field is None or field.system != "stripe":
        raise InternalError(f"A change of {attempt.change.field} was given to Stripe's metadata.")
    return field.metadata_key
