"""The one write to Stripe: one metadata value of one customer, if the old value still stands.

Stripe has no compare-and-set, so the value is read immediately before it is written; the idempotency key, derived from
the change and the value that was read, makes a repeated request one effect. A replayed answer proves nothing about the
present (somebody may have set the value back since), so after a replay the value is read once more.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import orjson

from resources.stripe_api.reading.pages import CustomerObject
from resources.stripe_api.reading.retrieval import ask_for, retrieve_object
from resources.stripe_api.session.account import StripeAccount
from resources.stripe_api.session.connection import StripeConnection
from resources.stripe_api.session.refusals import StripeProblem
from resources.stripe_api.writing.standing import FieldOutcome, refused, standing, written
from schemas.words import StripeId

_ENDPOINT: Final = "POST /v1/customers/{id}"
_SERVER_ERROR: Final = 500
_ROUNDS: Final = 3


@dataclass(frozen=True)
class StripeCustomer:
    """A living customer as it is now, as far as links need it."""

    metadata: Mapping[str, str]


@dataclass(frozen=True)
class MetadataChange:
    """One metadata value to set: on whom, which key, from what to what (None: the key is absent), and for whom.

    `scope` names the plan and the change that want it.
    """

    customer_id: StripeId
    key: str
    expected_old: str | None
    new: str | None
    scope: str

    @property
    def path(self) -> str:
        """The parameter that holds the value."""
        return f"metadata.{self.key}"


def retrieve(connection: StripeConnection, customer_id: StripeId) -> StripeCustomer | None:
    """Return a customer as it is now, or None if it is deleted or unknown. Raises AccessError or TransientError."""
    row = retrieve_object(connection, customer_id)
    if row is None:
        return None
    return StripeCustomer(dict(row.get("metadata") or {}))


def set_metadata(connection: StripeConnection, change: MetadataChange) -> FieldOutcome:
    """Set one metadata value if the old one still stands (W1, W8).

    It may be called again after any failure: the effect happens once (W9). Calls for one customer must not run at the
    same time, because Stripe locks the object.

    Raises:
        AccessError: Stripe refuses more than this one change, such as the key.
        TransientError: Stripe could not be asked; the value may have been set, which the next call finds out.
    """
    row = ask_for(connection, change.customer_id)
    if isinstance(row, StripeProblem):
        return refused(row)
    return standing(row, change) or _set(connection, change, attempt=0)


def _set(connection: StripeConnection, change: MetadataChange, attempt: int) -> FieldOutcome:
    """Set the value; once more, under another key, where Stripe has kept a failure and nothing is set."""
    answer = _post(connection, change, attempt)
    if not isinstance(answer, StripeProblem):
        row, replayed = answer
        return written(retrieve_object(connection, change.customer_id) if replayed else row, change)
    if answer.is_missing or answer.is_of_one_row:
        return FieldOutcome("gone") if answer.is_missing else refused(answer)
    if answer.status < _SERVER_ERROR:
        raise answer.error(_ENDPOINT)
    found = standing(retrieve_object(connection, change.customer_id), change)
    if found is not None:
        return FieldOutcome("applied", change.new) if found.status == "already" else found
    return _set(connection, change, attempt + 1) if attempt + 1 < _ROUNDS else refused(answer)


def idempotency_key(account: StripeAccount, change: MetadataChange, attempt: int = 0) -> str:
    """Return the key of one change: the same for the same account, plan, customer and values, and for no other.

    `attempt` grows only when Stripe has kept a failure under the key before, and would replay it for a day.
    """
    place = (account.key_mode, account.stripe_account, change.scope, change.customer_id, change.key)
    return f"tieout-{hashlib.sha256(orjson.dumps([*place, change.expected_old, change.new, attempt])).hexdigest()}"


def _post(
    connection: StripeConnection, change: MetadataChange, attempt: int
) -> tuple[CustomerObject, bool] | StripeProblem:
    key = idempotency_key(connection.account, change, attempt)
    return connection.post_customer(change.customer_id, {"metadata": {change.key: change.new or ""}}, key)
