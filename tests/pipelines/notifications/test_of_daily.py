"""A plan that waits is told, a daily run that is missing is told once, a good one is said to a switch."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from pipelines.notifications.lateness import late_event
from schemas.declaration.daily import Daily
from tests.pipelines.api_world import Site
from tests.pipelines.api_world import site as api_site
from tests.pipelines.notifications.heard import Heard
from tests.pipelines.notifications.test_each import tick
from tests.resources.raw_server import Sent, raw_server


def test_a_good_daily_run_whose_plan_waits(tmp_path: Path) -> None:
    with raw_server(lambda _: Sent()) as switch:
        notify = {"events": ["plan", "late"], "alive_url": f"{switch.url}/ping/T0"}
        with api_site(tmp_path, notify=notify) as made:
            heard = Heard()
            site = replace(made, sync=replace(made.sync, notifier=heard))
            sensors = {sensor.name for sensor in site.definitions.get_repository_def().sensor_defs}
            assert sensors == {"acme_notify_success", "acme_notify_late", "acme_alive"}
            told_again = dg.AssetMaterialization(site.sync.key("reconciliation_report"))
            site.instance.report_runless_asset_event(told_again)  # as an apply does: no daily run has happened by that
            assert late_told(site, made, None)[0].startswith("Told: acme_daily has not happened: no report was made")

            result = site.run("daily")
            tick(site.definitions, site.instance, result)
            plan = str(site.metadata("write_plan")["plan_hash"])
            assert heard.occasions == [["late"], ["plan"]]
            assert heard.events[-1].sentence == (
                f"The plan {plan[:12]} of acme waits for approval; changes: {site.metadata('write_plan')['changes']} "
                f"(run {result.run_id})."
            )
            assert tick(site.definitions, site.instance, result, "acme_alive").startswith("The dead man's switch heard")
            assert [(asked.method, asked.target) for asked in switch.asked] == [("GET", "/ping/T0")]
            assert late_event(site.sync, site.instance) is None

            in_two_days = datetime.now(UTC) + timedelta(days=2)
            later = replace(site, sync=replace(site.sync, clock=lambda: in_two_days))
            said, cursor = late_told(later, made, None)
            assert said.startswith("Told: acme_daily has not happened: no report was made since ")
            assert late_told(later, made, cursor)[0].startswith("Told before: ")
            assert heard.occasions == [["late"], ["plan"], ["late"]]

            site.netsuite.edit(1, email="another@acme.example")
            assert site.plan() != plan
            tick(site.definitions, site.instance, result)
            assert heard.occasions == [["late"], ["plan"], ["late"]], "a plan that is replaced waits for nobody"


def late_told(site: Site, made: Site, cursor: str | None) -> tuple[str, str | None]:
    sensor = site.definitions.get_repository_def().get_sensor_def("acme_notify_late")
    context = dg.build_sensor_context(made.instance, cursor=cursor)
    said = sensor(context)
    assert isinstance(said, dg.SkipReason)
    return str(said.skip_message), context.cursor


@pytest.mark.parametrize(
    ("now", "last", "missed"),
    [
        ("2026-08-31T08:29", "2026-08-30T05:31", None),
        ("2026-08-31T08:30", "2026-08-30T05:31", "2026-08-31T05:30"),
        ("2026-08-31T08:30", "2026-08-31T05:29", "2026-08-31T05:30"),
        ("2026-08-31T08:30", "2026-08-31T05:30", None),
        ("2026-08-31T02:00", None, "2026-08-30T05:30"),
    ],
)
def test_a_day_is_missed_without_a_report_within_hours_of_its_time(
    now: str, last: str | None, missed: str | None
) -> None:
    def moment(text: str | None) -> datetime | None:
        return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None

    at = moment(now)
    assert at is not None
    assert Daily(at="05:30", within_hours=3).missed(at, moment(last)) == moment(missed)


def test_the_deadline_is_on_the_clock_of_its_zone_also_past_midnight() -> None:
    assert Daily(at="22:15", within_hours=3).deadline_cron == "15 1 * * *"
