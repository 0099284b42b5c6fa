"""NetSuite's texts as parameters of Stripe: what fits, what is cut, left out or refused, each with its note (P1)."""

from typing import Any

import orjson
import polars as pl
import pytest

from assets.mapping.to_stripe import fitted, new_customers, same_in_stripe
from assets.matching.to_stripe_settings import ToStripeSettings
from assets.no_values import OF_NOBODY, PLACEHOLDERS
from schemas.words import ALLOW_KEY, LINK_KEY

NO_COUNTRY = "it is not the code or the English name of one country"
NO_LANGUAGE = "it is not the tag or the name of one language"


def rows(**values: str | None) -> pl.LazyFrame:
    """One customer; `__` in a name stands for a dot."""
    return pl.LazyFrame({"internal_id": [7], **{name.replace("__", "."): [value] for name, value in values.items()}})


def one(**values: str | None) -> dict[str, object]:
    return fitted(rows(**values), PLACEHOLDERS, OF_NOBODY).collect().row(0, named=True)


def record(settings: ToStripeSettings | None = None, **values: str | None) -> dict[str, object]:
    made = new_customers(fitted(rows(**values), PLACEHOLDERS), settings or ToStripeSettings()).collect()
    text = made.item(0, "record")
    found: dict[str, object] = orjson.loads(text)
    assert text == orjson.dumps(found, option=orjson.OPT_SORT_KEYS).decode(), "it is canonical"
    return found


@pytest.mark.rule("P2")
def test_a_new_customer_names_its_record_in_the_same_call() -> None:
    assert record(email="a@x.example", name="Anna") == {
        "email": "a@x.example",
        "name": "Anna",
        "metadata": {LINK_KEY: "7"},
    }


def test_under_an_allow_list_it_says_that_it_may_be_integrated() -> None:
    made = record(ToStripeSettings(allow_list=True), metadata__tier="gold")
    assert made == {"metadata": {ALLOW_KEY: "true", LINK_KEY: "7", "tier": "gold"}}


def test_paths_become_objects_and_lists_and_a_metadata_key_may_hold_dots() -> None:
    values: dict[str, Any] = {
        "shipping__name": "Anna",
        "shipping__address__line1": "Road 1",
        "address__country": "Germany",
        "metadata__a__b": 'say "hi"',
        "preferred_locales[0]": "de",
        "preferred_locales[1]": "en",
    }
    assert record(**values) == {
        "address": {"country": "DE"},
        "metadata": {LINK_KEY: "7", "a.b": 'say "hi"'},
        "preferred_locales": ["de", "en"],
        "shipping": {"address": {"line1": "Road 1"}, "name": "Anna"},
    }


def test_numbers_stay_text() -> None:
    assert record(metadata__no="00123") == {"metadata": {LINK_KEY: "7", "no": "00123"}}


@pytest.mark.parametrize(
    ("path", "value", "fits", "said"),
    [
        ("name", "x" * 256, "x" * 256, None),
        ("name", "x" * 257, "x" * 256, "name cut to 256 characters"),
        ("name", " two\nlines ", "two lines", None),
        ("phone", "1" * 20, "1" * 20, None),
        ("phone", "1" * 21, None, "phone left out: longer than 20 characters"),
        ("phone", "4.93012E+11", None, None),
        ("phone", "\u202a+49 30 555\u202c", "+49 30 555", None),
        ("phone", "000-000-0000", None, None),
        ("email", "an\u200bna@x.example", "anna@x.example", None),
        ("email", "anna..k.@docomo.example", "anna..k.@docomo.example", None),
        ("email", "none@none.org", None, None),
        ("description", "two\nlines", "two\nlines", None),
        ("description", "x" * 5_001, "x" * 5_000, "description cut to 5000 characters"),
        ("metadata.k", "x" * 501, None, "metadata.k left out: longer than 500 characters"),
        ("address.country", "NA", "NA", None),
        ("address.country", "United Kingdom (GB)", "GB", None),
        ("address.country", "Congo, Democratic Republic of", "CD", None),
        ("address.country", "Nowhere", None, f"address.country left out: {NO_COUNTRY}"),
        ("address.country", "Congo", None, f"address.country left out: {NO_COUNTRY}"),
        ("metadata.k", "a\x05b\x00", "a b", None),
        ("description", "\x00", None, None),
        ("preferred_locales[0]", "English (U.S.)", "en-US", None),
        ("preferred_locales[0]", "de_DE", "de-DE", None),
        ("preferred_locales[0]", "Klingon", None, f"preferred_locales[0] left out: {NO_LANGUAGE}"),
        ("tax_exempt", "Reverse", "reverse", None),
        ("tax_exempt", "yes", None, "tax_exempt left out: expected none or exempt or reverse"),
        ("email", "anna+tag@x.example", "anna+tag@x.example", None),
        ("name", "N/A", None, None),
    ],
)
def test_what_does_not_fit_is_cut_or_left_out(path: str, value: str, fits: str | None, said: str | None) -> None:
    found = one(**{path.replace(".", "__"): value})
    assert (found[path], found["notes"]) == (fits, said)


@pytest.mark.parametrize(
    "email",
    [
        *("a@x.example, b@x.example", "anna", f"{'a' * 512}@x.example", "anna@x..example", "anna@x.example."),
        *("'anna@x.example'", '"anna"@x.example', "[anna@x.example]", "anna@x.example/", "anna@x.example?subject=1"),
        *("\u200eanna@x.example", "anna@x\u00ad.example", "anna\uff20x.example", "anna@x\uff0eexample"),
    ],
)
def test_without_a_good_e_mail_no_customer_is_made(email: str) -> None:
    found = one(email=email)
    assert (found["email"], found["refused"]) == (
        None,
        "its e-mail is not one address of at most 512 visible characters",
    )
    assert one(email=None)["refused"] is None


@pytest.mark.parametrize("given", [{"shipping__name": "Anna"}, {"shipping__address__city": "Bonn"}])
def test_half_a_shipping_address_is_left_out(given: dict[str, str]) -> None:
    both = {"shipping__name": None, "shipping__address__city": None, **given}
    found = one(**both)
    assert [found[name.replace("__", ".")] for name in both] == [None, None]
    assert found["notes"] == "shipping left out: Stripe takes a name and an address, or neither"


def test_blank_is_told_apart_from_left_out() -> None:
    assert [one(phone=value)["blank phone"] for value in (None, " ", "1" * 21)] == [True, True, False]


@pytest.mark.parametrize(
    ("path", "ours", "theirs", "same"),
    [
        ("address.country", "DE", "Germany", True),
        ("address.country", "DE", "France", False),
        ("address.state", "California", "CA", True),
        ("address.state", "California", "NY", False),
        ("name", "Anna", " Anna", True),
        ("name", "Anna", "anna", False),
        ("name", "Anna", None, False),
    ],
)
def test_what_says_the_same_is_no_change(path: str, ours: str, theirs: str | None, same: bool) -> None:
    texts = {"ours": [ours], "theirs": [theirs], "address.country": ["US"]}
    frame = pl.DataFrame(texts, schema=dict.fromkeys(texts, pl.String))
    assert frame.select(same_in_stripe(path, pl.col("ours"), pl.col("theirs"))).item() is same
