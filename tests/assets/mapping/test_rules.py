"""Each rule of creating customers, shown by the smallest world that shows it (C3 to C13)."""

from typing import Any

import polars as pl
import pytest

from assets.mapping.to_netsuite import CreateSettings, IndividualWhen, new_records
from assets.no_values import BY_FORM
from schemas.new_records import NewRecords
from schemas.validation import violations
from tests.assets.mapping.making import PERSON, PLAIN, START, fields_of, frame_of, links, notes_of, record_of

FULL = {
    "name": "Acme Ltd",
    "email": "books@acme.example",
    "phone": "+49 30 1234567",
    "address.line1": "1 Main Street",
    "address.country": "Germany",
}


def test_a_record_is_canonical_json_of_everything_that_is_written() -> None:
    settings = CreateSettings(subsidiary=2, links=links("custentity_stripe"), currency="EUR")
    expected = (
        '{"addressbook":[{"addr1":"1 Main Street","country":"DE","defaultbilling":true}],"currencies":"active",'
        '"currency":"EUR","fields":{"comments":"cus_1","companyname":"Acme Ltd","custentity_stripe":"cus_1",'
        '"email":"books@acme.example","entityid":"Acme Ltd","externalid":"cus_1","isperson":"F",'
        '"phone":"+49 30 1234567","subsidiary":2}}'
    )
    made = frame_of(FULL, settings=settings)
    assert made.rows() == [("cus_1", False, "Acme Ltd", expected, None)]
    assert violations(NewRecords, made, "stripe_customer_id") == []


@pytest.mark.rule("C3")
def test_entity_id_is_the_name_and_external_id_the_stripe_id() -> None:
    company, person = fields_of({"name": "Acme Ltd"}), fields_of({"name": "Jane Sally Doe"}, PERSON)
    assert (company["entityid"], company["externalid"]) == ("Acme Ltd", "cus_1")
    assert (person["entityid"], person["externalid"]) == ("Jane Sally Doe", "cus_1")


@pytest.mark.rule("C3")
def test_entity_id_is_the_stripe_id_where_there_is_no_name() -> None:
    assert fields_of({"name": " "})["entityid"] == "cus_1"
    assert fields_of({"name": "Acme"}, CreateSettings(entity_id="stripe_id"))["entityid"] == "cus_1"
    assert "entityid" not in fields_of({"name": "Acme"}, CreateSettings(entity_id="auto"))


@pytest.mark.rule("C3")
def test_the_oldest_of_equal_names_keeps_it_and_nobody_takes_that_of_a_record() -> None:
    made = frame_of({"name": "ACME", "created": START.replace(hour=1)}, {"name": "Acme"}, {"name": "Umbrella"})
    assert made["entity_id"].to_list() == ["ACME (cus_1)", "Acme", "Umbrella"]
    made = frame_of({"name": "Acme"}, {"name": "Umbrella"}, existing=("a c m e", None))
    assert made["entity_id"].to_list() == ["Acme (cus_1)", "Umbrella"]
    assert made["notes"][0].startswith("entity id has the Stripe id behind it: another customer has the name")


@pytest.mark.rule("C3")
def test_a_long_name_is_cut_before_the_stripe_id_behind_it() -> None:
    made = frame_of({"name": "x" * 90, "created": START.replace(hour=1)}, {"name": "x" * 80})
    assert made["entity_id"].to_list() == ["x" * 72 + " (cus_1)", "x" * 80]


@pytest.mark.rule("C4")
def test_email_is_the_email_or_the_stripe_id() -> None:
    assert fields_of({"email": " a@b.example "})["email"] == "a@b.example"
    assert fields_of({"name": "Acme"})["email"] == "cus_1"
    assert "email" not in fields_of({"name": "Acme"}, CreateSettings(email_fallback="none"))


