"""Addresses, countries and states of new records (C9, C10)."""

from typing import Any

import polars as pl
import pytest

from assets.keys import key
from assets.mapping.to_netsuite import CreateSettings
from assets.mapping.to_netsuite.countries import SEVERAL, country_code, country_expr
from schemas.country_names import COUNTRY_NAMES, NETSUITE_NAMES
from schemas.state_names import STATE_NAMES
from tests.assets.mapping.making import notes_of, record_of


def book_of(row: dict[str, Any], settings: CreateSettings | None = None) -> list[dict[str, Any]] | None:
    book: list[dict[str, Any]] | None = record_of({"name": "Acme"} | row, settings or CreateSettings()).get(
        "addressbook"
    )
    return book


def under(prefix: str, **parts: str) -> dict[str, Any]:
    return {f"{prefix}{part}": text for part, text in parts.items()}


PLACE = {"line1": "1 Main Street", "line2": "Floor 2", "city": "Springfield", "state": "Illinois", "country": "US"}


@pytest.mark.rule("C9")
def test_both_addresses_are_lines_with_their_defaults() -> None:
    shipping = under("shipping.address.", **PLACE, postal_code="62701") | under(
        "shipping.", name="Jane Doe", phone="+1 555 123 4567"
    )
    billing = under("address.", line1="9 High Street", country="GB")
    assert book_of(shipping | billing) == [
        {
            "addr1": "1 Main Street",
            "addr2": "Floor 2",
            "addressee": "Jane Doe",
            "addrphone": "+1 555 123 4567",
            "city": "Springfield",
            "country": "US",
            "defaultshipping": True,
            "state": "IL",
            "zip": "62701",
        },
        {"addr1": "9 High Street", "country": "GB", "defaultbilling": True},
    ]


@pytest.mark.rule("C9")
def test_equal_addresses_are_one_line_unless_it_is_shipped_to_somebody_else() -> None:
    both = under("shipping.address.", **PLACE) | under("address.", **PLACE)
    (line,) = book_of(both | {"shipping.name": " Acme"}) or []
    assert (line["addressee"], line["defaultshipping"], line["defaultbilling"]) == ("Acme", True, True)
    other = book_of(both | {"shipping.name": "Somebody else"}) or []
    assert [sorted(key for key in line if key.startswith("default")) for line in other] == [
        ["defaultshipping"],
        ["defaultbilling"],
    ]


@pytest.mark.rule("C9")
def test_the_billing_address_of_who_has_none_is_that_of_the_card_as_a_whole() -> None:
    of_card = under("card.address.", line1="9 High Street", city="Leeds", country="GB")
    said = "billing address is that of the card"
    line = {"addr1": "9 High Street", "city": "Leeds", "country": "GB", "defaultbilling": True}
    assert book_of(of_card) == [line]
    assert notes_of(of_card) == said
    own = {"address.city": "York", "address.country": "GB"}
    assert book_of(own | of_card) == [{"city": "York", "country": "GB", "defaultbilling": True}]
    assert notes_of(own | of_card) is None
    assert book_of({"address.city": "N/A"} | of_card) == [line]
    unwanted = CreateSettings(mapping=dict.fromkeys(under("address.", **PLACE), None))
    assert book_of(of_card, unwanted) is None


@pytest.mark.rule("C9")
def test_an_address_of_nothing_is_no_line() -> None:
    row = {"address.line1": " ", "address.city": "N/A", "shipping.name": "Jane Doe"}
    assert book_of(row) is None
    assert notes_of(row) == ("shipping name left out: there is no shipping address; no value: address.city")


@pytest.mark.rule("C9")
def test_a_long_first_line_goes_on_in_an_empty_second_one() -> None:
    long = "street " * 30
    (line,) = book_of({"address.line1": long, "address.country": "DE"}) or []
    assert f"{line['addr1']} {line['addr2']}" == long.strip()
    assert len(line["addr1"]) <= 150
    (line,) = book_of({"address.line1": long, "address.line2": "Floor 2", "address.country": "DE"}) or []
    assert (line["addr1"], line["addr2"]) == (long[:150].strip(), "Floor 2")


@pytest.mark.rule("C9")
def test_what_does_not_fit_is_cut_or_left_out_with_a_note() -> None:
    row = under("address.", city="x" * 51, state="x" * 31, postal_code="1" * 37, country="DE")
    assert book_of(row) == [{"city": "x" * 50, "country": "DE", "defaultbilling": True}]
    assert notes_of(row) == (
        "billing city cut to 50 characters; billing state left out: longer than 30 characters; "
        "billing zip left out: longer than 36 characters"
    )


