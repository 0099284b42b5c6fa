"""The list of link fields is what the declaration can switch, in the orders that files and evidence have."""

from dataclasses import replace
from pathlib import Path

import pytest

import schemas.link_fields
from schemas.declaration import Writes
from schemas.declaration.sources import NetsuiteSource
from schemas.link_fields import (
    ADDRESS_FIELDS,
    BY_NAME,
    LINK_FIELDS,
    LinkField,
    by_asset,
    fields_of,
    in_plan_order,
    written_fields,
)

KNOWN = ("metadata.netsuite_customer_id", "stripe_id", "external_id", "comments")
OF_WRITES_BESIDES = {"mode", "import_comments_hours"}
NETSUITE = fields_of("netsuite")


def known(fields: list[LinkField] | tuple[LinkField, ...]) -> list[str]:
    return [field.name for field in fields if field.name in KNOWN]


def test_every_file_beside_the_entry_is_a_field() -> None:
    files = {path.stem for path in Path(schemas.link_fields.__file__).parent.glob("[!_]*.py")} - {"entry"}
    assert len(BY_NAME) == len(LINK_FIELDS) + len(ADDRESS_FIELDS) == len(files)
    assert {field.name for field in NETSUITE} <= files


@pytest.mark.rule("M7")
def test_evidence_is_believed_in_this_order() -> None:
    assert known(LINK_FIELDS) == list(KNOWN)
    assert len({field.rank for field in LINK_FIELDS}) == len(LINK_FIELDS)


@pytest.mark.rule("W7")
def test_a_plan_has_netsuite_before_stripe_and_then_the_names_in_order() -> None:
    shown = in_plan_order(LINK_FIELDS)
    assert known(shown) == ["comments", "external_id", "stripe_id", "metadata.netsuite_customer_id"]
    assert shown[-1].system == "stripe"


def test_no_two_fields_share_a_name_or_a_word_of_evidence() -> None:
    assert len({field.evidence for field in BY_NAME.values()}) == len(BY_NAME)


@pytest.mark.rule("P7")
def test_an_address_is_written_and_is_no_evidence() -> None:
    assert [field.name for field in ADDRESS_FIELDS] == ["portal_link"]
    assert not set(ADDRESS_FIELDS) & set(LINK_FIELDS)
    assert written_fields("netsuite") == (*NETSUITE, *ADDRESS_FIELDS)
    assert written_fields("stripe") == fields_of("stripe")


def test_every_field_of_netsuite_can_be_switched_off_by_its_name_and_nothing_else_can() -> None:
    assert Writes.model_fields.keys() - OF_WRITES_BESIDES == {field.name for field in NETSUITE}


def test_an_asset_shows_all_fields_that_name_it_in_their_order() -> None:
    links, comments = BY_NAME["stripe_id"], BY_NAME["comments"]
    twin = replace(links, name="other")
    assert by_asset([links, comments, twin]) == {"netsuite_links": [links, twin], "netsuite_comments": [comments]}


@pytest.mark.parametrize("field", NETSUITE, ids=lambda field: field.name)
def test_a_field_of_netsuite_says_which_one_it_is_and_what_people_read_of_it(field: LinkField) -> None:
    source = NetsuiteSource(export="customers.csv")
    assert field.script_id == field.field_id(source)
    assert field.texts.asset
    assert field.holds == "value" or (field.most_characters and field.texts.by_hand)


@pytest.mark.rule("M11")
def test_the_stripe_id_field_is_the_one_that_the_declaration_names() -> None:
    source = NetsuiteSource(export="customers.csv", stripe_id_field="custentity_other")
    ids = {field.name: field.field_id(source) for field in NETSUITE}
    assert (ids["stripe_id"], ids["external_id"]) == ("custentity_other", "externalid")
