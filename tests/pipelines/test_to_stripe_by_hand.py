"""From two kinds of files alone: the ids that a person imports into NetSuite, with or without an e-mail (P4)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest

from tests.reconciling import Site, declaration, failure, site_at

STRIPE = """id,Description,Email,Name,Created (UTC),netsuite_customer_id (metadata)
cus_one,,anna@acme.example,Anna,2026-07-05 10:00,
cus_two,,,Berta GmbH,2026-07-06 10:00,
cus_six,,six@acme.example,Six,2026-07-07 10:00,12
"""
CUSTOMERS = """Internal ID,Company Name,Stripe Customer Id,External ID,Stage
10,Other name,,,Customer
11,Berta GmbH,,,Customer
12,Six,cus_six,cus_six,Customer
13,Nobody,,,Customer
"""
TO_STRIPE = """Internal ID,email,name,Sales rep
10,Anna@ACME.example,Other name,Max
11,,Berta GmbH,Max
12,changed@acme.example,Six,Max
13,nobody@acme.example,Nobody,Max
"""
FIELDS = {
    "internal_id": "Internal ID",
    "company_name": "Company Name",
    "stripe_id": "Stripe Customer Id",
    "external_id": "External ID",
    "stage": "Stage",
}


@contextmanager
def world(folder: Path, to_stripe: str = TO_STRIPE, stripe: str = STRIPE) -> Iterator[Site]:
    for name, text in (("stripe", stripe), ("netsuite", CUSTOMERS), ("to_stripe", to_stripe)):
        (folder / f"{name}.csv").write_text(text, "utf-8")
    rules = [{"stripe": "name", "netsuite": "company_name"}]
    declared = declaration(netsuite_fields=FIELDS, rules=rules, to_stripe={"export": "to_stripe.csv"})
    with site_at(folder, declared, root=folder) as site:
        yield site


def read(at: Site, name: str) -> pl.DataFrame:
    return pl.read_csv(at.results / name, infer_schema=False)


@pytest.mark.rule("P4")
@pytest.mark.rule("D7")
def test_the_import_file_has_the_ids_of_both_ways(tmp_path: Path) -> None:
    with world(tmp_path) as at:
        assert at.reconcile().success
        assert read(at, "netsuite_import.csv").rows(named=True) == [
            {"Internal ID": "10", "External ID": "cus_one", "Stripe Customer Id": "cus_one"},
            {"Internal ID": "11", "External ID": "cus_two", "Stripe Customer Id": "cus_two"},
        ]
        assert read(at, "stripe_updates.csv").rows() == [("cus_one", "10"), ("cus_two", "11")]
        found = read(at, "netsuite_matches.csv")
        assert found.select("netsuite_internal_id", "outcome", "stripe_customer_id").rows() == [
            ("10", "matched", "cus_one"),
            ("11", "linked", "cus_two"),
            ("12", "linked", "cus_six"),
            ("13", "unmatched", None),
        ]
        assert dict(read(at, "matches.csv").select("stripe_customer_id", "outcome").rows()) == {
            "cus_one": "matched",
            "cus_two": "matched",
            "cus_six": "linked",
        }
        page = (at.results / "report.html").read_text("utf-8")
        assert "From NetSuite to Stripe" in page
        assert "netsuite_matches.csv" in page


@pytest.mark.rule("P4")
def test_an_export_without_the_metadata_column_still_gives_the_ids(tmp_path: Path) -> None:
    bare = "\n".join(line.rpartition(",")[0] for line in STRIPE.splitlines()) + "\n"
    with world(tmp_path, stripe=bare) as at:
        assert at.up_to("reconciliation_report").success
        ids = read(at, "netsuite_import.csv").get_column("Stripe Customer Id").to_list()
        assert ids == ["cus_one", "cus_two"]
        assert read(at, "stripe_updates.csv").is_empty()


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ("Internal ID,email,balance,x", "labelled “balance”, but balance moves money"),
        ("Internal ID,email,email,x", "2 columns labelled “email”"),
        ("Internal ID,E-mail,name,x", "has no column labelled “email”, by which customers are found in Stripe"),
        ("Id,email,name,x", "Internal ID"),
    ],
)
def test_labels_that_cannot_be_meant_end_the_run_with_a_sentence(tmp_path: Path, labels: str, said: str) -> None:
    with world(tmp_path, TO_STRIPE.replace("Internal ID,email,name,Sales rep", labels)) as at:
        assert said in failure(at.up_to("write_plan"))


def test_two_rows_of_one_customer_that_differ_end_the_run(tmp_path: Path) -> None:
    with world(tmp_path, f"{TO_STRIPE}13,other@acme.example,Nobody,Max\n") as at:
        assert "2 rows of the id 13 that differ in email" in failure(at.up_to("write_plan"))
