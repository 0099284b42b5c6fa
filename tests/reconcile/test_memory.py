"""A run that may take little goes through the disk, and finds what every run finds."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from assets.matching import need
from assets.reconciliation import Reconciliation
from assets.report import people_files, reconciliation_report
from resources.extracts import on_disk
from resources.storage import io_manager
from schemas.paired_plan import PairedPlan
from tests.reconciling import RESULTS, Site, declaration, failure, site_at

FILES = [name for name in RESULTS if name.endswith(".csv")]


def matches(site: Site, *, is_bounded: bool = True) -> tuple[dict[str, object], pl.DataFrame]:
    """The metadata of `customer_matches` made anew, and its frame, which the run does not hold any more."""
    result = site.up_to("customer_matches")
    assert result.success, failure(result)
    for asset in ("netsuite_customers", "stripe_customers"):
        extracts_made = result.asset_materializations_for_node(f"{site.sync.name}__{asset}")
        assert extracts_made
        assert all(("on_disk" in each.metadata) is is_bounded for each in extracts_made)
    with pytest.raises(dg.DagsterInvariantViolationError):
        result.output_for_node(f"{site.sync.name}__customer_matches")
    [made] = result.asset_materializations_for_node(f"{site.sync.name}__customer_matches")
    return {name: each.value for name, each in made.metadata.items()}, site.sync.frames.read(
        "customer_matches"
    ).collect()


def extracts(site: Site) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The frames of both sides."""
    frames, months = site.sync.frames, site.sync.month_keys()
    return frames.read("netsuite_customers").collect(), frames.read_months("stripe_customers", months).collect()


@pytest.fixture
def bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site whose four customers are as many as fill the memory that is declared."""
    monkeypatch.setattr(need, "_OF_A_CUSTOMER", 10**9)
    monkeypatch.setattr(on_disk, "_OF_A_TEXT", 10**8)
    (tmp_path / "bounded").mkdir()
    with site_at(tmp_path / "bounded", declaration(memory="2GB")) as site:
        yield site


def test_what_lies_in_circles_goes_before_a_step_reads_where_frames_are_large(
    bounded: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[None] = []
    monkeypatch.setattr("resources.storage.io_manager.gc.collect", lambda: looks.append(None))
    matches(bounded)
    assert not looks
    monkeypatch.setattr(io_manager, "_MANY", 0)
    matches(bounded)
    assert len(looks) == 1  # for both inputs of matching


def test_what_is_too_much_for_memory_is_matched_in_buckets(bounded: Site, tmp_path: Path) -> None:
    told, found = matches(bounded)
    assert told["buckets"] == 2
    assert isinstance(told["bytes_needed_at_once"], int)
    assert "Matching so many customers holds 4 GB" in bounded.event_log()
    assert not list((bounded.sync.folders.home / "frames").glob(".*"))
    assert bounded.sync.frames.held("netsuite_customers") is None
    (tmp_path / "free").mkdir()
    with site_at(tmp_path / "free", declaration(memory="64GB")) as free:
        told, in_memory = matches(free, is_bounded=False)
        assert "buckets" not in told
        assert found.equals(in_memory)
        for of_disk, of_memory in zip(extracts(bounded), extracts(free), strict=True):
            assert_frame_equal(of_disk, of_memory)


def test_the_files_are_the_same_where_names_and_plan_are_read_part_by_part(
    bounded: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    (tmp_path / "free").mkdir()
    with site_at(tmp_path / "free", declaration(memory="64GB")) as free:
        assert free.reconcile().success
        wanted = {name: (free.results / name).read_bytes() for name in FILES}
    monkeypatch.setattr(reconciliation_report, "_PART", 10**9)
    monkeypatch.setattr(people_files, "_AT_ONCE", 2)
    plan_of = reconciliation_report._plan_of

    def counted(sync: Reconciliation) -> PairedPlan:
        read.append(sync.name)
        return plan_of(sync)

    monkeypatch.setattr(reconciliation_report, "_plan_of", counted)
    assert bounded.reconcile().success
    assert {name: (bounded.results / name).read_bytes() for name in FILES} == wanted
    assert len(read) == 4, "once to count, and once for each of three files"
