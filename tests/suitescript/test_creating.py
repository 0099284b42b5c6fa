"""New customers: looked for, made in one save, read back; and what NetSuite refuses is that record's alone."""

from functools import partial
from typing import Any

import pytest

from sandbox.netsuite_standin import STRIPE_FIELD, Account, Options, World
from sandbox.netsuite_standin.new_customers import NEW
from tests.suitescript.new_customers import ONE_WORLD, create, item, made
from tests.suitescript.restlet import FIELDS, ask, ask_as, host_of


@pytest.mark.rule("C3")
@pytest.mark.rule("C9")
@pytest.mark.rule("C13")
def test_a_customer_is_made_whole_in_one_save() -> None:
    world = World(account=ONE_WORLD)
    shipping = {"country": "DE", "addr1": "Platz 1", "city": "Berlin", "defaultshipping": True, "defaultbilling": True}
    outcome = made(world, item(email="a@example.com", phone="+49 30 1234567", subsidiary=2, book=[shipping]))
    assert (outcome["outcome"], outcome["isFit"], outcome["stage"]) == ("made", True, "CUSTOMER")
    [save] = world.saves
    wanted = {
        "companyname": "Company cus_1",
        "entityid": "Company cus_1",
        "email": "a@example.com",
        "phone": "+49 30 1234567",
        "subsidiary": "2",
        "externalid": "cus_1",
        STRIPE_FIELD: "cus_1",
        "comments": "cus_1",
    }
    assert wanted.items() <= save.after.items()
    assert world.customers[outcome["id"]].addresses == [shipping]


@pytest.mark.rule("C7")
@pytest.mark.rule("C8")
def test_an_individual_has_both_names_and_no_company() -> None:
    world = World()
    outcome = made(world, item(isperson="T", firstname="Ada", lastname="L", companyname=None))
    assert world.value(outcome["id"], "isperson") is True
    assert [world.value(outcome["id"], n) for n in ("firstname", "lastname", "companyname")] == ["Ada", "L", None]


@pytest.mark.rule("C15")
@pytest.mark.parametrize("given", [{"isinactive": True}, {"stage": "LEAD"}, {"stage": "PROSPECT"}, {}])
def test_who_is_there_is_found_whatever_the_stage_and_activity_and_left_alone(given: dict[str, Any]) -> None:
    world = World()
    world.insert(7, **({"externalid": "cus_1", STRIPE_FIELD: "cus_1"} | given))
    for action in ("create", "look_for"):
        [outcome] = create(world, item(), action=action)["outcomes"]
        assert (outcome["outcome"], outcome["id"], outcome["isFit"]) == ("already", 7, "stage" not in given)
    assert world.saves == []


@pytest.mark.rule("C15")
@pytest.mark.parametrize(
    ("held", "found"),
    [
        ([{"externalid": "cus_1"}], "cus_1 is held by record 1"),
        ([{STRIPE_FIELD: "cus_1"}], "cus_1 is held by record 1"),
        ([{"externalid": "CUS_1", STRIPE_FIELD: "cus_1"}], "cus_1 is held by record 1"),
        ([{"externalid": "cus_1"}, {STRIPE_FIELD: "cus_1"}], "cus_1 is held by record 1, 2"),
        ([{"externalid": "cus_1", STRIPE_FIELD: "cus_1"}, {STRIPE_FIELD: "cus_1"}], "cus_1 is held by record 1, 2"),
    ],
)
def test_what_holds_the_id_in_one_place_only_or_in_several_records_is_somebody_elses(
    held: list[dict[str, Any]], found: str
) -> None:
    world = World()
    for values in held:
        world.insert(**values)
    for action in ("create", "look_for"):
        assert create(world, item(), action=action)["outcomes"] == [
            {"key": "cus_1", "outcome": "conflict", "found": found}
        ]
    assert world.saves == []