@pytest.mark.rule("C4")
@pytest.mark.parametrize("email", ["a@b", "a b@c.example", "a@b.example; c@d.example", "x" * 250 + "@b.example"])
def test_an_email_that_netsuite_refuses_is_none_and_never_cut(email: str) -> None:
    assert fields_of({"name": "Acme", "email": email})["email"] == "cus_1"
    assert "e-mail left out" in (notes_of({"name": "Acme", "email": email}) or "")


@pytest.mark.rule("C5")
@pytest.mark.parametrize(
    ("row", "company", "note"),
    [
        ({"name": "Acme", "description": "The one", "email": "a@b.example"}, "Acme", None),
        ({"name": " ", "description": "The one", "email": "a@b.example"}, "The one", "named by its description"),
        ({"name": "N/A", "email": "a@b.example"}, "a@b.example", "named by its e-mail; no value: name"),
    ],
)
def test_company_name_is_the_name_or_the_description_or_the_email(
    row: dict[str, Any], company: str, note: str | None
) -> None:
    assert fields_of(row)["companyname"] == company
    assert notes_of(row) == note


@pytest.mark.rule("C5")
def test_nobody_is_called_what_was_masked_or_not_filled_in() -> None:
    settings = CreateSettings(no_value=frozenset({BY_FORM}), mapping={"metadata.stars": "custentity_stars"})
    row = {"name": "{{customer.name}}", "description": "J*** D***", "email": "a@b.example", "metadata.stars": "***"}
    assert fields_of(row, settings)["companyname"] == "a@b.example"
    assert fields_of(row, settings)["custentity_stars"] == "***", "a field of one's own may hold anything"
    assert notes_of(row, settings) == "named by its e-mail; no value: description, name"
    kept = {"name": "*Star {Ltd}", "email": "a@b.example"}
    assert fields_of(kept, settings)["companyname"] == "*Star {Ltd}"
    assert fields_of({"name": "{{name}}"})["companyname"] == "{{name}}", "a list of one's own says nothing of it"


@pytest.mark.rule("C6")
def test_phone_is_the_phone_or_nothing() -> None:
    assert fields_of({"phone": "+1 (555) 123-4567 x 9"})["phone"] == "+1 (555) 123-4567 x 9"
    assert "phone" not in fields_of({"phone": "12345"})
    assert "phone" not in fields_of({"shipping.phone": "+1 555 123 4567", "shipping.address.city": "Bonn"})
    assert "phone" not in fields_of({"phone": "1" * 33})
    assert "phone left out: longer than 32 characters" in (notes_of({"phone": "1" * 33}) or "")


@pytest.mark.rule("C7")
def test_a_customer_is_a_company_unless_a_setting_or_metadata_say_individual() -> None:
    by_metadata = CreateSettings(individual_when=IndividualWhen("kind", "Person"))
    row = {"name": "Jane Doe", "metadata.kind": " person"}
    assert fields_of(row)["isperson"] == "F"
    assert fields_of(row, PERSON)["isperson"] == fields_of(row, by_metadata)["isperson"] == "T"
    assert fields_of(row | {"metadata.kind": "firm"}, by_metadata)["isperson"] == "F"


@pytest.mark.rule("C7")
def test_an_individual_without_two_names_becomes_a_company_and_says_so() -> None:
    fields = fields_of({"name": "Madonna"}, PERSON)
    assert (fields["isperson"], fields["companyname"], fields.get("lastname")) == ("F", "Madonna", None)
    assert "made a company" in (notes_of({"name": "Madonna"}, PERSON) or "")


