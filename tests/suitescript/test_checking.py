"""The preflight inside NetSuite: what cannot be meant is refused, and what goes wrong is told, not thrown."""

from typing import Any

import pytest

from sandbox.netsuite_standin import Account, Options, World
from tests.suitescript.restlet import ask, ask_as, host_of


def preflight(world: World, *records: object, options: Options | None = None) -> Any:  # noqa: ANN401  as answered
    return ask(world, {"action": "preflight", "records": list(records)}, options)


def trial(*fields: str, **values: object) -> dict[str, object]:
    return {"fields": fields, "values": {"isperson": "F", **values}}


@pytest.mark.parametrize(
    "records",
    [
        *(None, {}, "x", [None], [1], [{}], [{"fields": []}], [{"fields": [], "values": []}]),
        *([{"fields": [1], "values": {}}], [trial()] * 3, [trial(*map(str, range(1_001)))]),
    ],
)
def test_what_cannot_be_meant_is_refused(records: object) -> None:
    refused = ask(World(), {"action": "preflight", "records": records})
    assert (refused["ok"], refused["error"]["code"]) == (False, "WRONG_TYPE")


def test_it_costs_ten_units_and_ten_more_for_each_kind() -> None:
    host = host_of(World(account=Account(multicurrency=True)), Options(permissions={
        "LIST_CUSTJOB": 3, "LIST_FIND": 1, "LIST_CURRENCY": 1,
    }))  # fmt: skip
    ask_as(host, {"action": "preflight", "records": [trial(), trial(isperson="T")]})
    assert host.used == 30


def test_a_role_that_may_create_nothing_gets_an_answer() -> None:
    answer = preflight(World(), trial(), options=Options(permissions={"LIST_CUSTJOB": 1, "LIST_FIND": 1}))
    assert (answer["ok"], answer["level"]) == (True, 1)
    assert [(one["outcome"], one["code"]) for one in answer["records"]] == [("refused", "INSUFFICIENT_PERMISSION")]


@pytest.mark.parametrize("form", ["number", "name", "member"])
def test_the_level_of_the_role_is_told_in_every_form(form: Any) -> None:  # noqa: ANN401  one of Options
    assert preflight(World(), options=Options(permission_form=form))["level"] == 3


def test_the_form_is_set_before_it_is_asked_what_is_mandatory() -> None:
    world = World(account=Account(forms=frozenset({"5"}), mandatory_on={"5": frozenset({"phone"})}))
    [record] = preflight(world, trial(phone="", customform=5))["records"]
    assert [field["id"] for field in record["mandatory"]] == ["companyname", "entityid", "phone"]
    assert [value["id"] for value in record["values"]] == ["customform", "isperson", "phone"]


def test_a_field_that_is_on_no_form_is_there_and_its_list_is_not_told() -> None:
    account = Account(not_shown=frozenset({"comments", "entitystatus"}))
    [record] = preflight(World(account=account), trial("comments", "none", comments="x", entitystatus=13))["records"]
    told = {value["id"]: value["outcome"] for value in record["values"]}
    assert told == {"isperson": "there", "comments": "there", "entitystatus": "unseen"}
    assert record["absent"] == ["none"]
