"""Proves that tasks say together what matching says at once, and that nothing else is taken for what they say."""

from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import given, settings

from assets.matching import MatchSettings, by_customer, match_with_doubts, tasks
from assets.matching.need import need_of
from assets.matching.task_files import TaskFiles, TaskPlan, remove_left, this_machine
from assets.matching.tasks import FoundByTasks, blocks_of, find_in_buckets, found_by_tasks, make_keys, runs_of_buckets
from resources.storage.local import LocalStorage
from tests.assets.matching.oracle import World
from tests.assets.matching.small_worlds import EMAIL, NAME, customer, record, world
from tests.assets.matching.test_buckets import TAGS
from tests.assets.matching.worlds import as_frames, worlds

KEY = "of these rows"
SMALL = world(customer(email="A", name="c"), record(7, email="a"), record(8, company_name="c"))


def done(
    folder: Path, frames: tuple[pl.LazyFrame, pl.LazyFrame], how: MatchSettings, count: int, *, twice: bool
) -> TaskFiles:
    """The files of all tasks, in an order in which nobody would do them."""
    files = TaskFiles(LocalStorage(folder), "run")
    sides = dict(zip(("customers", "records"), frames, strict=True))
    rows = {of: frame.select(pl.len()).collect().item() for of, frame in sides.items()}
    need = asdict(need_of(*frames, how))
    files.begin(TaskPlan(key=KEY, frames={}, machine=this_machine(), rows=rows, count=count, need=need))
    assert files.plan is not None
    blocks = blocks_of(files.plan.rows)
    for block in [*reversed(blocks), *blocks[: 1 if twice else 0]]:
        make_keys(files, block, sides[block.of], how, count)
    runs = runs_of_buckets(files.plan.rows, count)
    for numbers in [*reversed(runs), *runs[: 1 if twice else 0]]:
        assert find_in_buckets(files, numbers, files.plan, how)
    return files


@settings(max_examples=6, deadline=None)
@given(worlds(), st.sampled_from([1, 3]), st.booleans())
def test_what_tasks_find_decides_as_matching_at_once_does(small: World, count: int, is_odd: bool) -> None:
    how = replace(small.settings, rules=(*small.settings.rules, TAGS), shared_key=1)
    stripe, netsuite, overrides = as_frames(small)
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(tasks, "BLOCK_ROWS", 2)
        files = done(Path(folder), (stripe, netsuite), how, count, twice=is_odd)
        found = found_by_tasks(files, KEY, how)
        assert isinstance(found, FoundByTasks)
        by_tasks = by_customer(match_with_doubts(stripe, netsuite, overrides, how, known=found).collect())
    at_once = by_customer(match_with_doubts(stripe, netsuite, overrides, how).collect())
    assert by_tasks.equals(at_once)


def test_what_is_not_shown_is_compared_by_the_keys_of_these_few_customers(tmp_path: Path) -> None:
    linked = customer(email="a", metadata_netsuite_customer_id="7")
    small = world(linked, record(7, email="A", inactive=True), record(8, email="a"), settings=MatchSettings((EMAIL,)))
    stripe, netsuite, overrides = as_frames(small)
    found = found_by_tasks(done(tmp_path, (stripe, netsuite), small.settings, 2, twice=False), KEY, small.settings)
    assert isinstance(found, FoundByTasks)
    [made] = match_with_doubts(stripe, netsuite, overrides, small.settings, known=found).collect().to_dicts()
    said = "link_inactive: record 7 is inactive, and email = email finds record 8"
    assert (made["outcome"], made["netsuite_internal_id"], made["doubt"]) == ("linked", 7, said)


@pytest.fixture
def files(tmp_path: Path) -> TaskFiles:
    stripe, netsuite, _ = as_frames(SMALL)
    return done(tmp_path, (stripe, netsuite), SMALL.settings, 2, twice=False)


def test_what_looked_at_something_else_is_not_taken(files: TaskFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found_by_tasks(files, KEY, SMALL.settings) is not None
    assert found_by_tasks(files, "other rows", SMALL.settings) is None
    assert found_by_tasks(files, KEY, MatchSettings((EMAIL, NAME, TAGS))) is None
    monkeypatch.setattr(tasks, "this_machine", lambda: "another code")
    assert found_by_tasks(files, KEY, SMALL.settings) is None


def test_a_bucket_whose_keys_are_not_all_there_is_not_looked_at(files: TaskFiles) -> None:
    assert files.plan is not None
    gone = next(name for name in files.storage.names("matching/run.keys.records_0.1."))
    files.storage.remove([gone])
    assert find_in_buckets(files, range(1), files.plan, SMALL.settings)
    assert not find_in_buckets(files, range(2), files.plan, SMALL.settings)


def test_a_try_begins_without_what_an_earlier_one_has_found(files: TaskFiles) -> None:
    assert files.plan is not None
    files.begin(files.plan)
    assert found_by_tasks(files, KEY, SMALL.settings) is None


def test_what_runs_have_left_goes_when_they_have_ended(files: TaskFiles) -> None:
    storage = files.storage
    with storage.replaced(["customer_matches.parquet", "matching/other.tasks.json"]):
        pass
    remove_left(storage, lambda run: run == "run")
    assert storage.names() == ["customer_matches.parquet", "matching/other.tasks.json"]
    TaskFiles(storage, "other").remove()
    assert storage.names() == ["customer_matches.parquet"]
