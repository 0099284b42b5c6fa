"""The button: shown to people alone, and pressing it asks with the rights of who presses it."""

from contextlib import nullcontext

import pytest

from sandbox.netsuite_standin import Options, World
from sandbox.netsuite_standin.visitors import Visitors
from sandbox.netsuite_standin.world import SYNC_ANSWER, SYNC_REQUEST
from tests.suitescript.portal_world import ADDRESS
from tests.suitescript.restlet import ask

AT = 1_793_527_200.0  # 2026-11-01T10:00:00Z


def screen(world: World, at: float = AT) -> Visitors:
    """What a person sees of an account."""
    return Visitors(world, Options(clock=lambda: at), ADDRESS, lambda: nullcontext(enter_result=True))


def world_of(**values: str) -> World:
    world = World()
    world.insert(7, **values)
    return world


@pytest.mark.rule("P5")
@pytest.mark.parametrize("subsidiary", ["1", "2", None])
def test_a_customer_of_every_subsidiary_has_the_button_when_a_person_looks_at_it(subsidiary: str | None) -> None:
    world = World()
    world.insert(7, subsidiary=subsidiary)
    [button] = screen(world).buttons("7")
    assert (button["label"], button["functionName"]) == ("Sync with Stripe", "requestSync")
    assert button["id"].startswith("custpage_")
    assert button["module"] == "./pressing.js"


@pytest.mark.parametrize(("kind", "context"), [("edit", "USERINTERFACE"), ("view", "CSVIMPORT"), ("create", "RESTLET")])
def test_elsewhere_there_is_no_button(kind: str, context: str) -> None:
    assert screen(world_of()).buttons("7", kind, context) == []


@pytest.mark.parametrize("stage", ["LEAD", "PROSPECT"])
def test_who_is_no_customer_yet_has_no_button(stage: str) -> None:
    assert screen(world_of(stage=stage)).buttons("7") == []


@pytest.mark.rule("P5")
def test_pressing_ticks_the_box_and_says_when_so_that_two_requests_can_be_told_apart() -> None:
    world = world_of(comments="VIP")
    assert screen(world).press("7", "requestSync") == {"reload": True}
    [save] = world.saves
    asked = "Requested at 2026-11-01T10:00:00.000Z; no answer yet."
    assert save.after == {SYNC_REQUEST: True, SYNC_ANSWER: asked}
    screen(world, AT + 1).press("7", "requestSync")
    assert world.value(7, SYNC_ANSWER) != asked
    assert [r["id"] for r in ask(world, {"action": "sync_requests"})["requests"]] == ["7"]


@pytest.mark.rule("P5")
def test_who_may_only_view_customers_is_told_that_nothing_was_asked_for() -> None:
    world = world_of()
    world.portal.user_permissions = {"LIST_CUSTJOB": 1}
    left = screen(world).press("7", "requestSync")
    assert str(left["alert"]).startswith("Sync with Stripe: The request could not be saved, so nothing will be synced:")
    assert "reload" not in left
    assert world.saves == []


def test_a_record_that_a_workflow_locks_is_told_in_the_words_of_netsuite() -> None:
    world = world_of()
    world.lock_by_workflow(7)
    assert "locked by a user defined workflow" in str(screen(world).press("7", "requestSync")["alert"])
