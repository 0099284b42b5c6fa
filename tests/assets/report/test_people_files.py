"""The tables for a spreadsheet show names, and the records that nobody is tied to."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from assets.report import people_files
from assets.report.people_files import matches_for_people, unmatched_records
from schemas.link_fields import BY_NAME
from tests.assets.report.report_world import matches, netsuite, stripe
from tests.link_columns import with_link_columns
from tests.reconciling import NETSUITE, declaration, site_at


def test_matches_show_names_after_the_columns_that_they_had() -> None:
    shown = pl.concat(matches_for_people(matches().lazy(), stripe().lazy(), netsuite().lazy()))
    assert shown.drop("stripe_name", "stripe_email", "netsuite_company_name").equals(matches())
    assert shown.columns[-3:] == ["stripe_name", "stripe_email", "netsuite_company_name"]
    names = dict(stripe().select("id", "name").rows())
    companies = dict(netsuite().select("internal_id", "company_name").rows())
    for row in shown.to_dicts():
        assert row["stripe_name"] == names[row["stripe_customer_id"]]
        assert row["netsuite_company_name"] == companies.get(row["netsuite_internal_id"])


@pytest.mark.parametrize("rows", [1, 2, 3, 7, 8, 100])
def test_matches_have_the_same_names_however_few_may_be_in_memory(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people_files, "_AT_ONCE", 2)
    sides = (matches().sort("reason").lazy(), stripe().lazy(), netsuite().lazy())
    [whole] = [pl.concat(matches_for_people(*sides))]
    parts = list(matches_for_people(*sides, rows=rows))
    assert pl.concat(parts).equals(whole)
    assert max(part.height for part in parts) <= 2
    assert [part.height for part in matches_for_people(sides[0].clear(), *sides[1:], rows=rows)] == [0]


def test_only_customers_that_nobody_is_tied_to_are_unmatched() -> None:
    records = pl.LazyFrame({"internal_id": [3, 1, 2, 4], "is_customer": [True, True, True, False]}).with_columns(
        *(pl.lit(None, pl.String).alias(name) for name in ("company_name", "email", "phone")),
        inactive=pl.lit(value=False),
    )
    tied = pl.DataFrame({"netsuite_internal_id": [2, 2, None]}, {"netsuite_internal_id": pl.Int64})
    assert unmatched_records(with_link_columns(records), tied.lazy()).get_column("internal_id").to_list() == [1, 3]


def test_a_field_that_few_accounts_have_is_a_column_where_a_record_holds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people_files, "_IDS", [replace(BY_NAME["stripe_id"], optional=True)])
    nobody = pl.LazyFrame(schema={"netsuite_internal_id": pl.Int64})
    assert unmatched_records(netsuite().lazy(), nobody).columns[-1] == "stripe_id"
    empty = netsuite().lazy().with_columns(stripe_id=pl.lit(None, pl.String))
    assert unmatched_records(empty, nobody).columns[-1] == "inactive"


def test_a_run_lists_them_safe_for_a_spreadsheet_and_the_page_counts_them(tmp_path: Path) -> None:
    with site_at(tmp_path, declaration()) as at:
        (tmp_path / "netsuite.csv").write_text(f"{NETSUITE}10,,,,no@body.example,=Nobody,Customer,Yes\n")
        assert at.reconcile().success
        assert (at.results / "netsuite_unmatched.csv").read_text() == (
            "internal_id,company_name,email,phone,inactive,external_id,stripe_id\n10,'=Nobody,no@body.example,,true,,\n"
        )
        lines = (at.results / "matches.csv").read_text().splitlines()
        page = (at.results / "report.html").read_text("utf-8")
    assert lines[0].endswith(",doubt,stripe_name,stripe_email,netsuite_company_name")
    assert lines[1].endswith(",Acme,ap@acme.example,Acme GmbH")
    assert "1 NetSuite customer without a Stripe customer" in page
