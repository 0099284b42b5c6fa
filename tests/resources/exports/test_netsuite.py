"""The saved-search export: labels as declared, ids that are ids, booleans and stages as NetSuite shows them."""

from pathlib import Path

import pytest

from resources.exports.netsuite import read_netsuite_export
from resources.extracts.extract import Extract
from schemas.customers import NetsuiteCustomers
from schemas.errors import ExportError
from schemas.validation import violations
from tests.link_columns import NO_LINKS
from tests.resources.exports.both_ways import both_ways

FIELDS = {
    "internal_id": "Internal ID",
    "comments": "Comments",
    "email": "Email",
    "stage": "Stage",
    "inactive": "Inactive",
    "region": "Sales Region",
}
HEADER = "Internal ID,Comments,Email,Stage,Inactive,Sales Region"


def read(tmp_path: Path, *rows: str, header: str = HEADER, fields: dict[str, str] | None = None) -> Extract:
    path = tmp_path / "netsuite.csv"
    path.write_text("\n".join([header, *rows, ""]))
    return both_ways(lambda disk: read_netsuite_export(path, fields or FIELDS, disk=disk), tmp_path / "disk")


def test_becomes_the_frame_that_every_door_gives(tmp_path: Path) -> None:
    extract = read(tmp_path, '118,"pays late,\nvery",ap@example.com,Customer,No,EMEA')
    expected = {
        "internal_id": 118,
        "is_customer": True,
        "inactive": False,
        **NO_LINKS,
        "comments": "pays late,\nvery",
        "email": "ap@example.com",
        "company_name": None,
        "phone": None,
        "stage": "Customer",
        "region": "EMEA",
    }
    assert extract.frame.rows(named=True) == [expected]
    assert violations(NetsuiteCustomers, extract.frame, "internal_id") == []


@pytest.mark.rule("M2")
@pytest.mark.parametrize(
    ("stage", "is_customer"),
    [("Customer", True), (" CUSTOMER ", True), ("Lead", False), ("Prospect-Quote", False)],
)
def test_only_the_stage_customer_makes_a_customer(tmp_path: Path, stage: str, *, is_customer: bool) -> None:
    assert read(tmp_path, f"1,,,{stage},No,").frame.item(0, "is_customer") is is_customer


def test_without_a_mapped_stage_every_row_is_a_customer(tmp_path: Path) -> None:
    extract = read(tmp_path, "1,Lead", header="Internal ID,Stage", fields={"internal_id": "Internal ID"})
    assert extract.frame.select("is_customer", "inactive", "stage").rows() == [(True, False, None)]


@pytest.mark.parametrize(
    ("text", "value"),
    [("Yes", True), ("No", False), ("T", True), ("F", False), ("true", True), ("false", False), ("", False)],
)
def test_booleans_as_netsuite_writes_them(tmp_path: Path, text: str, *, value: bool) -> None:
    assert read(tmp_path, f"1,,,Customer,{text},").frame.item(0, "inactive") is value


def test_identical_duplicates_are_dropped_and_counted(tmp_path: Path) -> None:
    extract = read(tmp_path, "1,,,Customer,No,", "1,,,Customer,No,")
    assert (extract.frame.height, extract.duplicates_dropped) == (1, 1)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("abc,,,Customer,No,", "Line 3 of .* has a text of 3 characters that is no internal id"),
        ("1.23457E+11,,,Customer,No,", r"has 1\.23457E\+11, a number that a spreadsheet has rewritten"),
        ("12.0,,,Customer,No,", "has 12.0, which is not an internal id"),
        ("-5,,,Customer,No,", "has -5, which is not an internal id"),
        (",x,,Customer,No,", "has nothing .a totals row"),
        ("118,other,,Customer,No,", "2 rows of the id 118 that differ in comments: the file was edited"),
    ],
)
def test_refuses_rows_that_cannot_be_right(tmp_path: Path, row: str, says: str) -> None:
    with pytest.raises(ExportError, match=says):
        read(tmp_path, "118,,,Customer,No,", row)


def test_an_e_mail_under_internal_id_is_not_repeated_in_the_message(tmp_path: Path) -> None:
    with pytest.raises(ExportError) as caught:
        read(tmp_path, "ap@example.com,,,Customer,No,")
    assert "ap@example.com" not in str(caught.value)


def test_says_which_columns_are_missing_and_which_are_there(tmp_path: Path) -> None:
    says = "no column 'Stage', 'Sales Region', which .* names; its columns are: Internal ID, Comments, Email, Inactive"
    with pytest.raises(ExportError, match=says):
        read(tmp_path, "1,,,No", header="Internal ID,Comments,Email,Inactive")


def test_a_stripe_export_in_its_place_is_recognised(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="is a Stripe customer export, not a NetSuite saved search; swap"):
        read(tmp_path, "cus_1,2020-01-01 00:00", header="id,Created (UTC)")
