"""What a change must give, and which fields it may name; the malformed fails, alone."""

import pytest

from sandbox.netsuite_standin import World
from tests.suitescript.restlet import apply, link, short


@pytest.mark.rule("W6")
@pytest.mark.rule("C14")
@pytest.mark.parametrize("field", ["email", "companyname", "isinactive", "entityid", "custbody_x", None])
def test_no_other_field_can_be_changed(field: str | None) -> None:
    world = World()
    world.insert(7, email="a@example.com")
    answer = apply(world, {"id": 7, "set": {"stripe_id": {"old": None, "new": "x"}}}, fields={"stripe_id": field})
    assert answer["error"]["code"] == "FIELD_NOT_ALLOWED"
    assert world.saves == []


@pytest.mark.parametrize("fields", [None, "comments"])
def test_fields_that_are_no_table_are_told(fields: object) -> None:
    answer = apply(World(), {"id": 7, "append": {"comments": "cus_1"}}, fields=fields)
    assert answer["error"]["code"] == "WRONG_TYPE"
    assert answer["error"]["message"] == "fields must say which NetSuite field each name stands for."


@pytest.mark.rule("W6")
@pytest.mark.rule("C14")
@pytest.mark.parametrize(
    "named",
    [
        {"email": "custentity_email"},
        {"toString": "comments"},
        {"stripe_id": "externalid"},
        {"stripe_id": "comments"},
        {"stripe_id": ["custentity_x"]},
        {"stripe_id": "custentity_x.email"},
        {"stripe_id": "my_custentity"},
        {"external_id": "custentity_x"},
        {"external_id": "comments"},
        {"external_id": "EXTERNALID"},
        {"comments": "externalid"},
    ],
)
def test_no_field_can_be_changed_under_the_name_of_another(named: dict[str, object]) -> None:
    world = World()
    world.insert(7)
    answer = apply(world, {"id": 7, "append": {"comments": "cus_1"}}, fields={"comments": "comments", **named})
    assert answer["error"]["code"] == "FIELD_NOT_ALLOWED"
    assert next(iter(named)) in answer["error"]["message"]
    assert world.saves == []


@pytest.mark.parametrize(
    "change",
    [
        None,
        7,
        {"id": 7},
        {"id": 7, "set": {"comments": {"old": None, "new": "x"}}},
        {"id": 7, "append": {"stripe_id": "cus_1"}},
        {"id": 7, "append": {"comments": "two words"}},
        {"id": 7, "append": {"comments": ""}},
        {"id": 7, "append": {"comments": None}},
        {"id": 7, "set": {"stripe_id": "cus_1"}},
        {"id": 7, "set": {"stripe_id": {"old": None, "new": 5}}},
        {"id": 7, "set": {"unknown": {"old": None, "new": "x"}}},
        {"id": 7, "set": {"toString": {"old": None, "new": "x"}}},
    ],
)
def test_a_malformed_change_fails_alone(change: object) -> None:
    world = World()
    world.insert(7)
    world.insert(9)
    outcomes = short(apply(world, change, link(9, "cus_2")))
    assert outcomes[0][2:] == ("failed", "INVALID_CHANGE")
    assert [outcome for _, _, outcome, _ in outcomes[1:]] == ["applied"] * 3


@pytest.mark.parametrize("internal_id", ["abc", "", -3, 1.5, None, "7; drop"])
def test_a_malformed_id_fails_alone(internal_id: object) -> None:
    world = World()
    world.insert(9)
    outcomes = short(apply(world, {"id": internal_id, "append": {"comments": "cus_1"}}, link(9, "cus_2")))
    assert outcomes[0][2:] == ("failed", "WRONG_TYPE")
    assert outcomes[1][2] == "applied"
