"""New customers over the RESTlet: made, looked for, and taken back, one batch at a time, and what became of each.

A record is found again by its key, its external id. One batch is one call; what its units and time do not allow is
handed back and asked for again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import orjson
from pydantic import BaseModel, Field, ValidationError

from resources.netsuite_api.session.answers import Parsed, unusable
from resources.netsuite_api.session.restlet import Json, Restlet
from resources.netsuite_api.writing.wire import no_room
from schemas.errors import InternalError
from schemas.words import InternalId

MOST_NEW_RECORDS: Final = 200
"""So many are in one call at most: `MOST_ITEMS` of the RESTlet."""

HowToUndo = Literal["delete", "inactivate", "report"]
"""A customer that is taken back is deleted if nobody has touched it; or else made inactive, too; or neither."""

RecordStatus = Literal["made", "already", "conflict", "failed", "unknown", "none", "done"]


@dataclass(frozen=True)
class NewRecord:
    """A customer that is made, looked for, or taken back.

    Attributes:
        key: its external id.
        values: to make it, the record as JSON.
        internal_id: of the one that was made, to take it back.
        witness: what the RESTlet said of it when it was made.
        by_key_alone: to look for it, ours has the key as external id only, and not in the Stripe-id field.
    """

    key: str
    values: str | None = None
    internal_id: InternalId | None = None
    witness: str | None = None
    by_key_alone: bool = False


@dataclass(frozen=True)
class RecordOutcome:
    """What became of a record.

    Attributes:
        status: `made` now; `already`: a record has the key in all places; `conflict`: somebody else's has it, or it
            was changed, nothing was done; `failed`: NetSuite refused, nothing was done; `unknown`: nobody can say;
            `none`: looked for, and not there; `done`: taken back.
        internal_id: of the record.
        is_fit: it is a customer, and no lead or prospect; `stage` says what it is.
        witness: what shows later whether somebody has touched it; None: nobody could tell.
        found: with a conflict, what is there.
        code: NetSuite's code of what it refused, be it the record or a part of it; `reason` says it in a sentence.
        is_repeat: an earlier call, whose answer was lost, may have run as well: `already` may be its work.
    """

    key: str
    status: RecordStatus
    internal_id: InternalId | None = None
    is_fit: bool = False
    stage: str | None = None
    witness: str | None = None
    found: str | None = None
    code: str | None = None
    reason: str | None = None
    is_repeat: bool = False


class _Result(BaseModel, hide_input_in_errors=True):
    key: str
    outcome: RecordStatus
    id: int | None = None
    is_fit: bool = Field(default=False, alias="isFit")
    stage: str | None = None
    witness: str | None = None
    found: str | None = None
    code: str | None = None
    message: str | None = None


class _Answered(BaseModel, hide_input_in_errors=True):
    outcomes: list[_Result]
    remaining: list[str]


def created(restlet: Restlet, records: Sequence[NewRecord]) -> Iterator[RecordOutcome]:
    """Make those that nobody has made; the outcomes of each call come before the next call.

    Raises:
        TransientError: NetSuite could not be asked, after all tries; what was made of the batch is unknown.
    """
    return _ask(restlet, "create", records)


def looked_for(restlet: Restlet, records: Sequence[NewRecord]) -> Iterator[RecordOutcome]:
    """Say which of them are there, `already` or as a `conflict`, and make nothing.

    Raises:
        TransientError: NetSuite could not be asked, after all tries.
    """
    return _ask(restlet, "look_for", records)


def taken_back(restlet: Restlet, records: Sequence[NewRecord], how: HowToUndo) -> Iterator[RecordOutcome]:
    """Take back those that nobody has touched, in the chosen way.

    Raises:
        TransientError: as `created`.
    """
    return _ask(restlet, "take_back", records, how=how)


def _ask(
    restlet: Restlet, action: Literal["create", "look_for", "take_back"], records: Sequence[NewRecord], **more: Json
) -> Iterator[RecordOutcome]:
    waiting = {record.key: record for record in records}
    if len(waiting) < len(records):
        raise InternalError("Two new records of one batch have the same key.")
    if len(waiting) > MOST_NEW_RECORDS:
        raise InternalError(f"A batch has {len(waiting):,} new customers; the RESTlet takes {MOST_NEW_RECORDS:,}.")
    is_repeat = False
    while waiting:
        parsed, was_repeated = restlet.ask_raw(
            action, fields=restlet.settings.field_ids, records=[_wire(record) for record in waiting.values()], **more
        )
        is_repeat = is_repeat or was_repeated  # what is handed back now, a call whose answer was lost may have done
        answer = _read(parsed)
        keys = [result.key for result in answer.outcomes]
        if sorted([*keys, *answer.remaining]) != sorted(waiting):
            raise unusable("it is not about the records that were asked for")
        yield from (_outcome(result, is_repeat=is_repeat) for result in answer.outcomes)
        if not keys:
            raise no_room()
        waiting = {key: waiting[key] for key in answer.remaining}


def _wire(record: NewRecord) -> Json:
    given: dict[str, Json] = {"key": record.key}
    if record.values is not None:
        given["record"] = orjson.loads(record.values)
    if record.internal_id is not None:
        given |= {"id": record.internal_id, "witness": record.witness}
    if record.by_key_alone:
        given["byKeyAlone"] = True
    return given


def _read(parsed: Parsed) -> _Answered:
    try:
        return _Answered.model_validate(parsed)
    except ValidationError:
        raise unusable("to a batch of new records, it has not the agreed form") from None


def _outcome(result: _Result, *, is_repeat: bool) -> RecordOutcome:
    if result.outcome in {"made", "already"} and result.id is None and result.is_fit:
        raise unusable("it names no id of a record that is there")
    number = None if result.id is None else InternalId(result.id)
    return RecordOutcome(
        result.key,
        result.outcome,
        number,
        result.is_fit,
        result.stage,
        result.witness,
        result.found,
        result.code,
        result.message,
        is_repeat,
    )
