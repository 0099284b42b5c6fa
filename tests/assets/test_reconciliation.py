"""The clock that is passed in is the only one: what a run says of the time, and what it finds old, follows it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.pipelines.api_world import site as api_site
from tests.reconciling import declaration, site_at


@dataclass
class Clock:
    """Stands until it is put forward."""

    now: datetime = datetime(2026, 10, 5, 7, 45, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_a_report_is_of_the_moment_that_the_clock_shows(tmp_path: Path) -> None:
    clock = Clock()
    with site_at(tmp_path, declaration()) as made:
        site = replace(made, sync=replace(made.sync, clock=clock))
        assert site.reconcile().success
        first = (site.results / "report.html").read_text()
        clock.now += timedelta(days=1)
        assert site.materialize("reconciliation_report").success
        second = (site.results / "report.html").read_text()
    assert ['datetime="2026-10-05T07:45:00+00:00"' in page for page in (first, second)] == [True, False]
    assert 'datetime="2026-10-06T07:45:00+00:00"' in second


@pytest.mark.rule("X9")
def test_a_picture_grows_old_by_the_clock(tmp_path: Path) -> None:
    clock = Clock(datetime.now(UTC))
    with api_site(tmp_path, writes={"mode": "auto"}, brakes={"oldest_hours": 0.05}) as made:
        at = replace(made, sync=replace(made.sync, clock=clock))
        at.apply(at.plan())
        assert at.run("daily").success
        clock.now += timedelta(minutes=4)  # hours would often be in another month, which the definitions do not have
        result = at.run("daily")
        failed = {each.check_name for each in result.get_asset_check_evaluations() if not each.passed}
    assert failed == {"picture_is_fresh"}
