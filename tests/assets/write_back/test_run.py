"""What a run takes on, in which order, what it leaves alone, and what it says afterwards."""

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest

from assets.write_back.run import Tally, apply_step, undo_part
from assets.write_back.selection import NETSUITE_EDITS, STRIPE_EDITS, Filters, Part
from schemas.attempts import Attempt
from schemas.change import Change
from schemas.errors import TransientError, UserError
from schemas.words import InternalId, StripeId
from tests.assets.write_back.fakes import DECLARATION, FakeWorld
from tests.resources.ledger.ledgers import PLAN, change

FIELDS = ("comments", "external_id", "stripe_id", "metadata.netsuite_customer_id")
METADATA = FIELDS[3]


def pairs(*numbers: int) -> list[Change]:
    changes = [change(number, field) for number in numbers for field in FIELDS]
    return sorted(changes, key=lambda c: c.system)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[FakeWorld]:
    made = FakeWorld(tmp_path)
    with made.ledger:
        yield made


def apply(
    world: FakeWorld,
    changes: list[Change],
    run_id: str,
    filters: Filters | None = None,
    made_at: datetime | None = None,
) -> tuple[Tally, Tally]:
    work, chosen = world.run(run_id), filters or Filters()
    return (
        apply_step(work, Part(PLAN, changes, chosen, made_at), NETSUITE_EDITS),
        apply_step(work, Part(PLAN, changes, chosen, made_at), STRIPE_EDITS),
    )


def undo(world: FakeWorld, changes: list[Change], run_id: str, filters: Filters | None = None) -> Tally:
    return undo_part(world.run(run_id), Part(PLAN, changes, filters or Filters()))


@pytest.mark.rule("W7")
def test_a_plan_is_applied_whole_and_nothing_else(world: FakeWorld) -> None:
    netsuite, stripe = apply(world, pairs(1, 2, 3), "run")
    assert (netsuite.counts(), stripe.counts()) == ({"applied": 9}, {"applied": 3})
    assert world.netsuite.values["2", "comments"] == "cus_2"
    assert world.stripe.values == {(f"cus_{n}", METADATA): str(n) for n in (1, 2, 3)}


@pytest.mark.rule("W9")
def test_applying_again_writes_nothing(world: FakeWorld) -> None:
    apply(world, pairs(1, 2), "first")
    written = list(world.netsuite.writes), list(world.stripe.writes)
    again = apply(world, pairs(1, 2), "second")
    assert [tally.counts() for tally in again] == [{}, {}]
    assert (world.netsuite.writes, world.stripe.writes) == written


@pytest.mark.rule("W8")
def test_another_value_is_a_conflict_that_stays_and_is_not_tried_again(world: FakeWorld) -> None:
    world.netsuite.values["1", "stripe_id"] = "cus_foreign"
    netsuite, stripe = apply(world, pairs(1, 2), "first")
    assert netsuite.counts() == {"applied": 5, "conflict": 1}
    assert stripe.counts() == {"applied": 1, "waiting": 1}
    entry = world.journal.latest(PLAN)["netsuite:1:stripe_id"]
    assert (entry.status, entry.result.found) == ("conflict", "cus_foreign")
    assert [tally.counts() for tally in apply(world, pairs(1, 2), "second")] == [{}, {"waiting": 1}]
    assert world.netsuite.values["1", "stripe_id"] == "cus_foreign"


def test_stripe_never_points_at_a_record_that_netsuite_refused(world: FakeWorld) -> None:
    world.netsuite.refused.add("1")
    netsuite, stripe = apply(world, pairs(1, 2), "first")
    assert netsuite.counts() == {"failed": 3, "applied": 3}
    assert [c.change_id for c in stripe.waiting] == [f"stripe:cus_1:{METADATA}"]
    assert world.stripe.values == {("cus_2", METADATA): "2"}


@pytest.mark.parametrize(
    "changes", [pairs(1), [change(1, "external_id"), change(1, METADATA)]], ids=["beside others", "alone"]
)
def test_an_external_id_that_another_entity_has_says_nothing_of_the_link(
    world: FakeWorld, changes: list[Change]
) -> None:
    world.netsuite.taken.add("cus_1")
    netsuite, stripe = apply(world, changes, "run")
    assert (netsuite.counts()["failed"], stripe.counts()) == (1, {"applied": 1})
    world.netsuite.refused.add("2")
    world.netsuite.taken.add("cus_2")
    assert apply(world, pairs(2), "other")[1].counts() == {"waiting": 1}


@pytest.mark.rule("W9")
def test_what_failed_is_tried_again_alone(world: FakeWorld) -> None:
    world.netsuite.refused.add("1")
    apply(world, pairs(1, 2), "first")
    world.netsuite.refused.clear()
    before = list(world.netsuite.writes)
    netsuite, stripe = apply(world, pairs(1, 2), "second")
    assert (netsuite.counts(), stripe.counts()) == ({"applied": 3}, {"applied": 1})
    assert all(written.startswith("netsuite:1:") for written in world.netsuite.writes[len(before) :])
    assert world.journal.latest(PLAN)["netsuite:1:stripe_id"].attempt.number == 2


