"""Which rows may be written now: what they require stands, and the records that they name exist. Pure.

A Stripe edit requires the NetSuite edits of its pair, so that no metadata points at a record that NetSuite refused;
a row that names others in `requires` requires those; and the create whose id a row needs is always required. What is
required was not refused, and some of it stands, or none was needed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from assets.write_back.selection import EDITS, Latest
from schemas.attempts import Entry
from schemas.change import Change
from schemas.link_fields import BY_NAME


@dataclass(frozen=True)
class Readiness:
    """What may be written now, with the ids of the creates that it refers to, and what waits for something else."""

    ready: list[Change]
    waiting: list[Change]


def readiness(selected: Sequence[Change], changes: Sequence[Change], latest: Latest) -> Readiness:
    """Part the selected rows of a plan (`changes`) by whether what they require stands."""
    needed, by_id = _Needed(changes), {change.change_id: change for change in changes}
    ids = made_records(latest.values())
    ready, waiting = [], []
    for change in selected:
        states = {_state(by_id.get(other), latest.get(other)) for other in needed.by(change)} - {"waived"}
        stands = not states or ("stands" in states and "refused" not in states)
        if stands and ids.keys() >= set(change.references):
            ready.append(change.resolved(ids))
        else:
            waiting.append(change)
    return Readiness(ready, waiting)


def takeable(selected: Sequence[Change], changes: Sequence[Change], latest: Latest) -> Readiness:
    """Part the rows that are to be taken back: a create waits while something of ours still names what it made."""
    names: dict[str, set[str]] = {}
    for change in changes:
        for create in change.references:
            names.setdefault(create, set()).add(change.change_id)

    def is_named(change: Change) -> bool:
        entries = (latest.get(other) for other in names.get(change.change_id, ()))
        return any(entry is not None and entry.may_have_taken_effect for entry in entries)

    waiting = [change for change in selected if is_named(change)]
    kept = {change.change_id for change in waiting}
    return Readiness([change for change in selected if change.change_id not in kept], waiting)


def made_records(entries: Iterable[Entry]) -> dict[str, str]:
    """The ids of the records that creates have made and that stand as they were wanted, by change id."""
    return {
        entry.attempt.change.change_id: entry.result.result_id
        for entry in entries
        if entry.attempt.change.action == "create" and entry.status == "applied" and entry.result.result_id
    }


class _Needed:
    """What a change requires, its references aside, as change ids."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self._of_pair: dict[object, list[str]] = {}
        for change in changes:
            if change.system == "netsuite" and change.action in EDITS and _says_who(change):
                self._of_pair.setdefault(change.pair, []).append(change.change_id)

    def by(self, change: Change) -> Sequence[str]:
        if change.requires is not None:
            return change.requires
        is_stripe_edit = change.system == "stripe" and change.action in EDITS
        return self._of_pair.get(change.pair, ()) if is_stripe_edit else ()


def _says_who(change: Change) -> bool:
    """Whether a change of NetSuite is of the link itself, and not of something that follows from it."""
    field = BY_NAME.get(change.field)
    return field is None or field.is_evidence


def _state(change: Change | None, entry: Entry | None) -> Literal["stands", "refused", "untried", "waived"]:
    if entry is None or (entry.attempt.direction == "apply" and entry.status == "stopped"):
        return "untried"
    field = BY_NAME.get(change.field) if change else None
    if field and entry.result.code in field.waives:
        return "waived"
    if entry.attempt.direction == "undo":
        return "stands" if entry.is_in_effect else "untried"
    return "stands" if entry.status in {"applied", "already"} else "refused"
