"""The next attempt at each change: its number, its cycle, and whether an earlier one may have taken effect. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from assets.write_back.selection import Latest
from schemas.attempts import Attempt, Entry
from schemas.change import Change


def to_try(plan: str, changes: Iterable[Change], latest: Latest, standing: Latest) -> list[Attempt]:
    """The next attempt at each change, numbered on from the last one.

    Where the last one no longer stands (`since_made`), or was taken back, a new cycle begins: Stripe would answer the
    old one's key with the old answer. What it had written is still ours, if it turns out to be there after all.
    """

    def attempt(change: Change) -> Attempt:
        last = latest.get(change.change_id)
        if last is None:
            return Attempt(plan, change, "apply")
        was_undone = last.attempt.direction == "undo" and last.status in {"undone", "already"}
        cycle = last.attempt.cycle + (was_undone or change.change_id not in standing)
        is_uncertain = last.may_have_taken_effect
        since = last.intended_at if is_uncertain else None
        return Attempt(plan, change, "apply", last.attempt.number + 1, cycle, is_uncertain, since)

    return [attempt(change) for change in changes]


def to_take_back(plan: str, changes: Iterable[Change], latest: Latest) -> list[Attempt]:
    """The next attempt at taking each change back, numbered on from the last one.

    Which record and which value it was, and what a create made, the journal says, not the plan.
    """

    def attempt(change: Change) -> Attempt:
        last = latest[change.change_id]
        was_stopped = last.attempt.direction == "undo" and last.status == "stopped"
        done = last.attempt.change
        change = replace(change, record_id=done.record_id, new_value=done.new_value)
        number, (result_id, witness) = last.attempt.number + 1, _made(last)
        return Attempt(plan, change, "undo", number, last.attempt.cycle, was_stopped, None, result_id, witness)

    return [attempt(change) for change in changes]


def _made(last: Entry) -> tuple[str | None, str | None]:
    """The record that a create made, and its witness; an attempt to take it back carries them on."""
    if last.attempt.direction == "undo":
        return last.attempt.result_id, last.attempt.witness
    return last.result.result_id, last.result.witness