@pytest.mark.rule("C8")
@pytest.mark.parametrize(
    ("row", "names"),
    [
        ({"name": "Jane Sally Doe"}, ("Jane", "Sally Doe")),
        ({"name": " Jane \t Doe "}, ("Jane", "Doe")),
        ({"description": "Jane Doe"}, ("Jane", "Doe")),
        ({"name": "Doe, Jane Sally"}, ("Jane Sally", "Doe")),
        ({"name": "Doe, Jane, MD"}, ("Doe,", "Jane, MD")),
        ({"name": "Doe,"}, None),
        (
            {
                "name": "Sir Richard Branson",
                "metadata.netsuite_first_name": "Richard",
                "metadata.netsuite_last_name": "Branson",
            },
            ("Richard", "Branson"),
        ),
        ({"name": "Madonna", "metadata.netsuite_last_name": "Ciccone"}, None),
        ({"name": "Jane Doe", "metadata.netsuite_last_name": "Roe"}, ("Jane", "Roe")),
    ],
)
def test_first_name_is_split_at_the_first_space(row: dict[str, Any], names: tuple[str, str] | None) -> None:
    fields = fields_of(row, PERSON)
    assert (names is None) == (fields["isperson"] == "F")
    assert names is None or (fields["firstname"], fields["lastname"]) == names


@pytest.mark.rule("C11")
def test_mapping_beats_default_and_both_beat_the_standard() -> None:
    settings = CreateSettings(
        mapping={"metadata.region": "custentity_region", "metadata.trade": "companyname"},
        defaults={"custentity_region": "EMEA", "companyname": "Nobody", "custentity_flag": True, "phone": None},
    )
    row = {"name": "Acme", "phone": "+49 30 1234567"}
    fields = fields_of(row | {"metadata.region": "APAC", "metadata.trade": "Acme Trade"}, settings)
    assert (fields["custentity_region"], fields["companyname"], fields["custentity_flag"]) == (
        "APAC",
        "Acme Trade",
        True,
    )
    fields = fields_of(row, settings)
    assert (fields["custentity_region"], fields["companyname"]) == ("EMEA", "Nobody")
    assert "phone" not in fields


@pytest.mark.rule("C11")
def test_a_suppressed_path_is_not_used() -> None:
    row = {"name": "Acme", "description": "secret"}
    assert fields_of({"description": "secret"}, CreateSettings(mapping={"description": None}))["companyname"] == "cus_1"
    assert fields_of(row, CreateSettings(mapping={"name": None}))["companyname"] == "secret"


@pytest.mark.rule("C11")
def test_a_mapped_value_that_does_not_fit_is_left_out_and_never_cut() -> None:
    settings = CreateSettings(mapping={"metadata.code": "custentity_code"}, limits={"custentity_code": 32})
    row = {"name": "Acme", "metadata.code": "x" * 500}
    assert "custentity_code" not in fields_of(row, settings)
    assert "custentity_code left out: longer than 32 characters" in (notes_of(row, settings) or "")


@pytest.mark.rule("C12")
def test_every_record_asks_for_all_active_currencies() -> None:
    assert record_of({"name": "Acme"})["currencies"] == "active"
    assert record_of({"name": "Acme"}, CreateSettings(currency="EUR"))["currency"] == "EUR"


@pytest.mark.rule("C13")
def test_subsidiary_form_and_status_are_settings() -> None:
    fields = fields_of({"name": "Acme"}, CreateSettings(subsidiary=2, custom_form=7, entity_status=13))
    assert (fields["subsidiary"], fields["customform"], fields["entitystatus"]) == (2, 7, 13)
    assert fields_of({"name": "Acme"}).keys().isdisjoint({"subsidiary", "customform", "entitystatus"})


def test_an_imported_id_that_could_be_any_word_is_kept_out_of_comments() -> None:
    fields = fields_of({"id": "paid", "name": "Acme"})
    assert ("comments" in fields, fields["externalid"]) == (False, "paid")
    assert "comments" not in fields_of({"name": "Acme"}, CreateSettings(links=links(comments=False)))


def test_without_customers_there_are_no_records() -> None:
    customers = pl.LazyFrame(schema={"id": pl.String, "created": pl.Datetime("us", "UTC"), "name": pl.String})
    made = new_records(customers, pl.LazyFrame(schema={"entity_id": pl.String}), PLAIN).collect()
    assert made.is_empty()
    assert violations(NewRecords, made, "stripe_customer_id") == []
