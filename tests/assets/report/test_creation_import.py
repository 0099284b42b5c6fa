"""The file for NetSuite's import of new customers: what a plan's records say, under NetSuite's names (D7)."""

from pathlib import Path
from typing import Any

import orjson
import polars as pl
import pytest

from assets.report.creation_currencies import netsuite_create_currencies
from assets.report.creation_import import creation_notes, netsuite_create
from resources.storage.generations import MadeBy
from resources.storage.result_files import IMPORT_ROWS, ResultFiles
from resources.storage.results import Results

STRIPE_ID = {"custentity_stripe": "Stripe Id"}


def plan_of(*records: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(
        {"action": ["create"] * len(records), "values": [orjson.dumps(record).decode() for record in records]},
        schema={"action": pl.String, "values": pl.String},
    )


def cells(**record: object) -> dict[str, str]:
    [row] = netsuite_create(plan_of(record), STRIPE_ID).rows(named=True)
    return row


def sentences(plan: pl.DataFrame, stripe: pl.DataFrame | None = None, paths: tuple[str, ...] = ()) -> str:
    there = pl.DataFrame() if stripe is None else stripe
    return "\n".join(creation_notes(plan, there.lazy(), paths, STRIPE_ID).sentences())


def test_fields_stand_under_netsuites_names_in_a_fixed_order() -> None:
    fields = {"phone": "030 1234567", "custentity_stripe": "cus_1", "externalid": "cus_1", "custentity_region": "north"}
    assert list(cells(fields=fields).items()) == [
        ("External ID", "cus_1"),
        ("Phone", "030 1234567"),
        ("Stripe Id", "cus_1"),
        ("custentity_region", "north"),
    ]


@pytest.mark.rule("C7")
@pytest.mark.parametrize(("said", "shown"), [("T", "TRUE"), ("F", "FALSE")])
def test_an_individual_is_told(said: str, shown: str) -> None:
    assert cells(fields={"isperson": said}) == {"Individual": shown}


@pytest.mark.rule("C11")
@pytest.mark.rule("C13")
def test_constants_are_shown_as_netsuite_reads_them() -> None:
    shown = cells(fields={"taxable": True, "custentity_rank": 3, "subsidiary": 2})
    assert shown == {"Subsidiary": "2", "custentity_rank": "3", "taxable": "TRUE"}


@pytest.mark.rule("C9")
def test_each_line_of_the_address_book_has_columns_of_its_own() -> None:
    lines = [{"defaultshipping": True, "addr1": "1 Main"}, {"defaultbilling": True, "zip": "10115", "country": "DE"}]
    assert cells(fields={}, addressbook=lines) == {
        "Customer Address 1 : Default Shipping Address": "TRUE",
        "Customer Address 1 : Address 1": "1 Main",
        "Customer Address 2 : Default Billing Address": "TRUE",
        "Customer Address 2 : Zip": "10115",
        "Customer Address 2 : Country": "Germany",
    }


@pytest.mark.rule("C12")
def test_currencies_that_nobody_names_are_in_no_file_and_the_notes_say_so() -> None:
    record = {"fields": {"externalid": "cus_1"}, "currencies": "active"}
    assert cells(**record) == {"External ID": "cus_1"}
    assert "list them as create.currencies" in sentences(plan_of(record))
    assert cells(**record, currency="EUR") == {"External ID": "cus_1", "Primary Currency": "EUR"}
    assert "Primary Currency holds an ISO code" in sentences(plan_of(record | {"currency": "EUR"}))


@pytest.mark.rule("C12")
def test_each_currency_of_a_new_customer_is_a_row() -> None:
    plan = plan_of(
        {"fields": {"externalid": "cus_1"}, "currencies": "active"},
        {"fields": {"externalid": "cus_2"}},
        {"fields": {"externalid": "cus_3"}, "currencies": "active"},
    )
    shown = netsuite_create_currencies(plan, ["US Dollar", "Euro"])
    assert shown.columns == ["External ID", "Currency"]
    assert shown.rows() == [("cus_1", "US Dollar"), ("cus_1", "Euro"), ("cus_3", "US Dollar"), ("cus_3", "Euro")]
    assert netsuite_create_currencies(plan.clear(), ["Euro"]).is_empty()


def test_a_form_is_chosen_in_the_assistant() -> None:
    record = {"fields": {"externalid": "cus_1", "customform": 7}}
    assert "External ID" in cells(**record)
    assert "customform" not in cells(**record)
    assert "Custom Form: the one with the internal id 7." in sentences(plan_of(record))


@pytest.mark.rule("C4")
def test_ids_in_place_of_emails_are_counted() -> None:
    assert "The Stripe id stands in place of the e-mail of 1 new customer;" in sentences(
        plan_of({"fields": {"email": "cus_1"}}, {"fields": {"email": "a@b.example"}})
    )


@pytest.mark.parametrize(("fields", "is_said"), [({}, True), ({"entitystatus": 13}, False)])
def test_without_a_status_the_account_may_make_leads(fields: dict[str, int], *, is_said: bool) -> None:
    assert ("set create.entity_status" in sentences(plan_of({"fields": fields}))) is is_said


def test_what_the_export_has_not_is_named() -> None:
    schema = {"address.city": pl.String, "address.line1": pl.String}
    stripe = pl.DataFrame({"address.city": ["Berlin"], "address.line1": [None]}, schema)
    said = sentences(plan_of({"fields": {}}), stripe, ("address.city", "address.line1", "shipping.name"))
    assert "no new customer has them: address.line1, shipping.name." in said


def test_more_rows_than_one_file_takes_go_on_in_a_second(tmp_path: Path) -> None:
    many = plan_of(*({"fields": {"externalid": f"cus_{number}"}} for number in range(IMPORT_ROWS + 1)))
    files = ResultFiles(Results(tmp_path / "acme"))
    files.for_import("netsuite_create.csv", netsuite_create(many, {}))
    files.put_in_place(MadeBy.now("run", "plan"))
    lines = {name: len((tmp_path / "acme" / name).read_text().splitlines()) for name in files.names}
    assert lines == {"netsuite_create.csv": IMPORT_ROWS + 1, "netsuite_create_2.csv": 2}
