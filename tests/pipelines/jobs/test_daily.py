"""The daily run: what it writes alone, which brakes stop it, when its schedule starts it."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

import dagster as dg
import pytest

from assets import plan_history
from assets.planning.brakes import CHECKS
from pipelines.jobs.selections import WRITES
from tests.pipelines.api_world import NAME, Site, sentences, site
from tests.pipelines.checkpoint import Checkpoint


@pytest.fixture(scope="module")
def approved_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkpoint]:
    with site(tmp_path_factory.mktemp("approved") / "site", writes={"mode": "auto"}) as at:
        assert at.apply(at.plan(), at_most=1).success
        yield Checkpoint(at)


@pytest.fixture
def approved(approved_once: Checkpoint) -> Site:
    """A declaration that writes alone, of whose first plan a person has applied one change."""
    return approved_once.restored()


def failed_checks(result: dg.ExecuteInProcessResult) -> dict[str, str]:
    found = result.get_asset_check_evaluations()
    return {e.check_name: e.description or "" for e in found if not e.passed and e.severity.value == "ERROR"}


def page(at: Site) -> str:
    return (at.sync.folders.results(NAME) / "report.html").read_text("utf-8")


@pytest.mark.rule("X9")
def test_the_brakes_hold_whichever_checks_a_run_is_made_of(tmp_path: Path) -> None:
    with site(tmp_path, writes={"mode": "auto"}, brakes={"most_writes": 7}) as at:
        at.apply(at.plan(), at_most=4)
        [sentence] = sentences(at.materialize("write_plan", *WRITES))
        assert "because expected at most 7 changes and 0 replaced values; found 12 and 0." in sentence
        assert at.links()["cus_2"] == (None,)


@pytest.mark.rule("D2")
def test_the_daily_run_of_a_reviewed_declaration_writes_nothing(at: Site) -> None:
    assert at.run("daily").success
    assert at.netsuite.saves == []


@pytest.mark.rule("X9")
def test_the_first_run_wants_an_approval_and_the_next_ones_write_alone(tmp_path: Path, approved: Site) -> None:
    with site(tmp_path, writes={"mode": "auto"}) as at:
        first = at.run("daily")
        assert list(failed_checks(first)) == ["first_run_approved"]
        [sentence] = sentences(first)
        assert sentence == (
            "Stopped before anything was written, because expected 1 or more plans that were approved before; found 0. "
            f"To go on by hand: look at the report, then start {NAME}_apply with the plan's hash."
        )
        assert at.netsuite.saves == []
        at.apply(str(at.metadata("write_plan")["plan_hash"]))
        at.netsuite.insert(4, email="n4@acme.example")
        at.netsuite.insert(5, email="n5@acme.example")
        at.stripe.load([("cus_5", 1_767_225_700, {"email": "n5@acme.example"})])
        second = at.run("daily")
        assert list(failed_checks(second)) == ["match_rate_in_band"]
        at.apply(str(at.metadata("write_plan")["plan_hash"]))
        assert at.links()["cus_5"] == ("5",)
    third = approved.run("daily")
    assert third.success, failed_checks(third)
    assert approved.links()["cus_3"] == ("3",)


@pytest.mark.rule("X9")
def test_too_many_writes_and_a_shrunken_extract_stop_the_run_before_it_writes(approved: Site) -> None:
    at = approved.redeclared(brakes={"most_writes": 5})
    written = len(at.netsuite.saves)
    at.netsuite.delete(2)
    stopped = failed_checks(at.run("daily"))
    assert set(stopped) == {"writes_within_limit", "extracts_not_shrunk"}
    assert "Expected at most 5 changes and 0 replaced values; found 7 and 0." in stopped["writes_within_limit"]
    assert "expected 3 or more customers of NetSuite, found 2" in stopped["extracts_not_shrunk"]
    assert len(at.netsuite.saves) == written


@pytest.mark.rule("X9")
def test_runs_that_were_stopped_do_not_become_good_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The empty plan has the same hash every time; what was approved is the picture of that day."""
    monkeypatch.setattr(plan_history, "GOOD_COMPARED", 1)
    with site(tmp_path, writes={"mode": "auto"}) as at:
        at.apply(at.plan())
        empty = at.plan()
        at.apply(empty)
        at.netsuite.delete(2)
        for _ in range(2):  # one more than are compared
            assert at.plan() == empty
        assert set(failed_checks(at.run("daily"))) == {"extracts_not_shrunk"}


