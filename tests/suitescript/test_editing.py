"""Compare-and-set: one save for all edits of a record, and never over the value of somebody else."""

import pytest

from sandbox.netsuite_standin import STRIPE_FIELD, Save, World
from tests.suitescript.restlet import FIELDS, apply, ask, link, short


@pytest.mark.rule("W2")
@pytest.mark.rule("W3")
@pytest.mark.rule("W4")
def test_an_unlinked_customer_gets_all_three_values_in_one_save() -> None:
    world = World()
    world.insert(7, comments="VIP")
    assert short(apply(world, link(7, "cus_1"))) == [
        (7, "stripe_id", "applied", None),
        (7, "external_id", "applied", None),
        (7, "comments", "applied", None),
    ]
    before = {STRIPE_FIELD: None, "externalid": None, "comments": "VIP"}
    after = {STRIPE_FIELD: "cus_1", "externalid": "cus_1", "comments": "VIP\ncus_1"}
    assert world.saves == [Save(7, before, after)]


@pytest.mark.rule("W3")
def test_several_customers_of_one_record_are_named_in_one_save() -> None:
    world = World()
    world.insert(7, comments="VIP cus_2")
    change = {"id": 7, "append": {"comments": ["cus_1", "cus_2", "cus_3"]}}
    answer = apply(world, change)
    assert [(o["word"], o["outcome"]) for o in answer["outcomes"]] == [
        ("cus_1", "applied"),
        ("cus_2", "already"),
        ("cus_3", "applied"),
    ]
    assert world.saves == [Save(7, {"comments": "VIP cus_2"}, {"comments": "VIP cus_2\ncus_1\ncus_3"})]
    apply(world, {"id": 7, "remove": {"comments": ["cus_1", "cus_3"]}})
    assert world.value(7, "comments") == "VIP cus_2"


def test_a_refused_word_is_named_so_that_the_others_of_the_record_can_be_told_apart() -> None:
    world = World()
    world.insert(7)
    words = ["cus_1", "two words", "", "a\u0085b", None]
    outcomes = apply(world, {"id": 7, "append": {"comments": words}})["outcomes"]
    assert [(o["word"], o["outcome"], o.get("code")) for o in outcomes] == [
        ("cus_1", "applied", None),
        *((word, "failed", "INVALID_CHANGE") for word in words[1:]),
    ]
    assert world.value(7, "comments") == "cus_1"


@pytest.mark.rule("W9")
def test_a_look_says_what_is_done_and_what_is_open_and_saves_nothing() -> None:
    world = World()
    world.insert(7, comments="cus_1", externalid="ACME-1")
    answer = ask(world, {"action": "look", "fields": FIELDS, "changes": [link(7, "cus_1"), link(8, "cus_2")]})
    assert short(answer) == [
        (7, "stripe_id", "open", None),
        (7, "external_id", "conflict", "ACME-1"),
        (7, "comments", "already", None),
        (8, "stripe_id", "failed", "RCRD_DSNT_EXIST"),
        (8, "external_id", "failed", "RCRD_DSNT_EXIST"),
        (8, "comments", "failed", "RCRD_DSNT_EXIST"),
    ]
    assert world.saves == []


@pytest.mark.rule("W9")
def test_the_same_change_again_finds_everything_done_and_saves_nothing() -> None:
    world = World()
    world.insert(7)
    apply(world, link(7, "cus_1"))
    again = short(apply(world, link(7, "cus_1")))
    assert [outcome for _, _, outcome, _ in again] == ["already"] * 3
    assert len(world.saves) == 1


@pytest.mark.rule("W2")
@pytest.mark.rule("W4")
@pytest.mark.rule("W8")
@pytest.mark.parametrize("field", ["stripe_id", "external_id"])
def test_a_value_of_somebody_else_stays_and_the_other_fields_are_written(field: str) -> None:
    world = World()
    world.insert(7, **{FIELDS[field]: "ACME-1"})
    applied = {name: (7, name, "applied", None) for name in ("stripe_id", "external_id", "comments")}
    expected = applied | {field: (7, field, "conflict", "ACME-1")}
    assert short(apply(world, link(7, "cus_1"))) == [*expected.values()]
    assert world.value(7, FIELDS[field]) == "ACME-1"


