"""A plan with new records, over both stand-ins: records first, then what names them; undo the other way round."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assets.write_back.living_customers import LivingOnly
from assets.write_back.selection import Part
from resources.netsuite_api import NetsuiteCreates, NetsuiteEdits
from resources.stripe_api import StripeEdits
from resources.stripe_api.writing.metadata import retrieve
from resources.writers import registry
from sandbox.netsuite_standin import STRIPE_FIELD, Fault, World
from schemas.change import Change
from schemas.errors import TransientError
from schemas.words import LINK_KEY, StripeId
from tests.resources.ledger.ledgers import PLAN, change
from tests.resources.netsuite_api.creating import (
    KilledError,
    Stage,
    counts,
    create_of,
    customers,
    link_of,
    stage,
    step_by_step,
)
from tests.resources.stripe_api.stripe_world import START
from tests.resources.stripe_api.stripe_world import Stage as StripeStage
from tests.resources.stripe_api.stripe_world import stage as stripe_stage

LINKS = ("stripe_id", "external_id", "comments", "metadata.netsuite_customer_id")
CHANGES = [
    *(made for number in (1, 2, 3) for made in (create_of(number), link_of(number))),
    *(change(9, field) for field in LINKS),
]
"""Three customers get a record, and cus_9 is linked to one that is there."""

APPLIED = [{"applied": 3}, {}, {"applied": 3}, {"applied": 4}]


@pytest.fixture
def world() -> World:
    made = World()
    made.insert(9, companyname="Nine", entityid="Nine")
    return made


@pytest.fixture
def stripe() -> Iterator[StripeStage]:
    with stripe_stage() as running:
        running.book.load((f"cus_{number}", START, {}) for number in (1, 2, 3, 9))
        yield running


@pytest.fixture
def at(tmp_path: Path, world: World, stripe: StripeStage) -> Iterator[Stage]:
    with stage(tmp_path, world, others=[StripeEdits(stripe.connection)]) as running:
        yield running


def links(stripe: StripeStage) -> dict[str, str | None]:
    """Give what the metadata of each customer name."""
    found = {number: retrieve(stripe.connection, StripeId(f"cus_{number}")) for number in (1, 2, 3, 9)}
    return {f"cus_{number}": one.metadata.get(LINK_KEY) if one else None for number, one in found.items()}


def own_ids(world: World) -> dict[str, str | None]:
    found = customers(world)
    return {key: str(found[key][0]) if key in found else None for key in ("cus_1", "cus_2", "cus_3", "cus_9")}


NOTHING = dict.fromkeys(("cus_1", "cus_2", "cus_3", "cus_9"))


@pytest.mark.rule("C1")
@pytest.mark.rule("C15")
def test_records_are_made_and_named_by_their_customers_and_the_world_is_as_before_when_undone(
    at: Stage, world: World, stripe: StripeStage
) -> None:
    assert counts(at.apply(CHANGES)) == APPLIED
    assert links(stripe) == own_ids(world)
    assert len(world.customers) == 4
    assert counts(at.apply(CHANGES, "again")) == [{}, {}, {}, {}]
    assert at.undo(CHANGES).counts() == {"undone": 10}
    assert links(stripe) == NOTHING
    assert list(world.customers) == [9]
    assert [world.value(9, name) for name in ("externalid", STRIPE_FIELD, "comments")] == [None, None, None]


@pytest.mark.rule("C15")
@pytest.mark.rule("W9")
@pytest.mark.parametrize("dies_at", ["after intent", "after effect", "before outcome", "after outcome"])
@pytest.mark.parametrize("nth", [1, 2, 3])
def test_wherever_a_run_is_killed_no_record_is_doubled_and_each_is_named_once(
    at: Stage, world: World, stripe: StripeStage, dies_at: str, nth: int
) -> None:
    at = replace(at, batch=1)
    with pytest.raises(KilledError):
        at.apply(CHANGES, "killed", dies_at, nth)
    at.apply(CHANGES, "next")
    assert set(at.statuses().values()) == {"applied"}
    assert links(stripe) == own_ids(world)
    assert len(world.customers) == 4


@pytest.mark.rule("C15")
def test_metadata_wait_for_a_record_of_which_nobody_knows(at: Stage, world: World, stripe: StripeStage) -> None:
    at.server.fail(Fault(kind="lost", action="create", times=4))
    with pytest.raises(TransientError, match="Nobody knows"):
        at.apply(CHANGES)
    assert links(stripe) == NOTHING
    assert counts(at.apply(CHANGES, "next")) == [{}, {}, {"applied": 3}, {"applied": 4}]
    assert links(stripe) == own_ids(world)


@pytest.mark.parametrize("why", ["lead", "foreign", "refused"])
def test_metadata_name_no_record_that_is_not_as_it_was_wanted(
    at: Stage, world: World, stripe: StripeStage, why: str
) -> None:
    lead: list[Change] = [create_of(2, entitystatus=6) if c == create_of(2) else c for c in CHANGES]
    if why == "foreign":
        world.insert(7, externalid="cus_2")
    if why == "refused":
        lead = [create_of(2, subsidiary=5) if c == create_of(2) else c for c in CHANGES]
    creates, _, _, stripe_links = at.apply(CHANGES if why == "foreign" else lead)
    status = {"lead": "unfit", "foreign": "conflict", "refused": "failed"}[why]
    assert creates.counts() == {"applied": 2, status: 1}
    assert stripe_links.counts() == {"applied": 3, "waiting": 1}
    assert links(stripe)["cus_2"] is None


@pytest.mark.rule("W10")
def test_a_record_that_somebody_works_with_stays_and_its_metadata_are_taken_back(
    at: Stage, world: World, stripe: StripeStage
) -> None:
    at.apply(CHANGES)
    number = customers(world)["cus_2"][0]
    world.edit(number, phone="1234567")
    assert at.undo(CHANGES).counts() == {"undone": 9, "conflict": 1}
    assert sorted(world.customers) == [9, number]
    assert links(stripe) == NOTHING


def test_nobody_is_made_for_a_customer_that_is_gone_from_stripe(at: Stage, world: World, stripe: StripeStage) -> None:
    stripe.book.delete("cus_2")
    work = at.work("run")
    living = LivingOnly(NetsuiteCreates(at.client), stripe.connection)
    edits = LivingOnly(NetsuiteEdits(at.client), stripe.connection)
    at_once = replace(work, writers=registry([living, edits, StripeEdits(stripe.connection)]))
    tallies = step_by_step(at_once, Part(PLAN, CHANGES))
    assert counts(tallies) == [{"applied": 2, "failed": 1}, {}, {"applied": 3}, {"applied": 3, "waiting": 1}]
    assert "cus_2" not in customers(world)
