"""The writer of edits in NetSuite: sets, appends, and what takes both away; one load and one save a record.

A batch is one call of the RESTlet: 300 records use nearly all of its units, fewer keep it short where scripts and
workflows make every save slow. A field that NetSuite refuses is saved apart from the others of its record.
"""

from collections.abc import Iterator, Sequence
from typing import Final, Literal

from resources.netsuite_api.client import NetsuiteClient
from resources.netsuite_api.writing.wire import FieldEdit, NetsuiteOutcome
from schemas.attempts import Answer, Attempt, Entry
from schemas.change import VALUES
from schemas.errors import InternalError
from schemas.link_fields import BY_NAME
from schemas.words import Action, InternalId, System

_RECORDS: Final = 300


class NetsuiteEdits:
    """See `resources.writers.Writer`."""

    system: System = "netsuite"
    kinds: frozenset[Action] = frozenset({"set", "append", "clear", "remove"})

    def __init__(self, client: NetsuiteClient, records_per_batch: int = _RECORDS) -> None:
        """Use an open client, which somebody else closes; its account says how many calls it takes at a time."""
        self._client = client
        self.workers, self.records_per_batch = client.settings.concurrency, records_per_batch

    def write(self, attempts: Sequence[Attempt]) -> Iterator[Answer]:
        """See `Writer`."""
        by_edit = {_edit(attempt): attempt for attempt in attempts}
        for outcome in self._client.applied(list(by_edit)):
            yield _answer(by_edit[outcome.change], outcome)

    def inspect(self, entries: Sequence[Entry]) -> Iterator[Answer]:
        """See `Writer`."""
        attempts = [entry.attempt for entry in entries]
        outcomes = self._client.look([_edit(attempt) for attempt in attempts])
        for attempt, outcome in zip(attempts, outcomes, strict=True):
            yield Answer(attempt, "done" if outcome.status == "already" else "not_done")


def _edit(attempt: Attempt) -> FieldEdit:
    change = attempt.change
    record, field = InternalId(int(change.record_id or 0)), _field(change.field)
    if change.action not in VALUES:
        adds = (change.action == "append") == (attempt.direction == "apply")
        before = change.old_value if change.action == "append" else None  # of a removal nobody knows what stood before
        action: Literal["append", "remove"] = "append" if adds else "remove"
        return FieldEdit(record, field, action, change.new_value, old=before)
    return FieldEdit(record, field, "set", attempt.wanted, old=attempt.expected)


def _field(name: str) -> str:
    field = BY_NAME.get(name)
    if field is None or field.system != "netsuite":
        raise InternalError(f"A change of {name} was given to NetSuite.")
    return name


def _answer(attempt: Attempt, outcome: NetsuiteOutcome) -> Answer:
    match outcome.status:
        case "applied":
            return Answer(attempt, "done")
        case "failed":
            return Answer(attempt, "failed", code=outcome.code, error=outcome.reason, is_repeat=outcome.is_repeat)
        case "already" | "conflict":
            return Answer(attempt, outcome.status, found=outcome.found, is_repeat=outcome.is_repeat)
        case "open":
            raise InternalError("NetSuite only looked at a change that it was asked to apply.")
