"""Proves on made-up worlds, dense with collisions, that matching says what the row-by-row oracle says (M1 to M12)."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import given, settings

from assets.matching.comparison import Comparison
from tests.assets.matching.oracle import World, verdicts
from tests.assets.matching.worlds import matches_of, worlds


def expected(world: World) -> list[dict[str, object]]:
    return [vars(verdict) for verdict in verdicts(world)]


@pytest.mark.rule("M12")
@settings(max_examples=150, deadline=None)
@given(worlds())
def test_matching_says_what_the_oracle_says(world: World) -> None:
    assert matches_of(world).to_dicts() == expected(world)


@pytest.mark.rule("X3")
@settings(max_examples=30, deadline=None)
@given(worlds(), st.randoms(use_true_random=False))
def test_order_of_rows_changes_nothing(world: World, random: Random) -> None:
    shuffled = replace(
        world,
        customers=random.sample(world.customers, len(world.customers)),
        records=random.sample(world.records, len(world.records)),
        overrides=dict(random.sample(list(world.overrides.items()), len(world.overrides))),
    )
    assert matches_of(shuffled).equals(matches_of(world))


@pytest.mark.parametrize(
    "bad_hash",
    [lambda text: pl.lit(7, pl.UInt64) + text.str.len_bytes() * 0, lambda text: text.str.len_bytes().cast(pl.UInt64)],
    ids=["all equal", "length"],
)
@settings(max_examples=30, deadline=None)
@given(world=worlds())
def test_a_bad_hash_changes_nothing(bad_hash: Callable[[pl.Expr], pl.Expr], world: World) -> None:
    assert matches_of(world, Comparison(hash=bad_hash)).to_dicts() == expected(world)
