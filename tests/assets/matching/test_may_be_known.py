"""Doubts about new records, on made-up worlds dense with collisions: what they never change, and never depend on."""

from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.matching import by_customer, match_with_doubts
from assets.matching.may_be_known import Looked, doubt_new, name_records_of_unsettled
from tests.assets.matching.oracle import World
from tests.assets.matching.worlds import as_frames, worlds

LOOKED = st.builds(Looked, st.booleans(), st.booleans())
TOLD = ("doubt", "candidates", "candidate_ids")


def matched(world: World) -> pl.DataFrame:
    return by_customer(match_with_doubts(*as_frames(world), world.settings).collect())


def doubted(world: World, looked: Looked) -> pl.DataFrame:
    stripe, netsuite, _ = as_frames(world)
    found = doubt_new(matched(world), stripe, netsuite, world.settings, looked)
    return name_records_of_unsettled(found, stripe, netsuite, world.settings)


@pytest.mark.rule("M3")
@pytest.mark.rule("M12")
@settings(max_examples=25, deadline=None)
@given(world=worlds(), looked=LOOKED)
def test_doubts_about_new_records_change_no_outcome_and_speak_of_nobody_who_is_settled(
    world: World, looked: Looked
) -> None:
    before, after = matched(world), doubted(world, looked)
    assert after.schema == before.schema
    assert after.drop(*TOLD).equals(before.drop(*TOLD))
    is_settled = pl.col("outcome").is_in(["linked", "matched", "ambiguous", "conflict"])
    assert after.filter(is_settled).equals(before.filter(is_settled))


@pytest.mark.rule("X3")
@settings(max_examples=25, deadline=None)
@given(world=worlds(), looked=LOOKED, chance=st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_no_doubt(world: World, looked: Looked, chance: Random) -> None:
    customers, records = list(world.customers), list(world.records)
    chance.shuffle(customers)
    chance.shuffle(records)
    shuffled = World(customers, records, world.overrides, world.settings)
    assert doubted(shuffled, looked).equals(doubted(world, looked))
