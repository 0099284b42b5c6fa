"""A plan kept as pairs is the same plan as its rows: to the byte, in parts, after being packed, and for people."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from polars.testing import assert_frame_equal

from assets.planning.parts import kinds_of
from assets.planning.rows import all_columns
from assets.planning.write_plan import plan_changes
from resources.storage.csv import has_formulas, literal, write_for_people, write_slices
from resources.storage.frames import FrameStore
from resources.storage.local import LocalStorage
from schemas import paired_plan
from schemas.paired_plan import PairedPlan, unpacked_rows
from schemas.plan import columns_kept
from schemas.plan_violations import violations_of
from schemas.words import System
from tests.assets.matching.oracle import World
from tests.assets.matching.worlds import as_frames, matches_of
from tests.assets.planning.plan_worlds import ALL_FIELDS, NAMES, acme, crowded_worlds, record

RISKY = st.sampled_from([None, "", "plain", "=1+1", "'s", 'a "b", c', "a,b", "two\nlines", "\r", " -", "+1"])


def plan_of(world: World, held: list[str | None]) -> PairedPlan:
    """The plan of a world; its old values are replaced, in turn, by others."""
    stripe, netsuite, _ = as_frames(world)
    plan = plan_changes(stripe, netsuite, matches_of(world).lazy(), ALL_FIELDS)
    pairs = plan.pairs
    assert pairs is not None
    texts = pl.Series([held[row % len(held)] for row in range(pairs.height)], dtype=pl.String)
    return replace(plan, pairs=pairs.with_columns(texts.alias("comments")))


def creates() -> pl.DataFrame:
    row = pl.LazyFrame(
        {"stripe_customer_id": ["cus_new"], "netsuite_internal_id": [None]},
        {"netsuite_internal_id": pl.Int64, "stripe_customer_id": pl.String},
    )
    given_ = {"change_id": "netsuite:create:cus_new", "system": "netsuite", "field": "record", "action": "create"}
    texts = given_ | {"new_value": "cus_new", "reason": "none, found", "values": '{"a": 1}'}
    return all_columns(row, **{name: pl.lit(text) for name, text in texts.items()}).collect()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(crowded_worlds(), st.lists(RISKY, min_size=1, max_size=4), st.booleans(), st.sampled_from([1, 3, 1 << 16]))
def test_a_plan_is_written_as_its_rows_would_be(
    tmp_path: Path, world: World, held: list[str | None], with_creates: bool, at_once: int
) -> None:
    plan = plan_of(world, held)
    plan = replace(plan, first=creates(), last=creates().with_columns(change_id=pl.lit("b"))) if with_creates else plan
    rows = plan.lazy().collect()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paired_plan, "_ROWS_AT_ONCE", at_once)
        exact, people = BytesIO(), BytesIO()
        write_slices(plan.columns(), plan.slices(), exact)
        write_slices(plan.columns(), plan.slices(), people, for_people=True)
    assert exact.getvalue() == literal(rows.select(columns_kept(rows)))
    write_for_people(rows.select(plan.columns()), tmp_path / "plan.csv")
    assert people.getvalue() == (tmp_path / "plan.csv").read_bytes()
    assert has_formulas(plan) == has_formulas(PairedPlan(first=rows)) == (people.getvalue() != exact.getvalue())


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(crowded_worlds(), st.sampled_from(["", "first", "last", "both"]))
def test_a_plan_is_read_as_it_was_written(tmp_path: Path, world: World, rows_apart: str) -> None:
    plan = plan_of(world, [None])
    first = creates() if rows_apart in ("first", "both") else None
    plan = replace(plan, first=first, last=creates() if rows_apart in ("last", "both") else None)
    rows = plan.lazy().collect()
    for again in (PairedPlan.unpacked(plan.packed()).lazy(), unpacked_rows(plan.packed().lazy())):
        assert_frame_equal(again.collect(), rows, check_column_order=False)
    frames = FrameStore(LocalStorage(tmp_path))
    assert frames.write("write_plan", plan) == rows.height == plan.height
    assert_frame_equal(frames.read("write_plan").collect(), rows, check_column_order=False)
    assert frames.read_plan("write_plan").height == rows.height
    frames.write("write_plan", rows)  # as former versions did
    assert_frame_equal(frames.read_plan("write_plan").lazy().collect(), rows)


@settings(max_examples=10, deadline=None)
@given(crowded_worlds())
def test_the_parts_of_a_plan_are_its_rows(world: World) -> None:
    plan = replace(plan_of(world, [None]), first=creates())
    rows, parts = plan.lazy().collect(), kinds_of(plan)
    assert_frame_equal(pl.concat([part.rows.collect() for part in parts], how="diagonal"), rows)
    assert [part.height for part in parts] == [part.rows.collect().height for part in parts]
    for part in parts:
        assert_frame_equal(part.at(pl.Series([part.height - 1])), part.rows.collect().tail(1))
    assert plan.without(["stripe"]).lazy().collect().equals(rows.filter(pl.col("system") != "stripe"))
    is_first = pl.col("netsuite_internal_id") == 1
    assert plan.where(is_first).lazy().collect().equals(rows.filter(is_first))
    both = ("stripe_customer_id", "netsuite_internal_id")
    some: list[tuple[System, ...]] = [("stripe",), ("netsuite",), ("netsuite", "stripe")]
    for systems in some:
        changed = pl.concat(plan.changed_in(*systems)).unique().rows()
        assert {*changed} == {*rows.filter(pl.col("system").is_in(systems)).select(both).rows()}
    assert plan.others.height == 1


def test_an_id_that_is_there_twice_is_found_in_pairs_too() -> None:
    plan = plan_of(World([acme("cus_1"), acme("cus_2", minutes=1)], [record(1), record(2)], {}, NAMES), [None])
    assert plan.pairs is not None
    assert violations_of(plan) == []
    twice = replace(plan, pairs=pl.concat([plan.pairs, plan.pairs]))
    assert {found.column for found in violations_of(twice)} == {"change_id"}
    unexplained = replace(plan, pairs=plan.pairs.with_columns(evidence=pl.lit(None, pl.String)))
    assert {found.column for found in violations_of(unexplained)} == {"reason"}
    assert {found.column for found in violations_of(replace(plan, first=creates(), last=creates()))} == {"change_id"}
