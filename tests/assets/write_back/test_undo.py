"""What an undo takes back, what a plan that is made again wants, and what a later decision stops."""

from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Literal

import pytest

from assets.write_back.run import apply_step
from assets.write_back.selection import NETSUITE_EDITS, STRIPE_EDITS, Filters, Part
from schemas.attempts import Attempt
from schemas.errors import UserError
from schemas.words import InternalId, StripeId
from tests.assets.write_back.applying import METADATA, apply, pairs, undo
from tests.assets.write_back.fakes import DECLARATION, FakeWorld
from tests.resources.ledger.ledgers import PLAN


@pytest.mark.rule("W10")
@pytest.mark.rule("X2")
def test_undo_restores_what_still_stands_and_reports_the_rest(world: FakeWorld) -> None:
    world.netsuite.values["1", "comments"] = "VIP"
    changes = pairs(1, 2)
    apply(world, changes, "run")
    world.netsuite.values["2", "external_id"] = "taken over"
    world.stripe.values["cus_2", METADATA] = "88"
    tally = undo(world, changes, "undo")
    assert tally.counts() == {"undone": 6, "conflict": 2}
    assert world.netsuite.values["1", "comments"] == "VIP"
    assert world.netsuite.values["2", "external_id"] == "taken over"
    assert world.stripe.values == {("cus_1", METADATA): "", ("cus_2", METADATA): "88"}
    assert undo(world, changes, "again").counts() == {}


@pytest.mark.rule("W10")
def test_undo_takes_only_the_part_that_is_asked_for(world: FakeWorld) -> None:
    apply(world, pairs(1, 2), "run")
    tally = undo(world, pairs(1, 2), "undo", Filters(customers=frozenset({StripeId("cus_1")})))
    assert tally.counts() == {"undone": 4}
    assert world.netsuite.values["2", "stripe_id"] == "cus_2"


@pytest.mark.rule("W10")
def test_what_was_undone_can_be_applied_again_and_undone_again(world: FakeWorld) -> None:
    changes = pairs(1)
    for cycle in range(3):
        assert apply(world, changes, f"apply {cycle}")[0].counts() == {"applied": 3}
        attempts = [entry.attempt for entry in world.journal.latest(PLAN).values()]
        assert {(attempt.cycle, attempt.number) for attempt in attempts} == {(cycle, 2 * cycle + 1)}
        assert undo(world, changes, f"undo {cycle}").counts() == {"undone": 4}
    assert set(world.netsuite.values.values()) == {""}


@pytest.mark.rule("W10")
def test_what_somebody_took_back_before_the_undo_did_can_be_applied_again(world: FakeWorld) -> None:
    changes = pairs(1)
    apply(world, changes, "run")
    world.netsuite.values["1", "stripe_id"] = ""
    assert undo(world, changes, "undo").counts() == {"undone": 3, "already": 1}
    assert [tally.counts() for tally in apply(world, changes, "again")] == [{"applied": 3}, {"applied": 1}]
    assert world.netsuite.values["1", "stripe_id"] == "cus_1"


@pytest.mark.rule("W9")
def test_a_plan_that_is_made_again_wants_its_changes_again(world: FakeWorld) -> None:
    """Somebody has cleared one value; the others stand, and are still ours."""
    changes = pairs(1)
    before = datetime.now(UTC)
    apply(world, changes, "first", made_at=before)
    assert [tally.counts() for tally in apply(world, changes, "second", made_at=before)] == [{}, {}]
    world.netsuite.values["1", "stripe_id"] = world.stripe.values["cus_1", METADATA] = ""
    netsuite, stripe = apply(world, changes, "third", made_at=datetime.now(UTC))
    assert (netsuite.counts(), stripe.counts()) == ({"applied": 3}, {"applied": 1})
    assert world.netsuite.writes.count("netsuite:1:external_id") == 1
    assert {e.attempt.cycle for e in world.journal.latest(PLAN).values()} == {1}
    assert undo(world, changes, "undo").counts() == {"undone": 4}
    assert {*world.netsuite.values.values(), *world.stripe.values.values()} == {""}


@pytest.mark.rule("W8")
def test_a_plan_that_is_made_again_tries_what_was_a_conflict(world: FakeWorld) -> None:
    world.netsuite.values["1", "stripe_id"] = "cus_foreign"
    apply(world, pairs(1), "first")
    world.netsuite.values["1", "stripe_id"] = ""
    netsuite, stripe = apply(world, pairs(1), "second", made_at=datetime.now(UTC))
    assert (netsuite.counts(), stripe.counts()) == ({"applied": 3}, {"applied": 1})


