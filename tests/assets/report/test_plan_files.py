"""The plan for people is the file under which it is kept, unless a spreadsheet could run a cell of it."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from assets.planning.write_plan import plan_changes
from assets.report.plan_files import PlanFiles
from resources.storage.generations import MadeBy
from resources.storage.local import LocalStorage
from resources.storage.plans import PlanStore
from resources.storage.result_files import ResultFiles
from resources.storage.results import Results
from tests.assets.matching.oracle import World
from tests.assets.matching.worlds import as_frames, matches_of
from tests.assets.planning.plan_worlds import ALL_FIELDS, NAMES, acme, record


@pytest.mark.parametrize(("held", "is_kept"), [(None, True), ("pays late", True), ("=1+1", False)])
def test_a_plan_without_formulas_is_not_written_twice(tmp_path: Path, held: str | None, is_kept: bool) -> None:
    world = World([acme("cus_1")], [record(1)], {}, NAMES)
    stripe, netsuite, _ = as_frames(world)
    plan = plan_changes(stripe, netsuite, matches_of(world).lazy(), ALL_FIELDS)
    assert plan.pairs is not None
    plan = replace(plan, pairs=plan.pairs.with_columns(pl.lit(held, pl.String).alias("comments")))
    plans = PlanStore(LocalStorage(tmp_path / "plans"))
    digest = plans.keep(plan)
    files = ResultFiles(Results(tmp_path / "out"))
    PlanFiles(plan, None).add_plan(files, "plan.csv", plans.path(digest), digest)
    files.put_in_place(MadeBy.now("a-run", digest))
    assert (tmp_path / "out/plan.csv").samefile(plans.path(digest)) == is_kept
    assert ("'=1+1" in (tmp_path / "out/plan.csv").read_text()) != is_kept