@pytest.mark.rule("W8")
@pytest.mark.parametrize(("old", "there"), [("cus_old", "cus_old"), (" cus_old", "cus_old"), ("cus_old", "cus_old ")])
def test_an_expected_value_that_still_stands_is_replaced_whatever_white_space_is_around_it(
    old: str, there: str
) -> None:
    world = World()
    world.insert(7, **{STRIPE_FIELD: there})
    change = {"id": 7, "set": {"stripe_id": {"old": old, "new": None}}}
    assert short(apply(world, change)) == [(7, "stripe_id", "applied", None)]
    assert world.value(7, STRIPE_FIELD) is None


@pytest.mark.rule("W8")
def test_a_save_of_somebody_else_between_load_and_save_is_seen() -> None:
    world = World()
    world.insert(7)
    world.interfere("record.save", lambda: world.edit(7, externalid="ACME-1", comments="called today"))
    assert short(apply(world, link(7, "cus_1"))) == [
        (7, "stripe_id", "applied", None),
        (7, "external_id", "conflict", "ACME-1"),
        (7, "comments", "applied", None),
    ]
    assert world.value(7, "comments") == "called today\ncus_1"


@pytest.mark.rule("W8")
def test_a_record_that_changes_at_every_try_fails_with_netsuites_reason() -> None:
    world = World()
    world.insert(7)
    for tried in range(4):
        world.interfere("record.save", lambda: world.edit(7, phone="1"), skip=tried)
    assert {(outcome, code) for _, _, outcome, code in short(apply(world, link(7, "cus_1")))} == {
        ("failed", "RCRD_HAS_BEEN_CHANGED")
    }
    assert world.saves == []


@pytest.mark.rule("M2")
@pytest.mark.rule("W8")
@pytest.mark.parametrize("stage", ["LEAD", "PROSPECT"])
def test_a_record_that_is_no_customer_is_not_linked_but_can_be_unlinked(stage: str) -> None:
    world = World()
    world.insert(7, stage=stage)
    outcomes = short(apply(world, link(7, "cus_1")))
    assert {(outcome, found) for _, _, outcome, found in outcomes} == {("conflict", f"the record is a {stage}")}
    assert world.saves == []
    world.edit(7, comments="cus_1", **{STRIPE_FIELD: "cus_1"})
    change = {"id": 7, "set": {"stripe_id": {"old": "cus_1", "new": None}}, "remove": {"comments": "cus_1"}}
    assert [outcome for _, _, outcome, _ in short(apply(world, change))] == ["applied"] * 2


def test_a_mandatory_field_that_was_never_filled_does_not_stand_in_the_way() -> None:
    world = World(mandatory={"custentity_region"})
    world.insert(7)
    assert [o["outcome"] for o in apply(world, link(7, "cus_1"))["outcomes"]] == ["applied"] * 3


@pytest.mark.rule("W3")
def test_comments_that_would_be_too_long_fail_with_the_reason_and_stay() -> None:
    world = World()
    full = "x" * 3_995
    world.insert(7, comments=full)
    world.insert(9, comments="x" * 3_994)
    answer = apply(world, {"id": 7, "append": {"comments": "cus_1"}}, {"id": 9, "append": {"comments": "cus_1"}})
    assert short(answer) == [(7, "comments", "failed", "COMMENTS_FULL"), (9, "comments", "applied", None)]
    assert "4001" in answer["outcomes"][0]["message"]
    assert world.value(7, "comments") == full


@pytest.mark.rule("W10")
def test_an_undo_takes_out_the_word_and_its_line_break_and_nothing_else() -> None:
    world = World()
    world.insert(7, comments="VIP\nhates calls")
    apply(world, link(7, "cus_1"))
    world.edit(7, comments="VIP\nhates calls\ncus_1\nnew note")
    change = {"id": 7, "set": {"stripe_id": {"old": "cus_1", "new": None}}, "remove": {"comments": "cus_1"}}
    assert short(apply(world, change)) == [
        (7, "stripe_id", "applied", None),
        (7, "comments", "applied", None),
    ]
    assert world.value(7, "comments") == "VIP\nhates calls\nnew note"
    assert short(apply(world, change)) == [(7, "stripe_id", "already", None), (7, "comments", "already", None)]