def test_what_netsuite_held_before_the_plan_was_made_again_holds_no_more(world: FakeWorld) -> None:
    apply(world, pairs(1), "first", Filters(system="netsuite"))
    _, stripe = apply(world, pairs(1), "second", Filters(system="stripe"), made_at=datetime.now(UTC))
    assert stripe.counts() == {"waiting": 1}


@pytest.mark.rule("W9")
def test_a_plan_that_is_made_again_while_it_is_applied_stops_nothing(world: FakeWorld) -> None:
    apply_step(world.run("run"), Part(PLAN, pairs(1)), NETSUITE_EDITS)
    stripe = apply_step(world.run("run"), Part(PLAN, pairs(1), made_at=datetime.now(UTC)), STRIPE_EDITS)
    assert stripe.counts() == {"applied": 1}


@pytest.mark.rule("W10")
def test_an_undo_that_was_killed_is_settled_and_finished(world: FakeWorld) -> None:
    changes = pairs(1)
    apply(world, changes, "run")
    attempts = [e.attempt for e in world.journal.latest(PLAN).values() if e.attempt.change.system == "netsuite"]
    world.journal.intend([Attempt(PLAN, a.change, "undo", number=2) for a in attempts], "a run that was killed")
    world.netsuite.values["1", "stripe_id"] = ""
    assert undo(world, changes, "next").counts() == {"undone": 3}
    assert {entry.status for entry in world.journal.latest(PLAN).values()} == {"undone"}
    assert "netsuite:1:stripe_id" not in world.netsuite.writes[3:]


@pytest.mark.rule("W10")
def test_a_plan_that_was_never_applied_has_nothing_to_undo(world: FakeWorld) -> None:
    world.netsuite.values["1", "stripe_id"] = "cus_1"
    assert undo(world, pairs(1), "undo").counts() == {}
    assert world.netsuite.values == {("1", "stripe_id"): "cus_1"}


@pytest.mark.rule("M8")
@pytest.mark.parametrize(
    ("decided", "is_refused"),
    [
        (("never", None), True),
        (("link", 2), True),
        (("link", 1), False),
        (("withdrawn", None), True),
    ],
)
def test_a_plan_is_not_applied_over_a_decision_that_came_after_it(
    world: FakeWorld, decided: tuple[Literal["link", "never", "withdrawn"], InternalId | None], *, is_refused: bool
) -> None:
    made_at = datetime.now(UTC)
    world.decisions.decide(StripeId("cus_1"), *decided, "ada", "by phone")
    refused = pytest.raises(UserError, match="decided otherwise about 1 of its customers, cus_1 the first")
    with refused if is_refused else nullcontext():
        apply(world, pairs(1, 2), "run", made_at=made_at)
    assert bool(world.netsuite.writes) is not is_refused
    apply(world, pairs(1, 2), "the other", Filters(customers=frozenset({StripeId("cus_2")})), made_at)
    assert world.stripe.values["cus_2", METADATA] == "2"


@pytest.mark.rule("M8")
def test_a_decision_that_was_taken_back_before_the_plan_was_made_is_in_it(world: FakeWorld) -> None:
    world.decisions.decide(StripeId("cus_1"), "never", None, "ada", "by phone")
    world.decisions.decide(StripeId("cus_1"), "withdrawn", None, "ada", "a mistake")
    assert apply(world, pairs(1), "run", made_at=datetime.now(UTC))[1].counts() == {"applied": 1}


@pytest.mark.rule("M8")
def test_what_is_applied_already_is_no_matter_for_a_later_decision(world: FakeWorld) -> None:
    apply(world, pairs(1, 2), "first", Filters(customers=frozenset({StripeId("cus_1")})))
    world.decisions.decide(StripeId("cus_1"), "never", None, "ada", "by phone")
    assert apply(world, pairs(1, 2), "second")[1].counts() == {"applied": 1}


def test_two_applies_at_once_are_one(world: FakeWorld) -> None:
    with world.ledger.alone(DECLARATION), pytest.raises(UserError, match="Another run is writing for acme"):
        apply(world, pairs(1), "second")
    assert world.netsuite.writes == []
