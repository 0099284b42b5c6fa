"""A form is opened with the name of the login, and says so where its plan is not the last one any more."""

from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from assets.next_step.forms import apply_form, decide_file_form, decide_form, undo_form
from pipelines.filled_forms import FilledForms
from pipelines.login.sessions import PERSON, Person
from tests.pipelines.login.asgi import Answer, ask, scope

PLAN, NEWER = "ab" * 32, "cd" * 32


async def _dagster(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("dagster")(scope, receive, send)


def opened(path: str, who: str = "", newest: str | None = PLAN) -> Answer:
    asked = scope("http", "GET", path, {})
    if who:
        asked[PERSON] = Person(who, "approve")
    return ask(FilledForms(_dagster, {"acme": newest}.get), asked)


def seen(path: str, who: str = "", newest: str | None = PLAN) -> str:
    """The form in which a browser ends that opens a link."""
    hops = 0
    while (answer := opened(path, who, newest)).status == 303:
        path, hops = answer.headers["location"], hops + 1
    assert (answer.body, hops <= 1) == (b"dagster", True)
    [config] = parse_qs(urlsplit(path).query)["config"]
    return config


@pytest.mark.parametrize("who", ["Ada", "grace@acme.example", 'O"Brien: #1', "Zoë Müller", "{{ env.X }}", "1042"])
@pytest.mark.parametrize(
    ("form", "operation"),
    [
        (apply_form("acme", PLAN), "acme__netsuite_links"),
        (undo_form("acme", PLAN), "acme__undo_plan"),
        (decide_form("acme", "cus_1"), "acme__decide"),
        (decide_file_form("acme"), "acme__decide_file"),
    ],
)
def test_the_name_of_the_login_stands_in_every_form(form: str, operation: str, who: str) -> None:
    text = seen(form, who)
    assert yaml.safe_load(text)["ops"][operation]["config"]["who"] == who
    assert "as you are signed in: no other name is kept" in text
    before = yaml.safe_load(seen(form))["ops"][operation]["config"]
    assert before.pop("who") is None
    assert {**yaml.safe_load(text)["ops"][operation]["config"], "who": None} == {**before, "who": None}


def test_a_form_of_a_plan_that_another_one_has_replaced_says_so() -> None:
    for newest in (PLAN, None):
        assert "REPLACED" not in seen(apply_form("acme", PLAN), newest=newest)
    text = seen(apply_form("acme", PLAN), "Ada", NEWER)
    assert text.startswith(f"# REPLACED: a newer plan was made, {NEWER}\n# Approves this plan")
    assert yaml.safe_load(text)["ops"]["acme__netsuite_links"]["config"] == {"plan": PLAN, "who": "Ada"}
    assert "REPLACED" not in seen(undo_form("acme", PLAN), newest=NEWER)


@pytest.mark.parametrize(
    "path",
    [
        "/locations/tieout/jobs/acme_apply/playground/setup",
        "/locations/tieout/jobs/acme_apply/playground/setup?config=who:%20Bob",
        "/locations/\r\nX:y/jobs/acme_apply/playground/setup?config=who:",
        "/locations//evil.example/jobs/acme_apply/playground/setup?config=who:",
        "/runs?config=who:",
    ],
)
def test_everything_else_goes_to_dagster_as_it_is(path: str) -> None:
    answer = opened(path, "Ada")
    assert (answer.status, answer.body) == (200, b"dagster")
