"""Of a plan that is kept as pairs files and figures are those of its rows; a hint that is wrong is not believed."""

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from polars.testing import assert_frame_equal

from assets.matching import link_table
from assets.no_values import PLACEHOLDERS
from assets.planning.write_plan import plan_changes
from assets.report.few_rows import column_of
from assets.report.import_files import comments_import, netsuite_import, stripe_updates
from assets.report.paired_imports import comments_of_plan, records_of_plan, updates_of_plan
from assets.report.planned import have_changes, held_against
from assets.report.traces import without_traces
from schemas.pair_texts import MATCH
from schemas.paired_plan import PairedPlan
from tests.assets.matching.oracle import World
from tests.assets.matching.worlds import as_frames, matches_of, worlds
from tests.assets.planning.plan_worlds import ALL_FIELDS, NAMES, acme, crowded_worlds, record
from tests.assets.report.test_import_files import LABELS


def kept_ways(plan: PairedPlan) -> list[PairedPlan]:
    """The plan as pairs, and with a part of it, or all of it, as rows."""
    rows = plan.lazy().collect()
    pairs = plan.pairs
    assert pairs is not None
    half = replace(plan, pairs=pairs.head(1), last=replace(plan, pairs=pairs.tail(-1)).lazy().collect())
    return [plan, half, PairedPlan(first=rows)]


@settings(max_examples=8, deadline=None)
@given(worlds() | crowded_worlds())
def test_import_files_are_those_of_the_rows(world: World) -> None:
    stripe, netsuite, _ = as_frames(world)
    matches = matches_of(world).lazy()
    plan = plan_changes(stripe, netsuite, matches, ALL_FIELDS)
    for kept in kept_ways(plan):
        rows = kept.lazy()
        assert_frame_equal(records_of_plan(kept, netsuite, LABELS), netsuite_import(rows, netsuite, LABELS))
        assert_frame_equal(comments_of_plan(kept, netsuite, LABELS), comments_import(rows, netsuite, LABELS))
        assert_frame_equal(updates_of_plan(held_against(kept, matches), matches), stripe_updates(rows))


@settings(max_examples=8, deadline=None)
@given(worlds() | crowded_worlds())
def test_the_numbers_of_matches_find_what_their_ids_would(world: World) -> None:
    stripe, netsuite, _ = as_frames(world)
    matches = matches_of(world).lazy()
    links = link_table(stripe, netsuite, PLACEHOLDERS)
    plan = plan_changes(stripe, netsuite, matches, ALL_FIELDS)
    ids = column_of(matches, "stripe_customer_id")
    planned = plan.lazy().collect().get_column("stripe_customer_id")
    said = {
        (tuple(have_changes(ids, held)), without_traces(netsuite, links, matches, held))
        for held in (held_against(kept, matches) for kept in (*kept_ways(plan), without_numbers(plan)))
    }
    [(changed, _)] = said
    assert list(changed) == ids.is_in(planned.implode()).to_list()


def without_numbers(plan: PairedPlan) -> PairedPlan:
    assert plan.pairs is not None
    return replace(plan, pairs=plan.pairs.drop(MATCH))


@pytest.mark.parametrize("other", ["another order", "fewer", "another record"])
def test_numbers_of_other_matches_are_not_believed(other: str) -> None:
    world = World([acme("cus_1"), acme("cus_2", name="B")], [record(1), record(2, company_name="B")], {}, NAMES)
    stripe, netsuite, _ = as_frames(world)
    matches = matches_of(world)
    plan = plan_changes(stripe, netsuite, matches.lazy(), ALL_FIELDS)
    others = {
        "another order": matches.reverse(),
        "fewer": matches.head(1),
        "another record": matches.with_columns(netsuite_internal_id=pl.lit(1, pl.Int64)),
    }
    for seen, is_right in ((matches, True), (others[other], False)):
        held = held_against(plan, seen.lazy())
        assert held.pairs is not None
        assert (MATCH in held.pairs.columns) is is_right
        assert_frame_equal(held.lazy().collect(), plan.lazy().collect())
