"""What stops a run, what only warns, and what a run that is stopped leaves as it was."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import dagster as dg
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipelines.run import doubts
from resources.exports.netsuite import read_netsuite_export
from resources.exports.stripe import read_stripe_export
from resources.extracts.extract import Extract, Known
from resources.extracts.on_disk import Disk
from resources.extracts.source_identity import SourceIdentity
from resources.readers import OnProgress
from tests.reconciling import (
    FIELDS,
    NETSUITE,
    STRIPE,
    Site,
    declaration,
    digests,
    failure,
)

IN_A_TEST = SourceIdentity(("test",), ())


@dataclass(frozen=True)
class StripeReader:
    """A reader that gives what it was given, so that checks have something to catch."""

    frame: pl.DataFrame
    complete: bool = True
    source: str = "a test"
    origin: SourceIdentity = IN_A_TEST

    def test(self) -> str:
        return f"{self.source} can be read."

    def customers(
        self, start: datetime, end: datetime, known: Known | None, progress: OnProgress, disk: Disk | None = None
    ) -> Extract:
        assert known is None
        assert disk is not None
        progress("reading")
        asked = self.frame.filter(pl.col("created").is_between(start, end, closed="left"))
        return Extract(asked, asked.height, complete=self.complete)


@dataclass(frozen=True)
class NetsuiteReader:
    """As `StripeReader`."""

    frame: pl.DataFrame
    complete: bool = True
    source: str = "a test"
    origin: SourceIdentity = IN_A_TEST

    def test(self) -> str:
        return f"{self.source} can be read."

    def customers(self, known: Known | None, progress: OnProgress, disk: Disk | None = None) -> Extract:
        assert known is None
        assert disk is not None
        progress("reading")
        return Extract(self.frame, self.frame.height, complete=self.complete)


@pytest.mark.rule("D4")
def test_doubled_stripe_id_stops_what_is_downstream(site: Site, tmp_path: Path) -> None:
    assert site.reconcile().success
    before = digests(site.results)
    good = _stripe_frame(tmp_path)
    broken = replace(site, sync=replace(site.sync, stripe=StripeReader(pl.concat([good, good.head(1)]))))
    result = broken.reconcile()
    assert not result.success
    assert [check.check_name for check in result.get_asset_check_evaluations() if not check.passed] == ["schema"]
    assert _materialized(result) == {"netsuite_customers"}
    assert digests(site.results) == before


@pytest.mark.rule("X10")
def test_extract_that_fails_its_check_leaves_the_last_good_one(site: Site, tmp_path: Path) -> None:
    assert site.up_to("write_plan").success
    before = _frames(site)
    stripe = _stripe_frame(tmp_path).head(1)
    netsuite = read_netsuite_export(tmp_path / "netsuite.csv", FIELDS).frame
    for asset, check, readers in (
        ("stripe_customers", "complete", {"stripe": StripeReader(stripe, complete=False)}),
        ("stripe_customers", "schema", {"stripe": StripeReader(pl.concat([stripe, stripe]))}),
        ("netsuite_customers", "complete", {"netsuite": NetsuiteReader(netsuite.head(1), complete=False)}),
        ("netsuite_customers", "schema", {"netsuite": NetsuiteReader(pl.concat([netsuite, netsuite]))}),
    ):
        bad = replace(site, sync=replace(site.sync, **readers))
        assert failure(bad.up_to("write_plan")) == (
            f"{asset} failed its check {check}; nothing was kept, and the last good frame stays. Look at what the "
            "check found, then materialize it again."
        )
        assert (site.check(asset, check).passed, site.check(asset, check).blocking) == (False, True)
    assert _frames(site) == before


@pytest.mark.rule("W7")
def test_plan_that_fails_its_check_is_not_kept_and_has_no_hash(site: Site) -> None:
    assert site.up_to("write_plan").success
    kept, frames = site.sync.plans.storage.names(), site.sync.frames
    before, matches = frames.read("write_plan").collect(), frames.read("customer_matches").collect()
    frames.write("customer_matches", pl.concat([matches, matches]))
    assert failure(site.materialize("write_plan")).startswith("write_plan failed its check schema; nothing was kept")
    assert site.sync.plans.storage.names() == kept
    assert_frame_equal(frames.read("write_plan").collect(), before)


@pytest.mark.rule("M2")
def test_search_without_customers_stops_what_is_downstream(site: Site, tmp_path: Path) -> None:
    leads = read_netsuite_export(tmp_path / "netsuite.csv", FIELDS).frame.with_columns(is_customer=pl.lit(value=False))
    broken = replace(site, sync=replace(site.sync, netsuite=NetsuiteReader(leads)))
    result = broken.reconcile()
    assert not result.success
    check = broken.check("netsuite_customers", "has_customers")
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert _materialized(result) == {"stripe_customers", "netsuite_customers"}
    assert not site.results.exists()


def test_broken_quality_that_stops_nothing_is_a_warning(site: Site, tmp_path: Path) -> None:
    (tmp_path / "stripe.csv").write_text(STRIPE.replace("pay@bee.example", "pay at bee"))
    assert site.reconcile().success
    check = site.check("stripe_customers", "email_form")
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert check.metadata["ids"].value == "cus_2"


@pytest.mark.rule("X9")
def test_export_of_a_part_is_doubted_until_all_are_there_again(site: Site, tmp_path: Path) -> None:
    """The example of the doubt: without the oldest customer a younger one would get the record's external id."""
    assert site.reconcile().success
    assert site.check("stripe_customers", "not_shrunk").passed
    (tmp_path / "stripe.csv").write_text("".join(line for line in STRIPE.splitlines(True) if "2026-06" not in line))
    for _ in range(2):  # the second run has the first one's part to compare with, and the whole before it
        result = site.reconcile()
        assert result.success
        check = site.check("stripe_customers", "not_shrunk")
        assert (check.passed, check.severity, check.blocking) == (False, dg.AssetCheckSeverity.WARN, True)
        [doubt] = doubts(result)
        assert doubt == (
            "stripe_customers: 3 customers, 4 for the largest of the last plans; if these are not all, do not use the "
            "plan of this run."
        )
    assert "Stripe customers: not shrunk" in (site.results / "report.html").read_text()
    (tmp_path / "stripe.csv").write_text(STRIPE)
    assert list(doubts(site.reconcile())) == []


