"""A matching that workers share finds what one that is one step finds, and steps that are not worth it are none."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest

from assets.matching import need, task_graph, tasks
from assets.matching.customer_matches import build_customer_matches
from pipelines import customer_sync
from tests.reconciling import Site, declaration, failure, site_at


@pytest.fixture
def bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site whose four customers are more than the memory that is declared."""
    monkeypatch.setattr(need, "_OF_A_CUSTOMER", 10**9)
    (tmp_path / "bounded").mkdir()
    with site_at(tmp_path / "bounded", declaration(memory="2GB")) as site:
        yield site


def steps_of(result: dg.ExecuteInProcessResult) -> list[str]:
    """The steps that made `customer_matches`, where it is made by several."""
    ended = [event.step_key or "" for event in result.all_events if event.is_step_success]
    return [step.partition(".")[2] for step in ended if step.startswith("acme__customer_matches.")]


def test_what_workers_share_among_them_is_matched_like_by_one(
    bounded: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = bounded.up_to("customer_matches")
    assert result.success, failure(result)
    [made] = result.asset_materializations_for_node("acme__customer_matches")
    told = {name: each.value for name, each in made.metadata.items()}
    assert told["buckets"] == 2
    alone = bounded.sync.frames.read("customer_matches").collect()
    monkeypatch.setattr(customer_sync, "on_workers", lambda: lambda _: True)
    monkeypatch.setattr(tasks, "BLOCK_ROWS", 1)
    (tmp_path / "shared").mkdir()
    with site_at(tmp_path / "shared", bounded.sync.declaration) as shared:
        result = shared.up_to("customer_matches")
        assert result.success, failure(result)
        assert steps_of(result) == [
            "look",
            *(f"keys[{side}_{at}]" for side, rows in (("customers", 4), ("records", 3)) for at in range(rows)),
            *("buckets", "find[buckets_0]", "find[buckets_1]", "gather", "decide"),
        ]
        own = [event for event in result.all_events if event.step_key == "acme__customer_matches.decide"]
        [made] = [event.step_materialization_data.materialization for event in own if event.is_step_materialization]
        assert {name: each.value for name, each in made.metadata.items()} == told
        checks = {each.check_name for each in result.get_asset_check_evaluations()}
        assert checks >= {"schema", "every_customer_once", "evidence_agrees"}
        assert shared.sync.frames.read("customer_matches").collect().equals(alone)
        assert not shared.sync.frames.storage.names("matching/")
        assert "acme.example" not in shared.event_log()
        assert steps_of(shared.materialize("customer_matches")) == ["look", "decide"]  # nothing has changed
        shared.sync.frames.storage.remove(["steps/customer_matches.json"])
        monkeypatch.setattr(tasks, "BLOCK_ROWS", 4)  # so that each side is one block
        assert steps_of(shared.materialize("customer_matches")) == ["look", "decide"]
        assert shared.sync.frames.read("customer_matches").collect().equals(alone)


def test_what_nobody_bounds_is_one_step_whoever_does_it(bounded: Site) -> None:
    free = replace(bounded.sync, declaration=declaration())
    made = [build_customer_matches(sync, lambda _: True).node_def for sync in (free, bounded.sync)]
    assert [isinstance(each, dg.OpDefinition) for each in made] == [True, False]


def test_what_workers_do_not_find_is_matched_by_the_last_step(bounded: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(customer_sync, "on_workers", lambda: lambda _: True)
    monkeypatch.setattr(tasks, "BLOCK_ROWS", 1)
    monkeypatch.setattr(task_graph, "make_keys", lambda *_: None)
    result = bounded.up_to("customer_matches")
    assert result.success, failure(result)
    assert "find[buckets_1]" in steps_of(result)
    assert "the last step matches all by itself" in bounded.event_log()
    assert bounded.sync.frames.read("customer_matches").collect().get_column("outcome").to_list() == [
        *("matched", "linked", "matched", "unmatched")
    ]
    assert not bounded.sync.frames.storage.names("matching/")
