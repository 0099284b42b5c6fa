"""What was asked for with the button is listed, and answered only where it still stands as it was listed."""

from typing import Any

import pytest

from sandbox.netsuite_standin import Options, Save, World
from sandbox.netsuite_standin.world import SYNC_ANSWER, SYNC_REQUEST
from tests.suitescript.restlet import ask

FIRST = "Requested at 2026-11-01T10:00:00.000Z; no answer yet."
AGAIN = "Requested at 2026-11-01T10:05:00.000Z; no answer yet."


def asking(*ids: int) -> World:
    """A world in which these customers were asked for."""
    world = World()
    for number in (7, 8, 9):
        world.insert(number, comments="VIP")
    for number in ids:
        world.edit(number, custentity_tieout_sync_request=True, custentity_tieout_sync_answer=FIRST)
    return world


def answer(world: World, *answers: object, options: Options | None = None) -> Any:  # noqa: ANN401  as the script answers
    return ask(world, {"action": "answer", "answers": list(answers)}, options)


def one(number: int = 7, was: str = FIRST, text: str = "Linked with cus_7.") -> dict[str, object]:
    return {"id": number, "was": was, "answer": text}


@pytest.mark.rule("P5")
def test_customers_whose_box_is_ticked_are_listed_with_their_answer_field() -> None:
    world = asking(9, 7)
    answered = ask(world, {"action": "sync_requests"})
    assert answered["requests"] == [{"id": "7", "answer": FIRST}, {"id": "9", "answer": FIRST}]
    assert answered["more"] is False
    assert ask(asking(), {"action": "sync_requests"})["requests"] == []


@pytest.mark.rule("P5")
def test_an_answer_unticks_the_box_and_changes_nothing_else() -> None:
    world = asking(7)
    assert answer(world, one())["outcomes"] == [{"id": 7, "outcome": "applied"}]
    assert world.saves == [
        Save(7, {SYNC_REQUEST: True, SYNC_ANSWER: FIRST}, {SYNC_REQUEST: False, SYNC_ANSWER: "Linked with cus_7."})
    ]
    assert ask(world, {"action": "sync_requests"})["requests"] == []


@pytest.mark.rule("P5")
def test_a_request_that_was_made_again_meanwhile_is_not_taken_for_the_one_that_is_answered() -> None:
    world = asking(7)
    world.edit(7, **{SYNC_ANSWER: AGAIN})
    assert answer(world, one())["outcomes"] == [{"id": 7, "outcome": "conflict"}]
    assert world.saves == []
    assert ask(world, {"action": "sync_requests"})["requests"] == [{"id": "7", "answer": AGAIN}]


@pytest.mark.rule("P5")
def test_made_again_just_before_the_save_it_is_seen_by_the_next_try() -> None:
    world = asking(7)
    world.interfere("record.save", lambda: world.edit(7, **{SYNC_ANSWER: AGAIN}))
    assert answer(world, one())["outcomes"] == [{"id": 7, "outcome": "conflict"}]
    assert world.value(7, SYNC_REQUEST) is True


def test_somebody_elses_save_of_another_field_does_not_lose_the_answer() -> None:
    world = asking(7)
    world.interfere("record.save", lambda: world.edit(7, comments="VIP!"))
    assert answer(world, one())["outcomes"] == [{"id": 7, "outcome": "applied"}]
    assert (world.value(7, "comments"), world.value(7, SYNC_ANSWER)) == ("VIP!", "Linked with cus_7.")


def test_asked_twice_it_is_already_done_and_a_box_that_a_person_unticked_stays_as_it_is() -> None:
    world = asking(7, 8)
    answer(world, one())
    world.edit(8, **{SYNC_REQUEST: False})
    outcomes = answer(world, one(), one(8))["outcomes"]
    assert [o["outcome"] for o in outcomes] == ["already", "conflict"]
    assert len(world.saves) == 1


def test_one_bad_record_does_not_spoil_the_others() -> None:
    world = asking(7, 8)
    world.lock_by_workflow(7)
    outcomes = answer(world, one(), one(404), one(8))["outcomes"]
    assert [(o["id"], o["outcome"], o.get("code")) for o in outcomes] == [
        (7, "failed", "RCRD_LOCKED_BY_WF"),
        (404, "failed", "RCRD_DSNT_EXIST"),
        (8, "applied", None),
    ]


def test_without_the_permission_nothing_is_answered() -> None:
    world = asking(7)
    refused = answer(world, one(), options=Options(permissions={"LIST_CUSTJOB": 1, "LIST_FIND": 1}))
    assert refused["error"]["code"] == "INSUFFICIENT_PERMISSION"
    assert world.saves == []


def test_before_the_units_end_it_hands_back_what_it_did_not_begin() -> None:
    world = asking(7, 8)
    answered = answer(world, one(), one(8), options=Options(units=120))
    assert (len(answered["outcomes"]), answered["remaining"]) == (1, [8])


@pytest.mark.parametrize(
    "answers", ["x", [None], [{"id": 7}], [one(text="x" * 4_001)], [{"id": 7, "was": FIRST, "answer": 1}]]
)
def test_what_is_no_answer_is_refused(answers: object) -> None:
    assert ask(asking(7), {"action": "answer", "answers": answers})["error"]["code"] == "WRONG_TYPE"


def test_an_account_without_the_fields_is_told_so() -> None:
    world = World(custom_fields=set())
    assert ask(world, {"action": "sync_requests"})["error"]["code"] == "SSS_INVALID_SRCH_FILTER"
