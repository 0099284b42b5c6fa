"""What the RESTlet answers to a preflight is taken as it was agreed, or not at all; it may be asked without a lease."""

from collections.abc import Mapping
from typing import Any

import orjson
import pytest

from resources.netsuite_api import RefusedRecord, ToldRecord, TrialRecord
from resources.netsuite_api.session.answers import VERSION
from sandbox.netsuite_standin import Fault, Script, World
from schemas.errors import TransientError, UserError
from tests.resources.netsuite_api.netsuite_world import connected

RECORDS = [TrialRecord(["companyname", "custentity_none"], {"isperson": "F", "entitystatus": 99})]


def test_it_tells_what_there_is_and_saves_nothing() -> None:
    world = World()
    with connected(world) as (client, _):
        told = client.preflight(RECORDS)
    assert (told.level, told.currencies.outcome, world.saves) == (3, "off", [])
    [record] = told.records
    assert isinstance(record, ToldRecord)
    assert [(value.id, value.outcome) for value in record.values] == [
        ("isperson", "there"),
        ("entitystatus", "not_there"),
    ]
    assert record.absent == ["custentity_none"]
    assert [field.id for field in record.mandatory] == ["companyname", "entityid"]
    assert record.untold == 0


def record(**given: object) -> dict[str, object]:
    values = [{"id": "isperson", "outcome": "there"}, {"id": "entitystatus", "outcome": "there"}]
    return {"outcome": "looked", "values": values, "absent": [], "mandatory": [], "untold": 0, **given}


def answer(*records: object, **given: object) -> dict[str, object]:
    return {"level": 4, "currencies": {"outcome": "off"}, "records": list(records or [record()]), **given}


def answered(said: Mapping[str, Any]) -> Any:  # noqa: ANN401  what was told, of whatever form
    with connected() as (client, server):
        text = orjson.dumps({"ok": True, "version": VERSION, **said}).decode()
        server.script = Script.of(f"define([], () => ({{ post: () => ({text}) }}));")
        return client.preflight(RECORDS)


def test_what_is_not_told_is_no_answer_that_all_is_well() -> None:
    assert answered(answer(level=None)).level is None
    [refused] = answered(answer({"outcome": "refused", "code": "X", "message": "No."})).records
    assert refused == RefusedRecord(outcome="refused", code="X", message="No.")


@pytest.mark.parametrize(
    "said",
    [
        {},
        {**answer(), "records": []},
        answer(record(), record()),
        answer(level="high"),
        answer(level=5),
        answer(level=-1),
        answer(currencies={"outcome": "perhaps"}),
        answer(currencies=None),
        answer({"outcome": "looked"}),
        answer({"outcome": "perhaps"}),
        answer(record(values=[])),
        answer(record(values=[{"id": "isperson", "outcome": "there"}, {"id": "email", "outcome": "there"}])),
        answer(record(values=[{"id": "isperson", "outcome": "there"}, {"id": "entitystatus", "outcome": "good"}])),
        answer(record(values=[{"id": "isperson", "outcome": "there"}] * 2)),
        answer(record(absent=["phone"])),
        answer(record(absent=[1])),
        answer(record(mandatory=["phone"])),
        answer(record(mandatory=None)),
        answer(record(untold=-1)),
        answer(record(untold="few")),
    ],
)
def test_an_answer_that_cannot_be_right_is_not_taken(said: Mapping[str, Any]) -> None:
    with pytest.raises(TransientError, match=r"NetSuite's answer cannot be right|has not the agreed form"):
        answered(said)


def test_a_script_without_it_is_to_be_deployed_again() -> None:
    said = {"ok": False, "error": {"code": "UNKNOWN_ACTION", "message": "The action must be one of: health."}}
    with pytest.raises(UserError, match="deploy the suitescript folder of this Tieout again"):
        answered(said)


def test_it_is_asked_again_where_the_answer_was_lost() -> None:
    world = World()
    with connected(world) as (client, server):
        server.fail(Fault(kind="lost", action="preflight", times=2))
        assert client.preflight(RECORDS).level == 3
    assert world.saves == []
