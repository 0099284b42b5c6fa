"""What the RESTlet answers of new customers is taken as it was agreed, or not at all."""

from collections.abc import Mapping
from typing import Any

import orjson
import pytest

from resources.netsuite_api import NewRecord
from resources.netsuite_api.session.answers import VERSION
from resources.netsuite_api.writing.new_records import MOST_NEW_RECORDS
from sandbox.netsuite_standin import Options, Script, World
from schemas.errors import InternalError, TransientError, UserError
from tests.resources.netsuite_api.creating import record_of
from tests.resources.netsuite_api.netsuite_world import connected

RECORDS = [NewRecord(f"cus_{number}", record_of(f"cus_{number}")) for number in (1, 2)]


def test_outcomes_say_what_was_made_and_what_was_there() -> None:
    world = World()
    with connected(world) as (client, _):
        first = list(client.create(RECORDS[:1]))
        both = list(client.create(RECORDS))
        found = list(client.look_for([NewRecord("cus_2"), NewRecord("cus_3")]))
    assert [(o.key, o.status, o.internal_id, o.is_fit, o.is_repeat) for o in (*first, *both, *found)] == [
        ("cus_1", "made", 1, True, False),
        ("cus_1", "already", 1, True, False),
        ("cus_2", "made", 2, True, False),
        ("cus_2", "already", 2, True, False),
        ("cus_3", "none", None, False, False),
    ]
    assert first[0].witness == both[0].witness


def row(**given: object) -> dict[str, object]:
    return {"key": "cus_1", "outcome": "made", "id": 1, "isFit": True, **given}


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"outcomes": [row()]},
        {"outcomes": [], "remaining": []},
        {"outcomes": [row()], "remaining": []},
        {"outcomes": [row(), row()], "remaining": []},
        {"outcomes": [row(), row(key="cus_9")], "remaining": []},
        {"outcomes": [row(), row(key="cus_2")], "remaining": ["cus_2"]},
        {"outcomes": [row(outcome="perhaps"), row(key="cus_2")], "remaining": []},
        {"outcomes": [row(id=None), row(key="cus_2")], "remaining": []},
        {"outcomes": [row(id="x"), row(key="cus_2")], "remaining": []},
    ],
)
def test_an_answer_that_cannot_be_right_is_not_taken(answer: Mapping[str, Any]) -> None:
    with connected() as (client, server):
        said = orjson.dumps({"ok": True, "version": VERSION, **answer}).decode()
        server.script = Script.of(f"define([], () => ({{ post: () => ({said}) }}));")
        with pytest.raises(TransientError, match=r"NetSuite's answer cannot be right|has not the agreed form"):
            list(client.create(RECORDS))


def test_a_call_without_room_for_one_record_is_a_persons_matter() -> None:
    world = World()
    with connected(world, Options(units=200)) as (client, _), pytest.raises(UserError, match="no room"):
        list(client.create(RECORDS))
    assert world.customers == {}


@pytest.mark.parametrize("records", [[RECORDS[0], RECORDS[0]], [NewRecord(f"cus_{n}", "{}") for n in range(201)]])
def test_a_batch_that_cannot_be_meant_is_not_sent(records: list[NewRecord]) -> None:
    with connected() as (client, server):
        with pytest.raises(InternalError):
            list(client.create(records))
        assert server.calls == []


def test_both_sides_take_as_many_records_in_a_call() -> None:
    text = next(text for path, text in Script.shipped().files.items() if path.endswith("/creating.js"))
    assert f"const MOST_ITEMS = {MOST_NEW_RECORDS};" in text