def test_a_pair_with_nothing_to_do_in_netsuite_is_written_in_stripe(world: FakeWorld) -> None:
    only = [change(1, METADATA)]
    assert apply(world, only, "run")[1].counts() == {"applied": 1}


@pytest.mark.parametrize(
    ("filters", "netsuite", "stripe"),
    [
        (Filters(system="netsuite"), 6, {}),
        (Filters(system="stripe"), 0, {"waiting": 2}),
        (Filters(fields=frozenset({"comments", METADATA})), 2, {"applied": 2}),
        (Filters(customers=frozenset({StripeId("cus_2")})), 3, {"applied": 1}),
        (Filters(customers=frozenset()), 0, {}),
        (Filters(at_most=4), 3, {"applied": 1}),
        (Filters(at_most=5), 4, {"applied": 1}),
        (Filters(at_most=0), 0, {}),
    ],
    ids=["netsuite", "stripe", "fields", "customers", "nobody", "four", "five", "none"],
)
def test_a_person_can_begin_with_a_part(
    world: FakeWorld, filters: Filters, netsuite: int, stripe: dict[str, int]
) -> None:
    first, second = apply(world, pairs(1, 2), "run", filters)
    assert (first.counts()["applied"], second.counts()) == (netsuite, stripe)


def test_the_next_part_goes_on_where_the_last_one_ended(world: FakeWorld) -> None:
    for run in range(3):
        apply(world, pairs(1, 2, 3), f"run {run}", Filters(at_most=4))
    assert len(world.netsuite.writes) + len(world.stripe.writes) == 12


@pytest.mark.rule("W9")
def test_what_nobody_answered_is_settled_by_looking_before_anything_else(world: FakeWorld) -> None:
    done, lost = Attempt(PLAN, change(1), "apply"), Attempt(PLAN, change(2), "apply")
    world.journal.intend([done, lost], "a run that was killed")
    world.netsuite.values["1", "stripe_id"] = "cus_1"
    netsuite, _ = apply(world, pairs(1, 2), "next", Filters(customers=frozenset()))
    assert netsuite.counts() == {}
    latest = world.journal.latest(PLAN)
    assert latest["netsuite:1:stripe_id"].status == "applied"
    assert latest["netsuite:2:stripe_id"].status == "stopped"
    assert world.netsuite.writes == []


@pytest.mark.rule("W9")
def test_an_intent_of_another_plan_is_settled_too(world: FakeWorld) -> None:
    world.journal.intend([Attempt("b" * 64, change(9), "apply")], "a run that was killed")
    apply(world, pairs(1), "next")
    assert world.journal.unsettled() == []


@pytest.mark.rule("X10")
def test_while_a_system_cannot_be_asked_nothing_is_settled_and_nothing_written(world: FakeWorld) -> None:
    world.journal.intend([Attempt(PLAN, change(1), "apply")], "a run that was killed")
    world.netsuite.is_down = True
    with pytest.raises(TransientError):
        apply(world, pairs(1, 2), "next")
    assert len(world.journal.unsettled()) == 1
    assert world.netsuite.writes == world.stripe.writes == []


@pytest.mark.rule("W9")
def test_a_customer_that_does_not_answer_stays_open_and_the_others_are_done(world: FakeWorld) -> None:
    world.stripe.silent.add("cus_2")
    with pytest.raises(TransientError, match="nobody knows whether they were done"):
        apply(world, pairs(1, 2, 3), "first")
    assert sorted(world.stripe.values) == [("cus_1", METADATA), ("cus_3", METADATA)]
    assert [entry.attempt.change.record_id for entry in world.journal.unsettled()] == ["cus_2"]
    world.stripe.silent.clear()
    assert apply(world, pairs(1, 2, 3), "second")[1].counts() == {"applied": 1}


def test_a_system_that_answers_nothing_is_left_alone_soon(world: FakeWorld) -> None:
    world.stripe.silent.update(f"cus_{n}" for n in range(1, 41))
    with pytest.raises(TransientError):
        apply(world, pairs(*range(1, 41)), "run")
    assert len(world.journal.unsettled()) <= 10


def test_a_value_that_somebody_else_put_there_is_not_ours(world: FakeWorld) -> None:
    world.netsuite.values["1", "stripe_id"] = "cus_1"
    netsuite, _ = apply(world, pairs(1), "run")
    assert netsuite.counts() == {"applied": 2, "already": 1}
    undo(world, pairs(1), "undo")
    assert world.netsuite.values["1", "stripe_id"] == "cus_1"
    assert world.netsuite.values["1", "external_id"] == ""


@pytest.mark.rule("W9")
def test_after_a_cut_short_attempt_a_value_that_is_there_is_ours(world: FakeWorld) -> None:
    world.journal.intend([Attempt(PLAN, change(1), "apply")], "a run that was killed")
    apply(world, pairs(1), "settles", Filters(customers=frozenset()))
    world.netsuite.values["1", "stripe_id"] = "cus_1"  # the request of the killed run arrives late
    apply(world, pairs(1), "next")
    assert world.journal.latest(PLAN)["netsuite:1:stripe_id"].status == "applied"


@pytest.mark.rule("W10")
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
