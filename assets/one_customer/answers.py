"""The answer to whoever asked for one customer: what was done, or why not, in words that fit into a field of NetSuite.

It names ids and fields. What a service said of its own refusal stands in the record only, as it may quote the customer.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from schemas.attempts import Entry
from schemas.change import Change
from schemas.link_fields import BY_NAME

_ENDED: Mapping[str, str] = {
    "applied": "written",
    "already": "there already",
    "conflict": "left, because somebody else's value is there",
    "failed": "refused",
    "unfit": "made, and not as wanted",
    "intended": "not known, as there was no answer",
}
_SHOWN = 5


@dataclass(frozen=True)
class SyncAnswer:
    """An answer.

    Attributes:
        text: for the record of the customer.
        told: for Dagster's history, where no customer's data may be: without the words of a service.
    """

    text: str
    told: str


def answer_of(who: str, entries: Sequence[Entry], waiting: Sequence[Change]) -> SyncAnswer:
    """The answer on a plan that was applied."""
    wordless = [replace(entry, result=replace(entry.result, error=None)) for entry in entries]
    return SyncAnswer(of_what_was_done(who, entries, waiting), of_what_was_done(who, wordless, waiting))


def of_what_was_done(who: str, entries: Sequence[Entry], waiting: Sequence[Change]) -> str:
    """What became of the changes of a plan that was applied."""
    is_new = (entry for entry in entries if entry.attempt.change.action == "create" and entry.status == "applied")
    if new := [entry.result.result_id for entry in is_new if entry.result.result_id]:
        who = f"{' and '.join(new)} was made in Stripe for this customer."
    ended = Counter(str(entry.status) for entry in entries)
    counts = [f"{count} {_ENDED.get(status, status)}" for status, count in ended.items()]
    counts += [f"{len(waiting)} waiting for what was refused"] if waiting else []
    problems = [_problem(entry) for entry in entries if entry.status in {"conflict", "failed", "unfit"}]
    more = f"; and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
    said = f" {'; '.join(problems[:_SHOWN])}{more}." if problems else ""
    written = [_field(entry.attempt.change.field) for entry in entries if entry.status == "applied"]
    named = f" Written: {', '.join(dict.fromkeys(written))}." if written else ""
    return f"{who} Changes: {', '.join(counts)}.{named}{said}"


def of_nothing_to_do(who: str) -> str:
    """What is said where no change is needed, or none can be planned."""
    return f"{who} Nothing had to be written."


def of_what_waits(who: str, changes: Sequence[Change], plan: str, because: str) -> str:
    """What is said of a plan that waits for a person, who has to be told its hash."""
    fields = ", ".join(dict.fromkeys(_field(change.field) for change in changes))
    many = f"{len(changes)} {'change' if len(changes) == 1 else 'changes'}"
    return f"{who} Planned and not written: {many} ({fields}), {because}. The plan is {plan}."


def _problem(entry: Entry) -> str:
    result = entry.result
    why = ": ".join(part for part in (result.code, result.error) if part)
    return f"{_field(entry.attempt.change.field)}: {why or _ENDED.get(str(entry.status), str(entry.status))}"


def _field(name: str) -> str:
    return BY_NAME[name].texts.label if name in BY_NAME else name
