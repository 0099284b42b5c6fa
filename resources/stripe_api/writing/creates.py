"""The writer of creates in Stripe: whole new customers, each once, found again by the link in their metadata.

Stripe forgets an idempotency key after a day. So whoever goes on with a create that may have happened looks first: a
list of what was made since, which unlike a search shows what was just written; and only then sends the same key again.
"""

import hashlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, cast

import orjson
import stripe

from resources.stripe_api.reading.customers import check_mode, read_customers
from resources.stripe_api.reading.pages import CustomerObject, as_listed
from resources.stripe_api.reading.retrieval import retrieve_object
from resources.stripe_api.reading.usage import what_uses
from resources.stripe_api.session.connection import StripeConnection
from resources.stripe_api.session.refusals import StripeProblem
from schemas.attempts import Answer, Attempt, Entry
from schemas.errors import TransientError
from schemas.words import LINK_FIELD, LINK_KEY, Action, StripeId, System

_RECORDS: Final = 10
_BEFORE: Final = timedelta(minutes=5)
_TRIED_FOR: Final = timedelta(minutes=15)
"""How long before its last answer a request was first sent, and more."""

_AHEAD: Final = timedelta(hours=1)
"""How far Stripe's clock and ours may differ, and more."""

_ENDPOINT: Final = "POST /v1/customers"
_SERVER_ERROR: Final = 500
_ROUNDS: Final = 3
_WITNESSED: Final = (
    "address",
    "balance",
    "business_name",
    "currency",
    "default_source",
    "description",
    "email",
    "individual_name",
    "invoice_settings",
    "metadata",
    "name",
    "phone",
    "preferred_locales",
    "shipping",
    "tax_exempt",
)


class StripeCreates:
    """See `resources.writers.Writer`. The connection keeps the rate, whatever is under way."""

    system: System = "stripe"
    kinds: frozenset[Action] = frozenset({"create"})

    def __init__(self, connection: StripeConnection, records_per_batch: int = _RECORDS) -> None:
        """Use an open connection, which somebody else closes; its account says how much may be under way."""
        self._connection, self._made = connection, _Made(connection)
        self.workers, self.records_per_batch = connection.account.max_in_flight, records_per_batch

    def write(self, attempts: Sequence[Attempt]) -> Iterator[Answer]:
        """See `Writer`."""
        for attempt in attempts:
            try:
                yield self._make(attempt) if attempt.direction == "apply" else self._take_back(attempt)
            except TransientError as error:
                yield Answer(attempt, "unknown", error=str(error))

    def inspect(self, entries: Sequence[Entry]) -> Iterator[Answer]:
        """See `Writer`. What somebody else has made for the record is not ours, but the record has a customer then."""
        for entry in entries:
            attempt = entry.attempt
            if attempt.direction == "undo":
                row = retrieve_object(self._connection, StripeId(attempt.made_id))
                yield Answer(attempt, "not_done" if row is not None and _key_of(row) == attempt.key else "done")
            else:
                found = self._made.of(attempt, entry.intended_at)
                yield Answer(attempt, "not_done") if found is None else self._standing(attempt, found)

    def _make(self, attempt: Attempt) -> Answer:
        if attempt.is_uncertain:
            found = self._made.of(attempt, attempt.since or datetime.now(UTC))
            if found is not None:
                return self._standing(attempt, found)
        return self._post(attempt, 0)

    def _post(self, attempt: Attempt, number: int) -> Answer:
        """Send the create; once more, under another key, where Stripe has kept a failure and has made nobody."""
        params = cast("stripe.params.CustomerCreateParams", orjson.loads(attempt.values))
        answer = self._connection.create_customer(params, create_key(self._connection, attempt, number))
        if not isinstance(answer, StripeProblem):
            row, is_replay = answer
            return self._standing(attempt, row["id"]) if is_replay else _done(attempt, self._of_our_mode(row))
        if answer.status < _SERVER_ERROR:
            return self._refused_or_raised(attempt, answer, _ENDPOINT)
        found = self._made.of(attempt, datetime.now(UTC) - _TRIED_FOR, again=True)
        if found is not None:
            return self._standing(attempt, found)
        return self._post(attempt, number + 1) if number + 1 < _ROUNDS else _refused(attempt, answer)

    def _standing(self, attempt: Attempt, customer: str) -> Answer:
        """The answer for a customer that was made before, as it is now."""
        row = retrieve_object(self._connection, customer)
        if row is None:
            reason = f"It was made as {customer}, and somebody has deleted it since."
            return Answer(attempt, "failed", code="gone", error=reason)
        return _done(attempt, row)

    def _of_our_mode(self, row: CustomerObject) -> CustomerObject:
        check_mode(self._connection, as_listed([row]))
        return row

    def _take_back(self, attempt: Attempt) -> Answer:
        """Delete what nobody has touched; of the rest only take our key away, and say why it stays."""
        customer = StripeId(attempt.made_id)
        row = retrieve_object(self._connection, customer)
        if row is None:
            return Answer(attempt, "already", is_repeat=attempt.is_uncertain)
        why = "somebody has changed it" if witness(row) != attempt.witness else None
        uses = what_uses(self._connection, customer)
        why = f"it has a {uses}" if uses else why
        if why is None:
            answer = self._connection.delete_customer(customer)
            if not isinstance(answer, StripeProblem) or answer.is_missing:
                return Answer(attempt, "done")
            return self._refused_or_raised(attempt, answer, "DELETE /v1/customers/{id}")
        return self._unlink(attempt, row, customer, why)

    def _unlink(self, attempt: Attempt, row: CustomerObject, customer: StripeId, why: str) -> Answer:
        kept = f"The customer {customer} stays, as {why}; only our key in its metadata was removed."
        if _key_of(row) != attempt.key:
            found = _key_of(row)
            return Answer(attempt, "conflict" if found else "done", found=found, error=None if found else kept)
        key = create_key(self._connection, attempt, 0)
        answer = self._connection.post_customer(customer, {"metadata": {LINK_KEY: ""}}, key)
        if isinstance(answer, StripeProblem):
            return self._refused_or_raised(attempt, answer, "POST /v1/customers/{id}")
        return Answer(attempt, "done", error=kept)

    def _refused_or_raised(self, attempt: Attempt, problem: StripeProblem, endpoint: str) -> Answer:
        if not problem.is_of_one_row and problem.status < _SERVER_ERROR:
            raise problem.error(endpoint)
        return _refused(attempt, problem)


