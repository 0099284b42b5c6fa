"""What people asked for with the button "Sync with Stripe", and the answers to them: one call each, of the pool."""

from dataclasses import dataclass
from typing import Final, Literal

from pydantic import BaseModel

from resources.netsuite_api.session.answers import unusable
from resources.netsuite_api.session.restlet import Json, Restlet
from schemas.words import InternalId

MOST_CHARACTERS: Final = 4_000


@dataclass(frozen=True)
class SyncRequest:
    """One customer whose box is ticked, with what its answer field says: by that a later press is told apart."""

    internal_id: InternalId
    answer: str


@dataclass(frozen=True)
class AnswerOutcome:
    """What became of an answer. `conflict`: the box is not as it was, because somebody asked again or took it back."""

    status: Literal["applied", "already", "conflict", "failed"]
    code: str | None = None
    reason: str | None = None


def sync_requests(restlet: Restlet) -> list[SyncRequest]:
    """List what is asked for, by internal id, two hundred at most.

    Raises:
        TransientError: NetSuite could not be asked, after all tries.
        UserError: the account has not the fields, or the role may not search.
    """
    found = restlet.ask("sync_requests", _Requests).requests
    return [SyncRequest(InternalId(row.id), row.answer) for row in found]


def answer_request(restlet: Restlet, request: SyncRequest, answer: str) -> AnswerOutcome:
    """Untick a box and write the answer, if the box still stands as it was listed.

    Raises:
        TransientError: NetSuite could not be asked, after all tries.
        UserError: a person must act.
    """
    given: Json = {"id": request.internal_id, "was": request.answer, "answer": answer[:MOST_CHARACTERS]}
    answered = restlet.ask("answer", _Answered, answers=[given]).outcomes
    if [outcome.id for outcome in answered] != [request.internal_id]:
        raise unusable("to answer, it has not one outcome for one customer")
    outcome = answered[0]
    return AnswerOutcome(outcome.outcome, outcome.code, outcome.message)


class _Request(BaseModel):
    id: int
    answer: str


class _Requests(BaseModel):
    requests: list[_Request]


class _Outcome(BaseModel):
    id: int
    outcome: Literal["applied", "already", "conflict", "failed"]
    code: str | None = None
    message: str | None = None


class _Answered(BaseModel):
    outcomes: list[_Outcome]
