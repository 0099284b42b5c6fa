"""What a run takes on, in which order, what it leaves alone, and what it says afterwards."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import get_args

import pytest

from assets.write_back.executor import settle
from assets.write_back.run import apply_step
from assets.write_back.selection import STEPS, STRIPE_EDITS, Filters, Part
from resources.writers import registry
from schemas.attempts import Answer, Attempt
from schemas.change import Change
from schemas.errors import LostLeaseError, TransientError
from schemas.words import Action, StripeId, System
from tests.assets.write_back.applying import METADATA, apply, pairs, undo
from tests.assets.write_back.fakes import DECLARATION, FakeSystem, FakeWorld
from tests.resources.ledger.ledgers import PLAN, change


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
    with pytest.raises(TransientError, match="Nobody knows whether 1 change was done"):
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


def test_a_writer_hears_that_nobody_listens_before_the_outcomes_are_put_down(world: FakeWorld) -> None:
    """It may have more of the batch under way, which must end before the run says what it knows."""
    heard: list[str] = []

    class Slow(FakeSystem):
        records_per_batch = 9

        def write(self, attempts: Sequence[Attempt]) -> Iterator[Answer]:
            try:
                yield from super().write(attempts)
            finally:
                heard.append("ended")

    silent = Slow("stripe")
    silent.silent.update(f"cus_{n}" for n in range(1, 10))
    work = replace(world.run("run"), writers=registry([silent]), checkpoint=heard.append)
    with pytest.raises(TransientError):
        apply_step(work, Part(PLAN, [change(n, METADATA) for n in range(1, 10)]), STRIPE_EDITS)
    assert heard == ["before intent", "after intent", *["after effect"] * 3, "ended", "before outcome", "after outcome"]


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


@pytest.mark.rule("W9")
def test_who_has_lost_the_right_meanwhile_settles_nothing_that_it_found_out_of_others(world: FakeWorld) -> None:
    world.journal.intend([Attempt(PLAN, pairs(1)[0], "apply")], "theirs")
    with world.ledger.alone(DECLARATION, "ours") as lease:
        work = world.run("ours")
        mine = replace(work, journal=work.journal.under(replace(lease, token="of nobody")))
        with pytest.raises(LostLeaseError):
            settle(mine)
        assert len(world.journal.unsettled()) == 1
        settle(work)
    assert world.journal.unsettled() == []


@pytest.mark.rule("W7")
@pytest.mark.parametrize("system", ["netsuite", "stripe"])
@pytest.mark.parametrize("action", get_args(Action))
def test_each_kind_of_change_in_each_system_is_of_one_step(system: System, action: Action) -> None:
    some = replace(change(), system=system, action=action)
    assert [step.system for step in STEPS if step.takes(some)] == [system]