class _Made:
    """The customers that were made since a moment, by the record in their metadata; read once for many questions."""

    def __init__(self, connection: StripeConnection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._since: datetime | None = None
        self._by_record: Mapping[str, str] = {}

    def of(self, attempt: Attempt, since: datetime, *, again: bool = False) -> str | None:
        """The customer that names the record of a create, if one was made since then; the oldest of several."""
        start = since - _BEFORE
        with self._lock:
            if again or self._since is None or start < self._since:
                self._by_record, self._since = self._read(start), start
            return self._by_record.get(attempt.key)

    def _read(self, start: datetime) -> Mapping[str, str]:
        until = datetime.now(UTC) + _AHEAD
        rows = read_customers(self._connection, start, until, (LINK_KEY,)).rows.select("id", "created", LINK_FIELD)
        newest_first = rows.drop_nulls(LINK_FIELD).sort("created", "id", descending=True).collect()
        return dict(newest_first.select(LINK_FIELD, "id").iter_rows())


def create_key(connection: StripeConnection, attempt: Attempt, number: int) -> str:
    """Return the idempotency key of a create: the same for the same account, record, values, plan and cycle.

    `number` grows only when Stripe has kept a failure under the key before, and would replay it for a day.
    """
    account = connection.account
    place = [account.key_mode, account.stripe_account, "create", attempt.key, attempt.change.values, attempt.purpose]
    return f"tieout-{hashlib.sha256(orjson.dumps([*place, number])).hexdigest()}"


def witness(row: CustomerObject) -> str:
    """Return what shows later whether somebody has touched a customer: a hash of all that can be changed of it."""
    fields = {name: row.get(name) for name in _WITNESSED}
    return hashlib.sha256(orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _done(attempt: Attempt, row: CustomerObject) -> Answer:
    if _key_of(row) != attempt.key:
        return Answer(attempt, "conflict", found=f"{row['id']} was made, and names the record {_key_of(row)} now")
    return Answer(attempt, "done", result_id=row["id"], witness=witness(row))


def _refused(attempt: Attempt, problem: StripeProblem) -> Answer:
    reason = f"Stripe refuses this customer: {problem.reason}."
    return Answer(attempt, "failed", code=problem.code or f"http_{problem.status}", error=reason)


def _key_of(row: CustomerObject) -> str | None:
    return (row.get("metadata") or {}).get(LINK_KEY) or None
