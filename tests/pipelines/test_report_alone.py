"""The report by itself, as a person materializes it in the UI: it shows what is there, whatever others have begun."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import orjson
import pytest

from assets.rules_version import RULES_VERSION
from schemas.version import VERSION
from tests.pipelines.api_world import site as api_site
from tests.reconciling import CHECKOUT, Site, declaration, failure, site_at

REPORT = "reconciliation_report"


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Site]:
    with site_at(tmp_path, declaration()) as made:
        yield made


@pytest.mark.parametrize("ends", [True, False], ids=["that died", "under way"])
def test_checks_that_another_run_has_only_planned_do_not_disturb_it(at: Site, *, ends: bool) -> None:
    assert at.reconcile().success
    assert _checks_shown(at.results) == 1
    for _ in range(25):
        planned = _only_planned(at.instance, at.definitions, "acme_reconcile", at.sync.key("customer_matches"))
        if ends:
            at.instance.report_run_failed(planned)
    assert at.materialize(REPORT).success
    assert _checks_shown(at.results) == 1


def test_it_shows_the_brakes_of_no_run_that_has_only_planned_them(tmp_path: Path) -> None:
    with api_site(tmp_path, writes={"mode": "auto"}) as at:
        at.reconcile()
        _only_planned(at.instance, at.definitions, "acme_daily")
        assert at.materialize(REPORT).success


def test_without_anything_to_report_it_says_what_to_start(at: Site) -> None:
    told = failure(at.materialize(REPORT))
    assert told.endswith("has not been materialized yet; materialize it first.")


@pytest.mark.parametrize("is_marked", [True, False], ids=["of a run", "by hand"])
def test_a_plan_that_is_no_longer_kept_is_kept_again(at: Site, *, is_marked: bool) -> None:
    assert at.up_to("write_plan", "review_queue").success
    digest, frames = at.plan_hash(), at.sync.frames
    kept = at.sync.plans.path(digest)
    content = kept.read_bytes()
    kept.unlink()
    if not is_marked:
        frames.write("write_plan", frames.read("write_plan").collect())
    assert at.materialize(REPORT).success
    assert kept.read_bytes() == content
    manifest = orjson.loads((at.results / "run.json").read_bytes())
    assert (manifest["plan"], manifest["version"], manifest["files"]["plan.csv"]["version"]) == (
        digest,
        VERSION,
        VERSION,
    )
    _check_version(at)


def _check_version(at: Site) -> None:
    """Plan and page say which Tieout made them."""
    for asset in ("write_plan", "reconciliation_report"):
        event = at.instance.get_latest_materialization_event(at.sync.key(asset))
        assert event is not None
        assert event.asset_materialization is not None
        shown = {name: value.value for name, value in event.asset_materialization.metadata.items()}
        assert (shown["version"], shown["rules_version"]) == (VERSION, RULES_VERSION)
    assert f"Made by Tieout {VERSION}." in (at.results / "report.html").read_text("utf-8")
    assert tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["version"] == VERSION


def _only_planned(
    instance: dg.DagsterInstance, definitions: dg.Definitions, job: str, *assets: dg.AssetKey
) -> dg.DagsterRun:
    """A run, of some assets or all of them, at the moment at which it has begun, and done nothing yet."""
    whole = definitions.resolve_job_def(job)
    return instance.create_run_for_job(whole.get_subset(asset_selection=set(assets)) if assets else whole)


def _checks_shown(results: Path) -> int:
    return (results / "report.html").read_text("utf-8").count("every customer once")
