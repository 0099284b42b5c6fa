"""Months in any order, months that are missing, and frames that were read with other columns."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from pipelines.customer_sync import reconciliation
from tests.reconciling import (
    FIELDS,
    RESULTS,
    STRIPE,
    Site,
    declaration,
    digests,
    failure,
    site_at,
)

MONTHS = ("2026-06-01", "2026-07-01", "2026-08-01", "2026-09-01")
AFTER_STRIPE = ("netsuite_customers", "customer_matches", "review_queue", "write_plan", "reconciliation_report")


@pytest.mark.rule("D3")
def test_months_in_any_order_give_what_one_run_gives(site: Site, tmp_path: Path) -> None:
    assert site.reconcile().success
    (tmp_path / "apart").mkdir()
    with site_at(tmp_path / "apart", declaration()) as apart:
        for month in (MONTHS[2], MONTHS[0], MONTHS[3], MONTHS[1]):
            assert apart.materialize("stripe_customers", month=month).success
        assert apart.materialize(*AFTER_STRIPE).success
        assert apart.plan_hash() == site.plan_hash()
    same = [name for name in RESULTS if name not in {"report.html", "import_notes.txt"}]
    assert digests(apart.results, same) == digests(site.results, same)


@pytest.mark.rule("D4")
def test_missing_month_is_said_by_its_check_and_in_the_report(site: Site) -> None:
    for month in ("2026-06-01", "2026-08-01", "2026-09-01"):
        assert site.materialize("stripe_customers", month=month).success
    assert site.materialize(*AFTER_STRIPE).success
    check = site.check("stripe_customers", "no_month_missing")
    assert (check.passed, check.blocking) == (False, True)
    assert str(check.metadata["ids"].value).startswith("2026-07 2026-10")
    assert "2026-07" in (site.results / "report.html").read_text()
    assert "cus_2" not in (site.results / "matches.csv").read_text()
    assert site.reconcile().success
    assert site.check("stripe_customers", "no_month_missing").passed
    assert "cus_2" in (site.results / "matches.csv").read_text()


def test_asset_without_its_inputs_says_what_to_materialize_first(site: Site) -> None:
    assert site.materialize("stripe_customers", month=MONTHS[0]).success
    said = failure(site.materialize("customer_matches"))
    assert said == "netsuite_customers has not been materialized yet; materialize it first."


def test_months_that_were_read_with_other_columns_count_as_missing(site: Site) -> None:
    for month in MONTHS:
        assert site.materialize("stripe_customers", month=month).success
    rules = [{"stripe": "metadata.crm", "netsuite": "internal_id"}]
    link = "netsuite_customer_id (metadata)"
    with_crm = STRIPE.replace("\n", ",\n").replace(f"{link},", f"{link},crm (metadata)")
    (site.sync.folders.root / "stripe.csv").write_text(with_crm)
    newer = replace(site, sync=reconciliation(declaration(rules=rules), site.sync.folders))
    assert newer.materialize("netsuite_customers").success
    assert failure(newer.materialize("customer_matches")) == (
        "All months of stripe_customers were read from another account or with other columns; materialize them again."
    )
    assert newer.materialize("stripe_customers", month=MONTHS[3]).success
    assert newer.materialize(*AFTER_STRIPE).success
    assert pl.read_csv(newer.results / "matches.csv")["stripe_customer_id"].to_list() == ["cus_4"]
    said = (
        "Not counted, as they were read from another account or with other columns: 2026-06, 2026-07, 2026-08; "
        "materialize them again."
    )
    check = newer.check("stripe_customers", "no_month_missing")
    assert (check.passed, said in str(check.description)) == (False, True)
    assert said in (newer.results / "report.html").read_text()


def test_what_was_made_of_other_columns_is_not_built_on(site: Site) -> None:
    assert site.up_to("write_plan", "review_queue").success
    fields = {name: label for name, label in FIELDS.items() if name != "stage"}
    newer = replace(site, sync=reconciliation(declaration(netsuite_fields=fields), site.sync.folders))
    for asset, stale in (("customer_matches", "netsuite_customers"), ("review_queue", "customer_matches")):
        said = f"{stale} was read from another account or with other columns; materialize it again."
        assert failure(newer.materialize(asset)) == said
        assert newer.materialize(stale).success
