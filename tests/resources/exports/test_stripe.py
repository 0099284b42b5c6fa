"""The Dashboard export: columns by name, metadata as columns, dates of creation inside the months asked for."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from resources.exports.stripe import read_stripe_export
from resources.extracts.extract import Extract
from schemas.customers import StripeCustomers
from schemas.errors import ExportError
from schemas.validation import violations
from tests.resources.exports.both_ways import both_ways

SINCE, UNTIL = datetime(2019, 5, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
HEADER = "id,Description,Email,Name,Created (UTC),Total Spend,netsuite_customer_id (metadata),tier (metadata)"


def read(tmp_path: Path, *rows: str, header: str = HEADER, required: tuple[str, ...] = ()) -> Extract:
    path = tmp_path / "stripe.csv"
    path.write_text("\n".join([header, *rows, ""]))
    keys = ("netsuite_customer_id", "tier", "unused")
    return both_ways(
        lambda disk: read_stripe_export(
            path, since=SINCE, until=UNTIL, metadata_keys=keys, required=required, disk=disk
        ),
        tmp_path / "disk",
    )


def test_becomes_the_frame_that_every_door_gives(tmp_path: Path) -> None:
    extract = read(tmp_path, " cus_1 ,Wholesale,ap@example.com,Acme,2020-02-29 13:05,19.00,118,gold")
    expected = {
        "id": "cus_1",
        "created": datetime(2020, 2, 29, 13, 5, tzinfo=UTC),
        "email": "ap@example.com",
        "name": "Acme",
        "description": "Wholesale",
        "phone": None,
        "livemode": None,
        "metadata.netsuite_customer_id": "118",
        "metadata.tier": "gold",
        "metadata.unused": None,
    }
    assert extract.frame.rows(named=True) == [expected]
    assert violations(StripeCustomers, extract.frame, "id") == []


def test_columns_are_found_by_name_in_any_order_and_case(tmp_path: Path) -> None:
    extract = read(tmp_path, "2020-01-01 00:00,a@example.com,cus_1", header="created (utc),EMAIL,ID")
    assert extract.frame.select("id", "email").rows() == [("cus_1", "a@example.com")]


@pytest.mark.rule("X7")
def test_metadata_keys_that_differ_in_case_are_two_keys(tmp_path: Path) -> None:
    header = "id,Created (UTC),netsuite_customer_id (metadata),NetSuite_Customer_ID (metadata)"
    extract = read(tmp_path, "cus_1,2020-01-01 00:00,118,999", header=header)
    assert extract.frame.item(0, "metadata.netsuite_customer_id") == "118"
    extract = read(tmp_path, "cus_1,2020-01-01 00:00,999", header="id,Created (UTC),NetSuite_Customer_ID (metadata)")
    assert extract.frame.item(0, "metadata.netsuite_customer_id") is None
    header = "id,Created (UTC),Tier (metadata)"
    with pytest.raises(ExportError, match=r"has no column 'tier \(metadata\)', which a rule needs"):
        read(tmp_path, "cus_1,2020-01-01 00:00,gold", header=header, required=("metadata.tier",))


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("id,Created (UTC),Email,EMAIL", "has 'Email' and 'EMAIL', each of which is 'Email'; choose Custom columns"),
        ("id,Created (UTC),Name,Name", "has 2 columns labelled 'Name'; choose Custom columns"),
        (
            "id,Created (UTC),tier (metadata),tier (metadata)",
            r"has 2 columns labelled 'tier \(metadata\)'; choose Custom",
        ),
    ],
)
def test_a_column_that_is_there_twice_is_taken_out_in_the_dashboard(tmp_path: Path, header: str, says: str) -> None:
    with pytest.raises(ExportError, match=says):
        read(tmp_path, "cus_1,2020-01-01 00:00,a,b", header=header)


def test_a_foreign_column_may_be_there_twice(tmp_path: Path) -> None:
    extract = read(tmp_path, "cus_1,2020-01-01 00:00,a,b", header="id,Created (UTC),Card (metadata),Card (metadata)")
    assert extract.frame.height == 1


@pytest.mark.parametrize("created", ["2020-01-31 09:30", "2020-01-31 09:30:00", "2020-01-31T09:30:00Z"])
def test_created_may_carry_seconds(tmp_path: Path, created: str) -> None:
    frame = read(tmp_path, f"cus_1,,,,{created},,,").frame
    assert frame.item(0, "created") == datetime(2020, 1, 31, 9, 30, tzinfo=UTC)


def test_identical_duplicates_are_dropped_and_counted(tmp_path: Path) -> None:
    row = "cus_1,,a@example.com,Acme,2020-01-01 00:00,1.00,,"
    extract = read(tmp_path, row, row, row.replace("cus_1", "cus_2"), row)
    assert sorted(extract.frame.get_column("id")) == ["cus_1", "cus_2"]
    assert (extract.rows_read, extract.duplicates_dropped) == (4, 2)


def test_row_order_does_not_matter_to_what_is_read(tmp_path: Path) -> None:
    rows = [f"cus_{i},,,,2020-01-01 00:00,,," for i in range(5)]
    ahead, back = read(tmp_path, *rows).frame, read(tmp_path, *reversed(rows)).frame
    assert_frame_equal(ahead.sort("id"), back.sort("id"))


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (
            ["cus_1,,a@x.test,,2020-01-01 00:00,,,", "cus_1,,b@x.test,,2020-01-01 00:00,,,"],
            "2 rows of the id cus_1 .* email:",
        ),
        (
            ["cus_1,,,,2019-04-30 23:59,,,"],
            "cus_1 has a date of creation before 2019-05; set `since` in the declaration to 2019-04,",
        ),
        (["cus_1,,,,2026-11-01 00:00,,,"], "cus_1 has a date of creation in the future"),
        (["cus_1,,,,31/01/2020,,,", "cus_2,,,,,,,"], "cus_1 and 1 other have no date of the form"),
        ([",,a@x.test,,2020-01-01 00:00,,,"], "1 row without an id"),
    ],
)
def test_refuses_rows_that_cannot_be_right(tmp_path: Path, rows: list[str], says: str) -> None:
    with pytest.raises(ExportError, match=says):
        read(tmp_path, *rows)


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("Internal ID,Email", "is a NetSuite saved search, not a Stripe customer export; swap"),
        ("id,Created (America/New_York)", "export it again with times in UTC"),
        ("id,Email", r"no column 'Created \(UTC\)'; its columns are: id, Email"),
        ("card,Email", "no column 'id'"),
    ],
)
def test_refuses_files_that_are_something_else(tmp_path: Path, header: str, says: str) -> None:
    with pytest.raises(ExportError, match=says):
        read(tmp_path, "a,b", header=header)


def test_a_column_that_a_rule_needs_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"no column 'unused \(metadata\)', which a rule needs; its columns are: id"):
        read(tmp_path, "cus_1,,,,2020-01-01 00:00,,,", required=("email", "metadata.unused"))


def test_messages_hold_no_customer_data(tmp_path: Path) -> None:
    with pytest.raises(ExportError) as caught:
        read(tmp_path, "cus_1,,ann@x.test,Ann,2020-01-01 00:00,,,", "cus_1,,bob@x.test,Bob,2020-01-01 00:00,,,")
    assert not any(word in str(caught.value) for word in ("ann", "bob", "Ann", "Bob"))


@pytest.mark.parametrize(
    ("label", "word", "kept"),
    [
        *(("Status", "deleted", False), ("status", " Deleted ", False), ("Kundenstatus", "Gelöscht", False)),
        *(("ステータス", "削除済み", False), ("Status", "active", True), ("Status", "", True)),
        *(("Stato", "Cancellato", True), ("status (metadata)", "deleted", True), ("Notes", "deleted", True)),
    ],
)
def test_who_is_deleted_by_a_column_status_is_left_out(tmp_path: Path, label: str, word: str, *, kept: bool) -> None:
    rows = (f"cus_1,2020-01-01 00:00,{word}", "cus_2,2020-01-01 00:00,canceled")
    extract = read(tmp_path, *rows, header=f"id,Created (UTC),{label}")
    assert extract.frame.get_column("id").to_list() == ["cus_1", "cus_2"][not kept :]
    assert extract.notes == ({} if kept else {"deleted_left_out": 1})


def test_deleted_and_every_status_are_asked(tmp_path: Path) -> None:
    header = "id,Created (UTC),Deleted,Status,Customer Status"
    said = (",active,deleted", ",deleted,", "true,active,active", "false,active,active")
    rows = (f"cus_{at},2020-01-01 00:00,{each}" for at, each in enumerate(said))
    extract = read(tmp_path, *rows, header=header)
    assert extract.frame.get_column("id").to_list() == ["cus_3"]
    assert extract.notes == {"deleted_left_out": 3}
