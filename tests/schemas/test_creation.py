"""The block `create` of a declaration: what it takes, and the one sentence for what it does not."""

from collections.abc import Mapping

import pytest
from pydantic import ValidationError

from assets.mapping.to_netsuite import CreateSettings, IndividualWhen
from schemas.declaration.creation import Create
from tests.assets.mapping.making import links

PATHS = "id, email, name, description, phone, a path such as address.city, or metadata.<key>"


def problems_of(block: Mapping[str, object]) -> list[tuple[tuple[str | int, ...], str]]:
    with pytest.raises(ValidationError) as raised:
        Create.model_validate(block)
    found: list[tuple[tuple[str | int, ...], str]] = []
    for error in raised.value.errors():
        context = error.get("ctx", {})
        found.append(((*error["loc"], *context.get("path", ())), error["msg"]))
        found.extend((tuple(path), message) for path, message in context.get("others", ()))
    return found


def test_every_setting_has_a_default() -> None:
    create = Create.model_validate({})
    assert CreateSettings.of(create, links()) == CreateSettings()
    assert (create.when, create.undo) == ("first_transaction", "delete")


def test_a_whole_block_becomes_settings() -> None:
    block = {
        "when": "at_once",
        "subsidiary": 2,
        "entity_id": "stripe_id",
        "individual_when": {"metadata": "kind", "equals": "person"},
        "entity_status": 13,
        "custom_form": 7,
        "currency": "EUR",
        "country": "DE",
        "email_fallback": "none",
        "defaults": {"phone": None, "custentity_flag": True, "custentity_rank": 3, "companyname": "Nobody"},
        "mapping": {"metadata.region": "custentity_region", "description": None},
        "limits": {"custentity_region": 20, "companyname": 60},
        "undo": "inactivate",
    }
    create = Create.model_validate(block)
    assert CreateSettings.of(create, links("custentity_stripe", comments=False)) == CreateSettings(
        subsidiary=2,
        entity_id="stripe_id",
        individual_when=IndividualWhen("kind", "person"),
        entity_status=13,
        custom_form=7,
        currency="EUR",
        country="DE",
        email_fallback="none",
        defaults={"phone": None, "custentity_flag": True, "custentity_rank": 3, "companyname": "Nobody"},
        mapping={"metadata.region": "custentity_region", "description": None},
        limits={"custentity_region": 20, "companyname": 60},
        links=links("custentity_stripe", comments=False),
    )
    assert create.defaults["custentity_flag"] is True


def test_everybody_can_be_an_individual() -> None:
    create = Create.model_validate({"individual_when": {"always": True}})
    assert CreateSettings.of(create, links()).individual_when == IndividualWhen()


@pytest.mark.parametrize(
    ("block", "path", "message"),
    [
        ({"currencies": ["Euro", " "]}, ("currencies",), "expected names of currencies, found an empty one"),
        ({"currencies": ["Euro", "Euro"]}, ("currencies",), "expected each currency once"),
        ({"country": "UK"}, ("country",), "expected the ISO code of a country, such as DE, found 'UK'"),
        ({"currency": "euro"}, ("currency",), "expected the ISO code of a currency, such as EUR, found 'euro'"),
        (
            {"individual_when": {}},
            ("individual_when",),
            "expected either always: true, or metadata: <key> with the value that it equals",
        ),
        (
            {"individual_when": {"metadata": "a[b]"}},
            ("individual_when", "metadata"),
            "expected a metadata key of 1 to 40 characters, found 'a[b]'",
        ),
        (
            {"individual_when": {"metadata": "kind", "equals": " "}},
            ("individual_when", "equals"),
            "expected the value that makes an individual, found nothing",
        ),
        (
            {"defaults": {"custentity_tags": ["a"]}},
            ("defaults", "custentity_tags"),
            "expected a text, a number, true, false or null",
        ),
        (
            {"defaults": {"custentity_rate": float("nan")}},
            ("defaults", "custentity_rate"),
            "expected a text, a number, true, false or null",
        ),
        (
            {"defaults": {"phone": 12345678}},
            ("defaults", "phone"),
            "expected a text or null, found 12345678; put it in quotes",
        ),
        (
            {"defaults": {"custentity_a": " "}},
            ("defaults", "custentity_a"),
            "expected a value, found nothing; null leaves the field out",
        ),
        ({"defaults": {"phone": "1" * 33}}, ("defaults", "phone"), "has 33 characters, and phone takes 32"),
        (
            {"defaults": {"Region": "EMEA"}},
            ("defaults", "Region"),
            "expected the script id of a NetSuite field, such as custentity_region, found 'Region'",
        ),
        (
            {"defaults": {"subsidiary": 2}},
            ("defaults", "subsidiary"),
            "subsidiary has a setting of its own: create.subsidiary",
        ),
        (
            {"mapping": {"metadata.note": "comments"}},
            ("mapping", "metadata.note"),
            "comments holds the link to Stripe, and nothing else",
        ),
        (
            {"mapping": {"metadata.town": "city"}},
            ("mapping", "metadata.town"),
            "city belongs to the address book or to the list of currencies, which are filled from Stripe's address",
        ),
        (
            {"mapping": {"Region": "custentity_r"}},
            ("mapping", "Region"),
            f"expected {PATHS}, found 'Region'",
        ),
        (
            {"mapping": {"id": None}},
            ("mapping", "id"),
            "null, but the Stripe id cannot be left out: it is what a record is found by",
        ),
        ({"limits": {"phone": 0}}, ("limits", "phone"), "expected a number of characters from 1 on, found 0"),
    ],
)
def test_a_mistake_is_one_sentence_at_its_place(
    block: Mapping[str, object], path: tuple[str, ...], message: str
) -> None:
    assert problems_of(block) == [(path, message)]


def test_two_paths_to_one_field_are_refused_at_both() -> None:
    block = {"mapping": {"metadata.a": "custentity_x", "metadata.b": "custentity_x"}}
    message = "custentity_x is filled from 2 paths; keep one of them"
    assert problems_of(block) == [(("mapping", "metadata.a"), message), (("mapping", "metadata.b"), message)]


def test_a_limit_of_a_field_that_nothing_fills_is_refused() -> None:
    ((path, message),) = problems_of({"limits": {"custentity_x": 5}})
    assert path == ("limits", "custentity_x")
    assert message.startswith("'custentity_x' is no field that is filled here; expected addr1, addr2")


@pytest.mark.parametrize("block", [{"when": "soon"}, {"undo": "hide"}, {"subsidiary": 0}, {"colour": "red"}])
def test_other_words_are_refused(block: Mapping[str, object]) -> None:
    ((path, _),) = problems_of(block)
    assert path == tuple(block)
