"""The writer of edits in Stripe: links and further fields of customers, one customer at a time within a batch."""

from collections.abc import Iterator, Sequence
from typing import Final

from resources.stripe_api.reading.retrieval import retrieve_object
from resources.stripe_api.session.connection import StripeConnection
from resources.stripe_api.writing.fields import FieldChange, set_fields
from resources.stripe_api.writing.metadata import MetadataChange, set_metadata
from resources.stripe_api.writing.standing import FieldOutcome, value_at
from schemas.attempts import Answer, Attempt, Entry
from schemas.change import VALUES
from schemas.errors import InternalError, TransientError
from schemas.link_fields import BY_NAME
from schemas.stripe_parameters import is_parameter
from schemas.words import Action, StripeId, System

GONE: Final = "The customer is deleted or unknown in Stripe"
_RECORDS: Final = 10


class StripeEdits:
    """See `resources.writers.Writer`. The connection keeps the rate, whatever is under way."""

    system: System = "stripe"
    kinds: frozenset[Action] = VALUES

    def __init__(self, connection: StripeConnection, records_per_batch: int = _RECORDS) -> None:
        """Use an open connection, which somebody else closes; its account says how much may be under way."""
        self._connection = connection
        self.workers, self.records_per_batch = connection.account.max_in_flight, records_per_batch

    def write(self, attempts: Sequence[Attempt]) -> Iterator[Answer]:
        """See `Writer`. The link of a customer is a request of its own, and all its other fields together are one."""
        for attempt in attempts:
            if _is_link(attempt):
                yield self._linked(attempt)
        fields: dict[StripeId, list[Attempt]] = {}
        for attempt in attempts:
            if not _is_link(attempt):
                fields.setdefault(_customer(attempt), []).append(attempt)
        for customer, those in fields.items():
            yield from self._with_fields(customer, those)

    def _linked(self, attempt: Attempt) -> Answer:
        change = MetadataChange(
            customer_id=_customer(attempt),
            key=BY_NAME[attempt.change.field].metadata_key,
            expected_old=attempt.expected,
            new=attempt.wanted,
            scope=attempt.purpose,
        )
        try:
            return _answer(attempt, set_metadata(self._connection, change))
        except TransientError as error:
            return Answer(attempt, "unknown", error=str(error))

    def _with_fields(self, customer: StripeId, attempts: Sequence[Attempt]) -> Iterator[Answer]:
        changes = {FieldChange(a.change.field, a.expected, a.wanted, a.purpose): a for a in attempts}
        try:
            outcomes = set_fields(self._connection, customer, list(changes))
        except TransientError as error:
            yield from (Answer(attempt, "unknown", error=str(error)) for attempt in attempts)
            return
        for change, outcome in outcomes.items():
            yield _answer(changes[change], outcome)

    def inspect(self, entries: Sequence[Entry]) -> Iterator[Answer]:
        """See `Writer`."""
        for attempt in (entry.attempt for entry in entries):
            row = retrieve_object(self._connection, _customer(attempt))
            stands = row is not None and value_at(row, _field(attempt)) == (attempt.wanted or None)
            yield Answer(attempt, "done" if stands else "not_done")


def _answer(attempt: Attempt, outcome: FieldOutcome) -> Answer:
    match outcome.status:
        case "applied":
            return Answer(attempt, "done")
        case "already" | "conflict":
            return Answer(attempt, outcome.status, found=outcome.found)
        case "gone":
            return Answer(attempt, "failed", code="gone", error=f"{GONE}.")
        case "refused":
            reason = f"Stripe refuses this change: {outcome.reason}."
            return Answer(attempt, "failed", code=outcome.code, error=reason)


def _customer(attempt: Attempt) -> StripeId:
    if attempt.change.record_id is None:
        raise InternalError("A change of no customer was given to Stripe.")
    return StripeId(attempt.change.record_id)


def _is_link(attempt: Attempt) -> bool:
    return _field(attempt) in BY_NAME


def _field(attempt: Attempt) -> str:
    """The field of Stripe's that is changed: a link, or a parameter."""
    name = attempt.change.field
    link = BY_NAME.get(name)
    if link is not None and link.system == "stripe":
        return name
    if link is not None or not is_parameter(name):
        raise InternalError(f"A change of {name} was given to Stripe.")
    return name