@pytest.mark.rule("X9")
def test_how_much_an_extract_may_shrink_is_declared(site: Site, tmp_path: Path) -> None:
    """Leads do not count: they come and go."""
    assert site.up_to("write_plan").success
    (tmp_path / "netsuite.csv").write_text("".join(NETSUITE.splitlines(True)[:2]))
    assert site.reconcile().success
    found = site.check("netsuite_customers", "not_shrunk")
    assert (found.passed, found.metadata["customers"].value, found.metadata["most_before"].value) == (False, 1, 2)
    half = replace(site, sync=replace(site.sync, declaration=declaration(brakes={"shrink": 0.5})))
    assert half.reconcile().success
    assert half.check("netsuite_customers", "not_shrunk").passed


def _frames(site: Site) -> dict[str, bytes]:
    """What is kept of the two extracts."""
    folder = site.sync.folders.home / "frames" / site.sync.name
    kept = [*folder.glob("stripe_customers/*"), folder / "netsuite_customers.parquet"]
    return {path.name: path.read_bytes() for path in kept}


def _stripe_frame(root: Path) -> pl.DataFrame:
    since, until = datetime.fromisoformat("2026-06-01T00:00Z"), datetime.fromisoformat("2027-01-01T00:00Z")
    keys = ["netsuite_customer_id", "netsuite_block_integration", "netsuite_allow_integration"]
    return read_stripe_export(root / "stripe.csv", since=since, until=until, metadata_keys=keys).frame


def _materialized(result: dg.ExecuteInProcessResult) -> set[str]:
    return {
        event.asset_key.path[-1] for event in result.all_events if event.is_step_materialization and event.asset_key
    }
