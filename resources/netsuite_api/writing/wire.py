"""Changes customers in NetSuite by compare-and-set: one batch that is asked for, and what became of it.

One batch is one call, and all changes of a record are in one batch, so that each record is loaded and saved once. How
changes are cut into batches, and how many of them run at a time, is up to the caller, who records what became of each.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import BaseModel, ValidationError

from resources.netsuite_api.session.answers import Parsed, unusable
from resources.netsuite_api.session.restlet import Json, LinkName, Restlet
from schemas.errors import InternalError, UserError
from schemas.words import InternalId

MOST_RECORDS: Final = 1_000
"""So many customers are in one call at most: `MOST_ITEMS` of the RESTlet. The units of a call serve for about 300."""

EditStatus = Literal["applied", "already", "conflict", "failed", "open"]


@dataclass(frozen=True)
class FieldEdit:
    """One change of one field of one customer.

    `set` replaces `old` by `new` (null and empty are the same) in a field that holds a value; `append` adds the word
    `new` to a text as a line of its own; `remove` takes that line out again, and only that: of several it is the one
    behind `old`, the text before the append. A text can take several words at once.
    """

    internal_id: InternalId
    field: LinkName
    action: Literal["set", "append", "remove"]
    new: str | None
    old: str | None = None


@dataclass(frozen=True)
class NetsuiteOutcome:
    """What became of a change.

    Attributes:
        status: `applied`: done now. `already`: the value was there. `conflict`: another value is there, or what was
            appended was edited; nothing was done. `failed`: NetSuite refused, nothing was done. `open`: only looked
            at, it could be done.
        found: with a conflict, the value that is there; of a text the lines that hold the word.
        code: with a failure, NetSuite's code, such as `DUP_RCRD`; `reason` is its sentence.
        is_repeat: an earlier call, whose answer was lost, may have run as well: `already` may be its work.
    """

    change: FieldEdit
    status: EditStatus
    found: str | None = None
    code: str | None = None
    reason: str | None = None
    is_repeat: bool = False


_Key = tuple[InternalId, str, str, str | None]


class _Result(BaseModel, hide_input_in_errors=True):
    id: int
    field: LinkName
    action: Literal["set", "append", "remove"]
    word: str | None = None
    outcome: EditStatus
    found: str | None = None
    code: str | None = None
    message: str | None = None


class _Applied(BaseModel, hide_input_in_errors=True):
    outcomes: list[_Result]
    remaining: list[int]


def write_changes(restlet: Restlet, changes: Sequence[FieldEdit]) -> list[NetsuiteOutcome]:
    """Apply one batch of changes; return their outcomes in the order of the changes.

    Raises:
        TransientError: NetSuite could not be asked, after all tries; what was done of the batch is unknown.
    """
    return _ordered(changes, applied(restlet, changes))


def applied(restlet: Restlet, changes: Sequence[FieldEdit]) -> Iterator[NetsuiteOutcome]:
    """Apply one batch as `write_changes` does, and give the outcomes of each call before the next one is made."""
    return _ask(restlet, "apply", changes)


def look_at(restlet: Restlet, changes: Sequence[FieldEdit]) -> list[NetsuiteOutcome]:
    """Say what `write_changes` would find, and change nothing: `already`, `open`, `conflict` or `failed`.

    Raises:
        TransientError: NetSuite could not be asked, after all tries.
    """
    return _ordered(changes, _ask(restlet, "look", changes))


def _ordered(changes: Sequence[FieldEdit], outcomes: Iterable[NetsuiteOutcome]) -> list[NetsuiteOutcome]:
    found = {outcome.change: outcome for outcome in outcomes}
    return [found[change] for change in changes]


def _ask(restlet: Restlet, action: Literal["apply", "look"], changes: Sequence[FieldEdit]) -> Iterator[NetsuiteOutcome]:
    """Ask until nothing of the batch remains, as the RESTlet hands back what its units and time did not allow."""
    waiting = _by_record(changes)
    _check_batch(changes, len(waiting))
    found: set[FieldEdit] = set()
    is_repeat = False
    while waiting:
        parsed, was_repeated = restlet.ask_raw(
            action, fields=restlet.settings.field_ids, changes=[_wire(r) for r in waiting.values()]
        )
        is_repeat = is_repeat or was_repeated  # what is handed back now, a call whose answer was lost may have done
        answer = _read(parsed)
        outcomes = _matched(answer.outcomes, [c for r in waiting.values() for c in r], is_repeat=is_repeat)
        found.update(outcome.change for outcome in outcomes)
        yield from outcomes
        remaining = set(answer.remaining)
        if len(remaining) >= len(waiting):
            raise no_room()
        waiting = {number: record for number, record in waiting.items() if number in remaining}
    if len(found) < len(changes):
        raise unusable("it leaves changes of a batch without an outcome")


def no_room() -> UserError:
    """Make the error for a call that does not even serve for one record."""
    return UserError(
        "NetSuite's limit of units or time for one call leaves the RESTlet no room for a single customer: a script "
        "or a workflow on customers takes it up. See the script's execution log, and which scripts run when a "
        "customer is saved (Customization > Scripting > Scripted Records)."
    )


def _read(parsed: Parsed) -> _Applied:
    try:
        return _Applied.model_validate(parsed)
    except ValidationError:
        raise unusable("to a batch of changes, it has not the agreed form") from None


def _matched(results: Sequence[_Result], changes: Sequence[FieldEdit], *, is_repeat: bool) -> list[NetsuiteOutcome]:
    asked = {_key(c): c for c in changes}
    return [NetsuiteOutcome(_asked_for(r, asked), r.outcome, r.found, r.code, r.message, is_repeat) for r in results]


def _asked_for(result: _Result, asked: Mapping[_Key, FieldEdit]) -> FieldEdit:
    """The change that a result is about; one that names no word is about the only word that was asked for there.

    An error here loses the outcomes of the whole batch, which was written, so it is the last resort.
    """
    where = (InternalId(result.id), result.field, result.action)
    named = asked.get((*where, result.word))
    if named is not None:
        return named
    there = [change for key, change in asked.items() if key[:3] == where] if result.word is None else []
    if len(there) != 1:
        raise unusable("it is about a change that was not asked for")
    return there[0]


def _wire(record: Sequence[FieldEdit]) -> dict[str, Json]:
    """Write the changes of one record as the RESTlet takes them."""
    values: dict[str, dict[str, Json]] = {"set": {}, "append": {}, "remove": {}}
    for change in record:
        if change.action == "set":
            values["set"][change.field] = {"old": change.old, "new": change.new}
        else:
            alike = [c for c in record if (c.field, c.action) == (change.field, change.action)]
            values[change.action][change.field] = [_wire_word(c) for c in alike]
    return {"id": record[0].internal_id, **{action: given for action, given in values.items() if given}}


def _wire_word(change: FieldEdit) -> Json:
    return change.new if change.action == "append" else {"word": change.new, "before": change.old}


def _by_record(changes: Sequence[FieldEdit]) -> dict[InternalId, list[FieldEdit]]:
    records: dict[InternalId, list[FieldEdit]] = {}
    for change in changes:
        records.setdefault(change.internal_id, []).append(change)
    return records


def _key(change: FieldEdit) -> _Key:
    return change.internal_id, change.field, change.action, None if change.action == "set" else change.new


def _check_batch(changes: Sequence[FieldEdit], records: int) -> None:
    if len({_key(c) for c in changes}) < len(changes):
        raise InternalError("Two changes of one field of one customer cannot be applied together.")
    if records > MOST_RECORDS:
        raise InternalError(f"A batch has {records:,} customers; the RESTlet takes {MOST_RECORDS:,}.")
