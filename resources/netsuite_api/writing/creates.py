"""The writer of creates in NetSuite: whole new customers, each once, found again by its external id.

A batch is one call of the RESTlet, and short: a create takes seconds where scripts and workflows run with it, and a
call has five minutes. What was lost on the way is unknown until somebody has looked; it is never said not to be there.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from resources.netsuite_api.client import NetsuiteClient
from resources.netsuite_api.writing.new_records import HowToUndo, NewRecord, RecordOutcome
from schemas.attempts import Answer, Attempt, Entry
from schemas.errors import InternalError, TransientError
from schemas.words import Action, InternalId, System

_RECORDS: Final = 50


class NetsuiteCreates:
    """See `resources.writers.Writer`."""

    system: System = "netsuite"
    kinds: frozenset[Action] = frozenset({"create"})

    def __init__(
        self,
        client: NetsuiteClient,
        undo: HowToUndo = "delete",
        records_per_batch: int = _RECORDS,
        *,
        by_key_alone: bool = False,
    ) -> None:
        """Use an open client, which somebody else closes; its account says how many calls it takes at a time.

        Args:
            client: of the account.
            undo: what becomes of a record that is taken back.
            records_per_batch: records in a call.
            by_key_alone: the records have their key as external id only, and no Stripe id in the field for it.
        """
        self._client, self._undo, self._by_key_alone = client, undo, by_key_alone
        self.workers, self.records_per_batch = client.settings.concurrency, records_per_batch

    def write(self, attempts: Sequence[Attempt]) -> Iterator[Answer]:
        """See `Writer`."""
        new, old = _parted(attempts)
        yield from _answered(new, self._client.create, _made)
        yield from _answered(old, lambda records: self._client.take_back(records, self._undo), _taken_back)

    def inspect(self, entries: Sequence[Entry]) -> Iterator[Answer]:
        """See `Writer`. A record that somebody else has made with the key is a conflict."""
        new, old = _parted([entry.attempt for entry in entries])
        by_key = {attempt.key: attempt for attempt in new}
        for outcome in self._client.look_for([NewRecord(key, by_key_alone=self._by_key_alone) for key in by_key]):
            yield _looked_for(by_key[outcome.key], outcome)
        there = self._client.existing([_made_id(attempt) for attempt in old]) if old else set()
        for attempt in old:
            yield Answer(attempt, "not_done" if _made_id(attempt) in there else "done")


def _parted(attempts: Sequence[Attempt]) -> tuple[list[Attempt], list[Attempt]]:
    """Those that make a record, and those that take one back."""
    new = [attempt for attempt in attempts if attempt.direction == "apply"]
    return new, [attempt for attempt in attempts if attempt.direction == "undo"]


def _answered(
    attempts: Sequence[Attempt],
    ask: Callable[[Sequence[NewRecord]], Iterator[RecordOutcome]],
    answer: Callable[[Attempt, RecordOutcome], Answer],
) -> Iterator[Answer]:
    """Answer each attempt as its outcome says; those that no answer came for are unknown."""
    waiting = {attempt.key: attempt for attempt in attempts}
    if not waiting:
        return
    try:
        for outcome in ask([_record(attempt) for attempt in attempts]):
            yield answer(waiting.pop(outcome.key), outcome)
    except TransientError as error:
        for attempt in waiting.values():
            yield Answer(attempt, "unknown", error=str(error))


def _made(attempt: Attempt, outcome: RecordOutcome) -> Answer:
    match outcome.status:
        case "made":
            return _standing(attempt, outcome)
        case "already" if outcome.is_repeat or attempt.is_uncertain:
            return _standing(attempt, outcome)
        case "already":
            return Answer(attempt, "conflict", found=f"{outcome.key} is held by record {outcome.internal_id}")
        case "conflict":
            return Answer(attempt, "conflict", found=outcome.found)
        case "failed" | "unknown":
            return Answer(attempt, outcome.status, code=outcome.code, error=outcome.reason)
        case _:
            raise InternalError("NetSuite only looked for a record that it was asked to make.")


def _standing(attempt: Attempt, outcome: RecordOutcome) -> Answer:
    """The answer for a record that is there and ours."""
    result_id = None if outcome.internal_id is None else str(outcome.internal_id)
    if outcome.is_fit:
        return Answer(attempt, "done", None, outcome.code, outcome.reason, result_id=result_id, witness=outcome.witness)
    stage = (outcome.stage or "of an unknown stage").lower()
    reason = outcome.reason or "It was made, but is no customer: its entity status decides (create.entity_status)."
    return Answer(
        attempt, "unfit", f"record {result_id}, {stage}", outcome.code, reason, result_id=result_id,
        witness=outcome.witness,
    )  # fmt: skip


def _taken_back(attempt: Attempt, outcome: RecordOutcome) -> Answer:
    match outcome.status:
        case "done":
            return Answer(attempt, "done", error=outcome.reason)
        case "already" | "conflict":
            return Answer(attempt, outcome.status, found=outcome.found, is_repeat=outcome.is_repeat)
        case "failed":
            return Answer(attempt, "failed", code=outcome.code, error=outcome.reason)
        case _:
            raise InternalError("NetSuite made a record that it was asked to take back.")


def _looked_for(attempt: Attempt, outcome: RecordOutcome) -> Answer:
    match outcome.status:
        case "already":
            return _standing(attempt, outcome)
        case "conflict":
            return Answer(attempt, "conflict", found=outcome.found)
        case "none":
            return Answer(attempt, "not_done")
        case _:
            raise TransientError(
                f"NetSuite does not say whether it has a record ({outcome.code}): {outcome.reason} Apply the same plan "
                "again later; it looks first."
            )


def _record(attempt: Attempt) -> NewRecord:
    if attempt.direction == "undo":
        return NewRecord(attempt.key, None, _made_id(attempt), attempt.witness)
    return NewRecord(attempt.key, attempt.values)


def _made_id(attempt: Attempt) -> InternalId:
    return InternalId(int(attempt.made_id))
