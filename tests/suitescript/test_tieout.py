"""The entry: what is not a request is answered too, and health says what the role lacks."""

from typing import Any

import pytest

from resources.netsuite_api.session.answers import VERSION
from sandbox.netsuite_standin import Options, Script, World, engine
from tests.suitescript.restlet import SHIPPED, ask, host_of


@pytest.mark.parametrize("body", ["text", None, [], {"action": "toString"}, {"action": None}, {}])
def test_what_is_not_a_request_is_answered_too(body: object) -> None:
    answer = ask(World(), body)
    assert (answer["ok"], answer["version"]) == (False, VERSION)
    assert answer["error"]["code"] in {"WRONG_TYPE", "UNKNOWN_ACTION"}


def test_health_names_the_permissions_that_are_missing() -> None:
    whole = ask(World(), {"action": "health"})
    assert (whole["account"], whole["environment"], whole["missing"]) == ("1234567_SB1", "SANDBOX", [])
    poor = ask(World(), {"action": "health"}, Options(permissions={"LIST_CUSTJOB": 1}))
    assert poor["missing"] == ["Lists > Customers (Edit)", "Lists > Perform Search (View)"]


def test_an_action_more_is_one_file_and_one_line() -> None:
    greeting = """define([], () => ({
      operations: { greet: ({ whom }, call) => ({ said: whom, room: call.hasRoomFor(1) }) },
    }));"""
    listed = SHIPPED.changed("  './requesting',\n]", "  './requesting',\n  './greeting',\n]")
    script = Script(listed.entry, {**listed.files, "/SuiteScripts/tieout/greeting.js": greeting})
    answer: Any = engine.run(script, "post", {"action": "greet", "whom": "you"}, host_of(World()))
    assert answer == {"ok": True, "version": VERSION, "said": "you", "room": True}