@pytest.mark.rule("C10")
@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("us", "US"),
        ("GB", "GB"),
        ("UK", "GB"),
        ("NA", "NA"),
        ("XK", "XK"),
        ("United States of America", "US"),
        (" united  states", "US"),
        ("Korea, Republic of", "KR"),
        ("Republic of Korea", "KR"),
        ("Congo (the)", "CG"),
        ("Türkiye", "TR"),
        ("Turkey", "TR"),
        ("Ivory Coast", "CI"),
        ("Cote d\u2019Ivoire", "CI"),
        ("The Netherlands", "NL"),
        ("St. Vincent & the Grenadines", "VC"),
        ("Bahamas, The", "BS"),
    ],
)
def test_a_code_or_a_full_name_is_that_country(said: str, code: str) -> None:
    assert book_of({"address.country": said}) == [{"country": code, "defaultbilling": True}]


@pytest.mark.rule("C10")
@pytest.mark.parametrize("said", ["Korea", "Congo", "Virgin Islands", "Saint Martin"])
def test_a_name_of_two_countries_is_none(said: str) -> None:
    assert book_of({"address.country": said}) == [{"country": "", "defaultbilling": True}]
    expected = "billing country left empty: its name means several countries"
    assert notes_of({"address.country": said}) == expected


@pytest.mark.rule("C10")
@pytest.mark.parametrize("said", ["Atlantis", "Germani", "EU", "ZZ", "DEU", "EL", "New York, United States", "several"])
def test_anything_else_is_an_empty_country_and_never_the_default(said: str) -> None:
    row = {"address.country": said}
    assert book_of(row, CreateSettings(country="US")) == [{"country": "", "defaultbilling": True}]
    assert notes_of(row) == "billing country left empty: it is no ISO code or name"


@pytest.mark.rule("C10")
def test_no_country_is_the_default_one() -> None:
    row = {"address.city": "Springfield", "address.state": "Illinois"}
    expected = {"city": "Springfield", "country": "US", "defaultbilling": True, "state": "IL"}
    assert book_of(row, CreateSettings(country="US")) == [expected]
    assert book_of(row) == [{"city": "Springfield", "defaultbilling": True, "state": "Illinois"}]
    assert notes_of(row) == "billing country is the account's country: Stripe has none"


@pytest.mark.parametrize(
    ("country", "said", "state"),
    [
        ("US", "california", "CA"),
        ("US", "ca", "CA"),
        ("CA", "Quebec", "QC"),
        ("CA", "Québec", "QC"),
        ("AU", "New South Wales", "NSW"),
        ("AU", "California", "California"),
        ("IT", "NA", "NA"),
        ("DE", "Bayern", "Bayern"),
        ("Atlantis", "California", "California"),
    ],
)
def test_a_state_is_its_code_in_the_three_countries(country: str, said: str, state: str) -> None:
    (line,) = book_of({"address.country": country, "address.state": said}) or []
    assert line["state"] == state


def test_every_listed_name_means_its_country_or_several() -> None:
    listed: dict[str | None, set[str]] = {}
    for code, names in COUNTRY_NAMES.items():
        for name in (code, *names):
            listed.setdefault(key(name), set()).add(code)
    wrong = {
        name: country_code(name)
        for code, names in COUNTRY_NAMES.items()
        for name in (code, *names)
        if country_code(name) != (code if len(listed[key(name)]) == 1 else None)
    }
    assert wrong == {}
    assert {name for name, codes in listed.items() if len(codes) > 1} == {
        "korea",
        "congo",
        "virginislands",
        "saintmartin",
    }


def test_what_netsuite_calls_a_country_is_read_as_it_and_most_are_called_as_iso_has_them() -> None:
    wrong = {name: country_code(name) for code, name in NETSUITE_NAMES.items() if country_code(name) != code}
    assert wrong == {"Saint Martin": None}  # of two countries
    shown = {code: NETSUITE_NAMES[code] for code in ("US", "GB", "KR", "DE")}
    assert shown == {"US": "United States", "GB": "United Kingdom", "KR": "Korea, Republic of", "DE": "Germany"}


def test_the_tables_are_whole() -> None:
    assert len(COUNTRY_NAMES) == len(NETSUITE_NAMES) == 249 + 3
    assert all(len(code) == 2 and code.isalpha() and code.isupper() for code in COUNTRY_NAMES)
    assert {country: len(states) for country, states in STATE_NAMES.items()} == {"US": 55, "CA": 13, "AU": 8}


def test_columns_say_what_the_definition_says_of_a_country() -> None:
    names = [name.swapcase() for code, listed in COUNTRY_NAMES.items() for name in (code, *listed)]
    texts = [*names, "", "Atlantis", None, "several"]
    found = pl.DataFrame({"x": texts}).select(country_expr(pl.col("x"))).to_series().to_list()
    assert [None if code == SEVERAL else code for code in found] == [country_code(text) for text in texts]
