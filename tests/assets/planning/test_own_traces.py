"""Whose a value is, by what the journal has of it: the last thing that was done counts."""

from datetime import UTC, datetime, timedelta

import pytest

from assets.planning.own_traces import standing_values
from schemas.attempts import Attempt, ChangeResult, Direction, Entry, Status
from schemas.change import Change
from schemas.words import Action, InternalId, StripeId

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
Done = tuple[Action, Direction, Status]


def entry(number: int, done: Done) -> Entry:
    action, direction, status = done
    old, new = ("cus_1", "") if action == "clear" else (None, "cus_1")
    field = "comments" if action in {"append", "remove"} else "stripe_id"
    change = Change("id", "netsuite", "1", field, action, old, new, StripeId("cus_1"), InternalId(1))
    moment = NOON + timedelta(minutes=number)
    return Entry(Attempt("plan", change, direction, number), ChangeResult(status), "run", moment, moment)


@pytest.mark.rule("W10")
@pytest.mark.parametrize(
    ("done", "is_ours"),
    [
        ([("set", "apply", "applied")], True),
        ([("append", "apply", "applied")], True),
        ([("set", "apply", "already")], False),
        ([("set", "apply", "conflict")], False),
        ([("set", "apply", "failed")], False),
        ([("set", "apply", "stopped")], False),
        ([("set", "apply", "applied"), ("set", "undo", "undone")], False),
        ([("set", "apply", "applied"), ("set", "undo", "failed")], True),
        ([("set", "apply", "applied"), ("clear", "apply", "applied")], False),
        ([("set", "apply", "applied"), ("clear", "apply", "conflict")], True),
        ([("append", "apply", "applied"), ("remove", "apply", "already")], False),
        ([("append", "apply", "applied"), ("remove", "apply", "applied"), ("remove", "undo", "undone")], True),
        ([("set", "apply", "applied"), ("clear", "apply", "applied"), ("clear", "undo", "already")], False),
        ([("set", "apply", "applied"), ("clear", "apply", "applied"), ("set", "apply", "applied")], True),
    ],
)
def test_a_value_is_ours_as_long_as_nobody_has_taken_it_away(done: list[Done], *, is_ours: bool) -> None:
    found = standing_values([entry(number, each) for number, each in enumerate(done, 1)], lambda _: [])
    assert bool(found) == is_ours


@pytest.mark.rule("W10")
def test_what_was_made_with_a_whole_record_is_ours_too() -> None:
    change = Change("id", "netsuite", None, "record", "create", None, "cus_1", StripeId("cus_1"), None, values="{}")
    made = Entry(Attempt("plan", change, "apply"), ChangeResult("applied", result_id="5"), "run", NOON, NOON)
    place = ("netsuite", "5", "external_id", "cus_1")
    assert standing_values([made], lambda _: [place]) == {place}  # type: ignore[list-item]
