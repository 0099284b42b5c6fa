"""A run that covers every month covers those that there are when it reads, and not when its job was defined."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from tests.reconciling import FIELDS, NETSUITE, STRIPE, Site, declaration, failure, site_at

RANGE_END = "dagster/asset_partition_range_end"


@dataclass
class Clock:
    """A clock that stands until it is set. Its months are long past, so that Dagster knows them on any day."""

    moment: datetime = datetime(2020, 9, 30, 23, 59, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def strike(self) -> None:
        """October begins."""
        self.moment = datetime(2020, 10, 1, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site(tmp_path: Path, clock: Clock) -> Iterator[Site]:
    (tmp_path / "stripe.csv").write_text(STRIPE.replace("2026-", "2020-"))
    (tmp_path / "netsuite.csv").write_text(NETSUITE)
    export = {"export": "stripe.csv", "since": "2020-06"}
    with site_at(tmp_path, declaration(stripe=export, netsuite_fields=FIELDS), root=tmp_path) as made:
        yield replace(made, sync=replace(made.sync, clock=clock))


def start(site: Site, job: dg.JobDefinition, **tags: str) -> dg.ExecuteInProcessResult:
    return job.execute_in_process(instance=site.instance, raise_on_error=False, tags=tags)


@pytest.mark.parametrize("since", ["2011-01", "2019-12", "2020-08", "2020-09", "2020-10", "2021-03"])
@pytest.mark.parametrize("moment", ["2020-09-01T00:00+00:00", "2020-12-31T23:59+00:00", "2021-01-01T01:00+02:00"])
def test_the_months_are_those_that_dagster_finds(tmp_path: Path, since: str, moment: str) -> None:
    with site_at(tmp_path, declaration(stripe={"export": "stripe.csv", "since": since})) as made:
        sync = replace(made.sync, clock=Clock(datetime.fromisoformat(moment)))
        assert sync.month_keys() == sync.months.get_partition_keys(current_time=sync.clock())


@pytest.mark.rule("X10")
def test_a_month_that_began_since_the_definitions_were_loaded_is_not_left_out(site: Site, clock: Clock) -> None:
    job = site.definitions.resolve_job_def("acme_reconcile")
    assert start(site, job).success
    clock.strike()
    stale = start(site, job)
    assert failure(stale) == (
        "A month has begun since the definitions were loaded; reload the definitions and start acme_reconcile again, "
        "as a new run, because a re-execution keeps the old months."
    )
    assert not stale.asset_materializations_for_node("acme__stripe_customers")
    assert replace(site).reconcile().success, "with the definitions loaded anew"
    assert site.sync.months_missing() == []


def test_a_run_of_some_months_is_no_reconcile(site: Site) -> None:
    job = site.definitions.resolve_job_def("acme_reconcile")
    said = failure(start(site, job, **{RANGE_END: "2020-07-01"}))
    assert "acme_reconcile covers every month, but this run has 2 of 4; " in said


@pytest.mark.rule("D3")
def test_a_backfill_takes_the_months_that_it_is_given(site: Site) -> None:
    job = site.definitions.resolve_job_def("acme_reconcile")
    assert start(site, job, **{RANGE_END: "2020-07-01", "dagster/backfill": "past"}).success
    assert site.sync.months_missing() == ["2020-08", "2020-09"]
    assert site.materialize("stripe_customers", month="2020-09-01").success
    assert site.sync.months_missing() == ["2020-08"]