@pytest.mark.rule("C15")
def test_a_record_whose_only_link_is_its_external_id_is_found_again() -> None:
    world = World()
    world.insert(7, externalid="cus_1")
    whole = item()
    fields = {name: value for name, value in whole["record"]["fields"].items() if name != STRIPE_FIELD}
    only = {**whole, "record": {"fields": fields}, "byKeyAlone": True}
    for action in ("create", "look_for"):
        [outcome] = create(world, only, action=action)["outcomes"]
        assert (outcome["outcome"], outcome["id"]) == ("already", 7)
    assert world.saves == []


def test_who_is_looked_for_and_not_there_is_none() -> None:
    world = World(others={"cus_1"})
    assert create(world, item(), action="look_for")["outcomes"] == [{"key": "cus_1", "outcome": "none"}]


@pytest.mark.rule("C15")
def test_the_external_id_of_a_contact_is_a_conflict_that_names_it() -> None:
    outcome = made(World(others={"Cus_1"}), item())
    assert (outcome["outcome"], outcome["found"]) == ("conflict", "cus_1 is the external id of Contact 9000000")


@pytest.mark.rule("C15")
def test_of_two_calls_at_once_the_save_decides() -> None:
    world = World()
    both = {"externalid": "cus_1", STRIPE_FIELD: "cus_1"}
    world.interfere("record.save", partial(world.insert_values, 7, both))
    outcome = made(world, item())
    assert (outcome["outcome"], outcome["id"], len(world.customers)) == ("already", 7, 1)


def test_a_record_that_became_no_customer_is_made_and_unfit_with_its_id() -> None:
    world = World()
    for status, stage in (("6", "LEAD"), ("7", "PROSPECT")):
        outcome = made(world, item(f"cus_{stage}", entitystatus=status))
        assert (outcome["outcome"], outcome["isFit"], outcome["stage"]) == ("made", False, stage)
        assert world.value(outcome["id"], "stage") == stage


@pytest.mark.parametrize("fields", [{"isperson": "T"}, {"entityid": None}, {"companyname": None}])
def test_a_refusal_is_that_records_with_its_code_and_sentence(fields: dict[str, Any]) -> None:
    world = World()
    answer = create(world, item("cus_1", **fields), item("cus_2"))
    first, second = answer["outcomes"]
    assert (first["outcome"], first["code"]) == ("failed", "USER_ERROR")
    assert first["message"].startswith("Please enter value(s) for: ")
    assert (second["outcome"], len(world.customers)) == ("made", 1)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"subsidiary": 9}, "INVALID_KEY_OR_REF"),
        ({"entitystatus": 99}, "INVALID_KEY_OR_REF"),
        ({"customform": 900}, "INVALID_KEY_OR_REF"),
        ({"custentity_nothing": "x"}, "FIELD_NOT_FOUND"),
        ({"custentity_vip": "yes"}, "INVALID_VALUE"),
        ({"custentity_size": "many"}, "INVALID_VALUE"),
        ({"custentity_size": "1.5"}, "INVALID_VALUE"),
        ({"custentity_day": "31.5.2026"}, "INVALID_VALUE"),
        ({"custentity_tags": "red"}, "INVALID_VALUE"),
        ({"custentity_region": "South"}, "INVALID_KEY_OR_REF"),
        ({"custentity_note": "x" * 301}, "EXCEEDED_MAX_FIELD_LENGTH"),
    ],
)
def test_what_an_account_does_not_have_and_what_no_field_of_that_type_takes_fails(
    fields: dict[str, Any], code: str
) -> None:
    outcome = made(custom_world(), item(**fields))
    assert (outcome["outcome"], outcome["code"]) == ("failed", code)


