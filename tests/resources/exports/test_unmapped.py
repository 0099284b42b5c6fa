"""What an export says in a column that is mapped to nothing: rows that are no customers, inactive ones, links."""

from pathlib import Path

import pytest

from resources.exports.netsuite import read_netsuite_export
from resources.extracts.extract import Extract
from tests.resources.exports.both_ways import both_ways

FIELDS = {"internal_id": "Internal ID", "email": "Email"}


def read(folder: Path, label: str, *values: str, **fields: str) -> Extract:
    path = folder / "netsuite.csv"
    rows = (f'{at},a@acme.example,"{value}"\n' for at, value in enumerate(values, 1))
    path.write_text("".join([f"Internal ID,Email,{label}\n", *rows]))
    return both_ways(lambda disk: read_netsuite_export(path, FIELDS | fields, disk=disk), folder / "disk")


@pytest.mark.rule("M2")
@pytest.mark.parametrize(
    ("label", "values", "said"),
    [
        ("Stage", ("Customer", "LEAD-Qualified"), "no customers, and pass for some: 1 (map stage to it)."),
        ("Status", ("PROSPECT-In Discussion", "Lead"), "no customers, and pass for some: 2 (map stage to it)."),
        ("Type", ("Vendor", "Customer", "Vendor"), "no customers, and pass for some: 2 (map stage to it)."),
        ("Record Type", ("Invoice", "Invoice"), "no customers, and pass for some: 2 (map stage to it)."),
        ("Inactive", ("Yes", "No"), "inactive, and pass for active: 1 (map inactive to it)."),
        ("Inaktiv", ("Nein", "Ja"), "inactive, and pass for active: 1 (map inactive to it)."),
        ("Stripe Customer Id", ("cus_1", ""), "links that are not seen: 1 (map stripe_id to it)."),
        (
            "Old Stripe account",
            ("https://dashboard.stripe.com/customers/cus_1", ""),
            "not seen: 1 (map stripe_id to it).",
        ),
    ],
)
def test_a_column_that_says_what_a_record_is_is_named(
    label: str, values: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    [warning] = read(tmp_path, label, *values).warnings
    assert f"netsuite.csv has a column '{label}', which is not mapped; rows " in warning
    assert warning.endswith(said)


@pytest.mark.parametrize(
    ("label", "values"),
    [
        ("Stage", ("Customer", "")),
        ("Type", ("Company", "Individual")),
        ("Status", ("Paid", "Overdue")),
        ("Inactive", ("No", "")),
        ("Stripe Customer Id", ("", "")),
        ("Category", ("Lead", "Vendor")),
    ],
)
def test_a_column_that_says_nothing_of_the_kind_is_left_alone(
    label: str, values: tuple[str, ...], tmp_path: Path
) -> None:
    assert read(tmp_path, label, *values).warnings == ()


@pytest.mark.parametrize(
    ("label", "is_doubted"),
    [("ID", True), ("Customer Number", True), ("Kunden-Nr.", True), ("id", False), ("Key", False)],
)
def test_a_number_of_the_customers_own_is_doubted_as_internal_id(
    label: str, *, is_doubted: bool, tmp_path: Path
) -> None:
    (tmp_path / "netsuite.csv").write_text(f"{label},Email\n7,a@acme.example\n")
    warnings = read_netsuite_export(tmp_path / "netsuite.csv", {"internal_id": label, "email": "Email"}).warnings
    said = f"netsuite.csv: internal_id is mapped to '{label}', as saved searches call a customer's own number"
    assert [said in warning for warning in warnings] == [True] * is_doubted


def test_a_column_that_is_mapped_is_not_named(tmp_path: Path) -> None:
    assert read(tmp_path, "Stage", "Customer", "Lead", stage="Stage").warnings == ()
    assert read(tmp_path, "Inactive", "Yes", idle="Inactive").warnings == ()