def test_a_materialization_by_hand_is_no_plan_and_stops_nothing(approved: Site) -> None:
    approved.instance.report_runless_asset_event(dg.AssetMaterialization(approved.sync.key("write_plan")))
    assert approved.run("daily").success


@pytest.mark.rule("X9")
@pytest.mark.parametrize("old", ["2026-01-01", "netsuite_customers"])
def test_a_part_that_was_read_long_ago_makes_the_whole_picture_old(approved: Site, old: str) -> None:
    frames = approved.sync.frames
    long_ago = datetime.now(UTC) - timedelta(hours=100)
    if old == "netsuite_customers":
        frames.write(old, frames.read(old).collect(), long_ago)
    else:
        frames.write_months(
            "stripe_customers", frames.read_months("stripe_customers", [old]).collect(), [old], long_ago
        )
    [sentence] = sentences(approved.materialize("write_plan", *WRITES))
    assert "because expected nothing older than" in sentence
    assert "found a part that is 100." in sentence


@pytest.mark.rule("X9")
def test_a_run_that_a_brake_holds_makes_its_report_which_begins_with_why(tmp_path: Path) -> None:
    with site(tmp_path, writes={"mode": "auto"}) as at:
        at.apply(at.plan(), at_most=1)
        plan = at.reconcile()
        assert "Stopped before" not in page(at)
        at.netsuite.delete(2)
        stopped = at.run("daily")
        assert not stopped.success
        [sentence] = sentences(stopped)
        why = sentence.partition(", because ")[2].partition(" To go on")[0]
        assert "expected 3 or more customers of NetSuite, found 2" in why
        main = page(at).partition('<main id="main">\n<!-- stopped -->')[2].lstrip()
        assert main.startswith('<p class="alert" role="alert"><strong>Stopped before anything was written,</strong>')
        assert escape(f"because {why}") in main.partition("</p>")[0]
        assert str(at.metadata("write_plan")["plan_hash"]) in page(at)
        assert plan not in page(at).partition("</header>")[0]


def test_brakes_warn_in_every_run_and_stop_only_what_writes(tmp_path: Path) -> None:
    with site(tmp_path, writes={"mode": "auto"}) as at:
        result = at.run("reconcile")
        assert result.success
        brakes = {e.check_name: e for e in result.get_asset_check_evaluations() if e.check_name in CHECKS}
        assert brakes.keys() == CHECKS.keys()
        assert {e.severity for e in brakes.values()} == {dg.AssetCheckSeverity.WARN}
        assert not any(e.blocking for e in brakes.values())
        assert [name for name, e in brakes.items() if not e.passed] == ["first_run_approved"]
        assert brakes["writes_within_limit"].metadata["changes_found"] == dg.IntMetadataValue(12)
        assert "A daily run would stop here before it writes, because expected 1 or more plans" in page(at)


@pytest.mark.rule("D2")
def test_the_schedule_starts_stopped_in_its_time_zone_and_never_doubles(tmp_path: Path) -> None:
    daily = {"at": "06:15", "time_zone": "Europe/Berlin"}
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance, site(tmp_path, instance, daily=daily) as at:
        schedule = at.definitions.resolve_schedule_def(f"{NAME}_daily")
        assert isinstance(schedule, dg.ScheduleDefinition)
        assert schedule.default_status is dg.DefaultScheduleStatus.STOPPED
        assert (schedule.cron_schedule, schedule.execution_timezone) == ("15 6 * * *", "Europe/Berlin")
        with dg.build_schedule_context(instance) as context:
            [requested] = schedule.evaluate_tick(context).run_requests or []
        assert requested.tags["dagster/asset_partition_range_start"] == "2026-01-01"
        job = at.definitions.resolve_job_def(f"{NAME}_daily")
        instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
        [run] = instance.get_runs()
        with dg.build_schedule_context(instance) as context:
            skipped = schedule.evaluate_tick(context).skip_message or ""
        assert skipped.startswith(f"The daily run {run.run_id} of 20")
        assert skipped.endswith(
            " UTC has not ended (it is STARTED). If its process is gone, open that run, choose Terminate, and force it."
        )
        instance.report_run_canceled(run)
        with dg.build_schedule_context(instance) as context:
            assert schedule.evaluate_tick(context).run_requests
        shutil.rmtree(at.sync.folders.home)  # and without a ledger it is the run that says so
        at.sync.folders.home.write_text("")
        with dg.build_schedule_context(instance) as context:
            assert schedule.evaluate_tick(context).run_requests