@pytest.mark.rule("C11")
@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("custentity_vip", "true", True),
        ("custentity_vip", "F", False),
        ("custentity_vip", True, True),
        ("custentity_size", "12", "12"),
        ("custentity_region", "North", "4"),
        ("custentity_region", "7", "7"),
        ("custentity_region", 7, "7"),
        ("custentity_note", "  as it is", "  as it is"),
    ],
)
def test_a_mapped_value_is_what_a_field_of_its_type_takes(name: str, given: object, value: object) -> None:
    world = custom_world()
    assert world.value(made(world, item(book=None, **{name: given}))["id"], name) == value


def custom_world() -> World:
    kinds = {"vip": "checkbox", "size": "integer", "day": "date", "tags": "multiselect", "region": "select"}
    names = {f"custentity_{name}" for name in (*kinds, "note")}
    world = World(custom_fields={STRIPE_FIELD, *names})
    world.custom_kinds = {f"custentity_{name}": kind for name, kind in kinds.items()}
    world.custom_lists = {"custentity_region": {"North": "4"}}
    return world


def test_what_does_not_fit_into_the_units_of_a_call_is_handed_back() -> None:
    world = World()
    items = [item(f"cus_{number}") for number in range(4)]
    answer = create(world, *items, options=Options(units=100 + 130 + 31))
    assert [outcome["key"] for outcome in answer["outcomes"]] == ["cus_0", "cus_1"]
    assert (answer["remaining"], len(world.customers)) == (["cus_2", "cus_3"], 2)


def test_a_create_with_all_its_tries_stays_within_what_was_kept_for_it() -> None:
    world = World(account=Account(free_form_states=False))
    world.insert(7, entityid="Acme")
    for field in ("email", "phone"):
        world.refuse(NEW, field, "USER_ERROR", f"not this {field}")
    host = host_of(world)
    wanted = item(entityid="Acme", email="x", phone="1", book=[{"country": "US", "state": "Anywhere"}])
    answer = ask_as(host, {"action": "create", "fields": FIELDS, "records": [wanted]})
    assert answer["outcomes"][0]["message"].count(";") == 3
    assert host.used <= 130 + 31


def test_an_administrator_sees_how_many_were_made_and_which_were_not_without_any_name() -> None:
    world = World()
    host = host_of(world)
    items = [item("cus_1"), item("cus_2", entitystatus=6), item("cus_3", companyname=None)]
    ask_as(host, {"action": "create", "fields": FIELDS, "records": items})
    assert host.logged == [
        ("audit", "2 customers created"),
        ("error", "2 customers not as wanted, by Stripe id: cus_2: LEAD; cus_3: USER_ERROR"),
    ]


@pytest.mark.rule("C15")
@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"records": {}}, "WRONG_TYPE"),
        ({"records": [item() for _ in range(201)]}, "WRONG_TYPE"),
        ({"records": [{"key": "cus_1", "record": {"fields": {"externalid": "cus_2"}}}]}, "WRONG_TYPE"),
        ({"records": [{"key": "two words", "record": {"fields": {"externalid": "two words"}}}]}, "WRONG_TYPE"),
        ({"records": [None]}, "WRONG_TYPE"),
        ({"records": [item(), None]}, "WRONG_TYPE"),
        ({"records": [item(), {"key": "cus_2", "record": {"fields": {"externalid": "cus_3"}}}]}, "WRONG_TYPE"),
        ({"records": [item()], "fields": {"stripe_id": "email"}}, "FIELD_NOT_ALLOWED"),
        ({"records": [item()], "fields": None}, "FIELD_NOT_ALLOWED"),
    ],
)
def test_a_request_that_was_not_agreed_makes_nothing(request_: dict[str, Any], code: str) -> None:
    world = World()
    answer = ask(world, {"action": "create", "fields": FIELDS, **request_})
    assert (answer["error"]["code"], world.customers) == (code, {})


def test_a_role_that_may_only_look_makes_nothing() -> None:
    world = World()
    answer = create(world, item(), options=Options(permissions={"LIST_CUSTJOB": 1, "LIST_FIND": 1}))
    assert (answer["error"]["code"], world.customers) == ("INSUFFICIENT_PERMISSION", {})
