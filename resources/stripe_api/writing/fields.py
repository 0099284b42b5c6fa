"""Further fields of one customer in one request: those whose old value still stands, by path (P3).

As for the link, the values are read immediately before they are written, and the idempotency key makes a repeated
request one effect. What Stripe refuses of several is asked for one by one, so that a wrong phone keeps no name back.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import orjson
import stripe

from resources.stripe_api.reading.retrieval import ask_for, retrieve_object
from resources.stripe_api.session.connection import StripeConnection
from resources.stripe_api.session.refusals import StripeProblem
from resources.stripe_api.writing.standing import FieldOutcome, refused, standing, written
from schemas.stripe_parameters import parts_of_path
from schemas.words import StripeId

_ENDPOINT: Final = "POST /v1/customers/{id}"
_SERVER_ERROR: Final = 500
_ROUNDS: Final = 3


@dataclass(frozen=True)
class FieldChange:
    """One field to set: its path, from what to what (None or empty: there is none), and what wants it."""

    path: str
    expected_old: str | None
    new: str | None
    scope: str


def set_fields(
    connection: StripeConnection, customer: StripeId, changes: Sequence[FieldChange]
) -> Mapping[FieldChange, FieldOutcome]:
    """Set the fields whose old values still stand; say of each what became of it.

    It may be called again after any failure: the effect happens once (W9). Calls for one customer must not run at the
    same time.

    Raises:
        AccessError: Stripe refuses more than this customer, such as the key.
        TransientError: Stripe could not be asked; what was set the next call finds out.
    """
    row = ask_for(connection, customer)
    if isinstance(row, StripeProblem):
        return dict.fromkeys(changes, refused(row))
    found = {change: standing(row, change) for change in changes}
    wanted = [change for change, outcome in found.items() if outcome is None]
    outcomes = {change: outcome for change, outcome in found.items() if outcome is not None}
    return outcomes | dict(_posted(connection, customer, wanted)) if wanted else outcomes


def _posted(
    connection: StripeConnection, customer: StripeId, changes: Sequence[FieldChange], number: int = 0
) -> Mapping[FieldChange, FieldOutcome]:
    """Set fields; once more, under another key, where Stripe has kept a failure and some are not set."""
    answer = connection.post_customer(customer, _params(changes), _key(connection, customer, changes, number))
    if not isinstance(answer, StripeProblem):
        row, is_replay = answer
        now = retrieve_object(connection, customer) if is_replay else row
        return {change: written(now, change) for change in changes}
    if answer.is_missing:
        return dict.fromkeys(changes, FieldOutcome("gone"))
    if answer.status >= _SERVER_ERROR:
        return _after_a_kept_failure(connection, customer, changes, number, answer)
    if not answer.is_of_one_row and answer.code != "parameter_missing":  # of shipping: name and address go together
        raise answer.error(_ENDPOINT)
    if len(changes) == 1:
        return {changes[0]: refused(answer)}
    one_by_one: dict[FieldChange, FieldOutcome] = {}
    for change in changes:
        one_by_one |= _posted(connection, customer, [change])
    return one_by_one


def _after_a_kept_failure(
    connection: StripeConnection,
    customer: StripeId,
    changes: Sequence[FieldChange],
    number: int,
    answer: StripeProblem,
) -> Mapping[FieldChange, FieldOutcome]:
    row = retrieve_object(connection, customer)
    found = {change: standing(row, change) for change in changes}
    left = [change for change, outcome in found.items() if outcome is None]
    known = {change: _ours(outcome) for change, outcome in found.items() if outcome is not None}
    if not left:
        return known
    if number + 1 < _ROUNDS:
        return known | dict(_posted(connection, customer, left, number + 1))
    return known | dict.fromkeys(left, refused(answer))


def _ours(outcome: FieldOutcome) -> FieldOutcome:
    """What is there after a failure was kept, which stood otherwise before it."""
    return FieldOutcome("applied", outcome.found) if outcome.status == "already" else outcome


def _params(changes: Sequence[FieldChange]) -> stripe.params.CustomerUpdateParams:
    params: dict[str, Any] = {}
    for change in changes:
        *roots, leaf = parts_of_path(change.path)
        inner = params
        for root in roots:
            inner = inner.setdefault(root, {})
        inner[leaf] = change.new or ""
    return cast("stripe.params.CustomerUpdateParams", params)


def _key(connection: StripeConnection, customer: StripeId, changes: Sequence[FieldChange], number: int) -> str:
    account = connection.account
    wanted = [[change.scope, change.path, change.expected_old, change.new] for change in changes]
    place = [account.key_mode, account.stripe_account, "fields", customer, sorted(wanted, key=str), number]
    return f"tieout-{hashlib.sha256(orjson.dumps(place)).hexdigest()}"
