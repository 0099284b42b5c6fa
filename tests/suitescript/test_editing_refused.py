"""What NetSuite refuses: alone, with its reason, and told to the administrator."""

from typing import Any

import pytest

from sandbox.netsuite_standin import STRIPE_FIELD, Options, World, engine
from tests.suitescript.restlet import FIELDS, SHIPPED, apply, ask_as, host_of, link, short


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda world: world.delete(7), "RCRD_DSNT_EXIST"),
        (lambda world: world.lock_by_workflow(7), "RCRD_LOCKED_BY_WF"),
        (lambda world: world.merge(7, 9), "RCRD_DSNT_EXIST"),
        (lambda world: world.refuse(7, None, "INSUFFICIENT_PERMISSION"), "INSUFFICIENT_PERMISSION"),
        (lambda world: world.refuse(7, None, "RCRD_UNEDITABLE"), "RCRD_UNEDITABLE"),
        (lambda world: world.refuse(7, None, "USER_ERROR"), "USER_ERROR"),
    ],
)
def test_a_bad_record_fails_whole_with_a_reason_and_spoils_no_other(spoil: Any, code: str) -> None:  # noqa: ANN401
    world = World()
    world.insert(7)
    world.insert(9)
    spoil(world)
    outcomes = short(apply(world, link(7, "cus_1"), link(9, "cus_2")))
    assert [(outcome, reason) for _, _, outcome, reason in outcomes[:3]] == [("failed", code)] * 3
    assert [outcome for _, _, outcome, _ in outcomes[3:]] == ["applied"] * 3
    assert [save.customer for save in world.saves] == [9]


def test_a_value_that_cannot_even_be_set_fails_alone_before_the_save() -> None:
    world = World()
    world.insert(7)
    throws = "if (edit.fieldId === 'externalid') throw { name: 'INVALID_FLD_VALUE', message: 'Not this.' };"
    script = SHIPPED.changed("customer.setValue({", f"{throws} customer.setValue({{")
    asked: Any = {"action": "apply", "fields": FIELDS, "changes": [link(7, "cus_1")]}
    assert short(engine.run(script, "post", asked, host_of(world))) == [
        (7, "stripe_id", "applied", None),
        (7, "external_id", "failed", "INVALID_FLD_VALUE"),
        (7, "comments", "applied", None),
    ]
    assert world.value(7, "externalid") is None


@pytest.mark.parametrize("name", ["stripe_id", "external_id", "comments"])
@pytest.mark.parametrize("message", ["Not this.", "The field {} is not for you."])
def test_a_field_that_is_refused_fails_alone_with_its_reason(name: str, message: str) -> None:
    world = World()
    world.insert(7)
    world.insert(9)
    said = message.format(FIELDS[name])
    world.refuse(7, FIELDS[name], "USER_ERROR", said)
    outcomes = apply(world, link(7, "cus_1"), link(9, "cus_2"))["outcomes"]
    assert {o["field"]: (o["outcome"], o.get("message")) for o in outcomes[:3]} == {
        field: ("failed", said) if field == name else ("applied", None) for field in FIELDS
    }
    assert [o["outcome"] for o in outcomes[3:]] == ["applied"] * 3
    assert len([save for save in world.saves if save.customer == 7]) == (1 if FIELDS[name] in said else 2)


def test_every_refused_field_has_its_own_reason() -> None:
    world = World()
    world.insert(7)
    world.others.add("cus_1")
    world.refuse(7, STRIPE_FIELD, "USER_ERROR", "Ask Finance first.")
    assert short(apply(world, link(7, "cus_1"))) == [
        (7, "stripe_id", "failed", "USER_ERROR"),
        (7, "external_id", "failed", "DUP_RCRD"),
        (7, "comments", "applied", None),
    ]


@pytest.mark.rule("W2")
def test_an_external_id_of_a_contact_fails_and_one_that_a_lead_got_meanwhile_is_a_conflict() -> None:
    world = World()
    world.insert(7)
    world.insert(8)
    world.insert(9, externalid="CUS_2", stage="LEAD")
    world.others.add("CUS_1")
    assert short(apply(world, link(7, "cus_1"), link(8, "cus_2"))) == [
        (7, "stripe_id", "applied", None),
        (7, "external_id", "failed", "DUP_RCRD"),
        (7, "comments", "applied", None),
        (8, "stripe_id", "applied", None),
        (8, "external_id", "conflict", "cus_2 is held by LEAD 9"),
        (8, "comments", "applied", None),
    ]
    assert [save.customer for save in world.saves] == [7, 8]


def test_a_record_with_a_refused_field_that_the_units_do_not_allow_is_handed_back_unsaved() -> None:
    world = World()
    changes = [link(world.insert(), f"cus_{n}") for n in range(3)]
    world.others.add("cus_1")
    answer = apply(world, *changes, options=Options(units=100 + 15 * 2 + 15))
    assert (len(answer["outcomes"]), answer["remaining"]) == (3, [2, 3])
    assert [save.customer for save in world.saves] == [1]


@pytest.mark.parametrize("form", ["number", "name", "member"])
def test_what_the_role_lacks_stops_every_record_and_is_logged(form: Any) -> None:  # noqa: ANN401
    world = World()
    world.insert(7)
    host = host_of(world, Options(permissions={"LIST_CUSTJOB": 1, "LIST_FIND": 1}, permission_form=form))
    answer = ask_as(host, {"action": "apply", "fields": FIELDS, "changes": [link(7, "cus_1")]})
    assert answer["error"]["code"] == "INSUFFICIENT_PERMISSION"
    assert "Lists > Customers (Edit)" in answer["error"]["message"]
    assert host.logged == [("error", "The role customrole_tieout lacks Lists > Customers (Edit).")]


def test_an_administrator_sees_what_was_refused_and_what_the_caller_did_wrong_is_no_matter_of_theirs() -> None:
    world = World()
    world.insert(7)
    world.refuse(7, STRIPE_FIELD, "USER_ERROR", "private")
    host = host_of(world)
    ask_as(host, {"action": "apply", "fields": FIELDS, "changes": [link(7, "cus_1")]})
    ask_as(host, {"action": "nothing"})
    ask_as(host, {"action": "describe", "search": "customsearch_gone"})
    assert host.logged == [
        ("audit", "2 values changed"),
        ("error", "1 changes refused, by internal id: 7 stripe_id: USER_ERROR"),
        ("error", "describe: INVALID_SEARCH: That search or mass update does not exist."),
    ]


def test_a_custom_field_that_does_not_exist_fails_instead_of_being_swallowed() -> None:
    world = World()
    world.insert(7)
    fields = {**FIELDS, "stripe_id": "custentity_misspelt"}
    answer = apply(world, link(7, "cus_1"), fields=fields)
    assert short(answer)[0] == (7, "stripe_id", "failed", "FIELD_NOT_FOUND")
    assert "custentity_misspelt" in answer["outcomes"][0]["message"]
