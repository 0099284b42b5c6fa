"""Proves what a field that should hold an id is taken for, and that no rule gives away a customer whom it may mean."""

from dataclasses import replace

import polars as pl
import pytest

from assets.matching.id_texts import one_id
from tests.assets.matching.oracle_texts import read_id
from tests.assets.matching.small_worlds import SETTINGS, customer, linked, record, verdict_of, world


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("cus_A1", "cus_A1"),
        ("cus_A1.", "cus_A1"),
        ("(cus_A1)", "cus_A1"),
        ('"cus_A1",', "cus_A1"),
        ("https://dashboard.stripe.com/customers/cus_A1", "cus_A1"),
        ("https://dashboard.stripe.com/test/customers/cus_A1/", "cus_A1"),
        ("dashboard.stripe.com/acct_1/customers/cus_A1?tab=x#y", "cus_A1"),
        ("acct_1/customers/cus_A1", "cus_A1"),
        ("https://dashboard.stripe.com/customers/user-12", "user-12"),
        ("cus_A1 (old)", None),
        ("not cus_A1", None),
        ("!cus_A1", None),
        ("cus_A1?", None),
        ("CUS_A1", None),
        ("cus_A1_old", None),
        ("gcus_A1", None),
        ("cus_A1/cus_B2", None),
        ("cus_A1 cus_B2", None),
        ("cus_A1; CUS_b2", None),
        ("", None),
    ],
)
def test_one_id_is_read_through_what_is_around_it(text: str, found: str | None) -> None:
    assert pl.select(one_id(pl.lit(text))).item() == found
    assert read_id(text) == found


@pytest.mark.rule("M10")
@pytest.mark.parametrize("field", ["stripe_id", "external_id"])
@pytest.mark.parametrize(
    "text",
    [
        *("cus_1, cus_2", "cus_2;cus_1", "cus_2\ncus_1", "cus_2 cus_1", "CUS_1", "cus_1 (old)", "cus_1_x", "x/Cus_1"),
        *("\u0441us_1", "cus\uff3f1", "old: \uff23US_1"),
        *(r"cus\_1", "cus&#95;1", "cus%5F1", "https%3A%2F%2Fdashboard.stripe.com%2Fcustomers%2Fcus_1", "?to=%2Fcus_1"),
    ],
)
def test_whom_a_field_may_mean_is_not_free_for_a_rule(field: str, text: str) -> None:
    found = verdict_of(world(customer(email="a"), record(11, {field: text}), record(12, email="a")))
    said = f"{field}: record 11 may mean this customer, but its text is not one id as Stripe has it"
    assert (found.outcome, found.evidence, found.candidate_ids, found.reason) == ("conflict", field, "11", said)


LONG = "cus_NffrFeUfNV2Hib"
_DASHBOARD = "https://dashboard.stripe.com/"


@pytest.mark.rule("M10")
@pytest.mark.parametrize("field", ["stripe_id", "external_id"])
@pytest.mark.parametrize(
    "text",
    [
        *("us_NffrFeUfNV2Hib", "cus-NffrFeUfNV2Hib", "cusNffrFeUfNV2Hib", "(NffrFeUfNV2Hib)"),
        *("cus_cus_NffrFeUfNV2Hib", "cus_cusNffrFeUfNV2Hib", "cus_Nffr FeUfNV2Hib", "cus_NffrFe\nUfNV2Hib"),
        *("NFFRFEUFNV2HIB", "cus__NffrFeUfNV2Hib", "cus_NffrFeUfNV2", "cus_NffrFeUfN...", f"{_DASHBOARD}cus_NffrFe"),
        "cus_\xa0NffrFeUfNV2Hib",
    ],
)
def test_what_is_nearly_an_id_is_not_free_for_a_rule(field: str, text: str) -> None:
    found = verdict_of(world(customer(LONG, email="a"), record(11, {field: text}), record(12, email="a")), LONG)
    if field == "external_id" and text.startswith("us_"):
        assert found.netsuite_internal_id == 12
    else:
        said = f"{field}: record 11 may mean this customer, but its text is not one id as Stripe has it"
        assert (found.outcome, found.evidence, found.candidate_ids, found.reason) == ("conflict", field, "11", said)


@pytest.mark.rule("M10")
@pytest.mark.parametrize("field", ["stripe_id", "external_id"])
def test_an_id_of_stripes_length_without_its_prefix_is_that_id(field: str) -> None:
    two = record(11, {field: LONG.removeprefix("cus_")}), record(12, email="a")
    found = verdict_of(world(customer(LONG, email="a"), *two), LONG)
    assert (found.outcome, found.netsuite_internal_id, found.evidence) == ("linked", 11, field)


@pytest.mark.parametrize("text", ["1", "cus 1", "cus_cus_1", "c u s _ 1"])
def test_a_short_id_without_its_prefix_is_looked_for_where_nothing_else_should_stand(text: str) -> None:
    other = record(12, email="a")
    assert verdict_of(world(customer(email="a"), record(11, stripe_id=text), other)).outcome == "conflict"
    assert verdict_of(world(customer(email="a"), record(11, stripe_id=f"no. {text}9"), other)).outcome == "matched"


@pytest.mark.parametrize(
    "text", ["cus_NffrF", "NffrFeUfN", "0015g00000XyZab", "Nffr Fe Uf, NV2Hib", "cus_NffrFeUfNV2Hib9"]
)
@pytest.mark.parametrize("field", ["stripe_id", "external_id"])
def test_what_may_be_anything_leaves_a_customer_to_the_rules(field: str, text: str) -> None:
    small = world(customer(LONG, email="a"), record(11, {field: text}), record(12, email="a"))
    assert verdict_of(small, LONG).netsuite_internal_id == 12


def test_the_beginning_of_several_ids_says_nothing_of_any() -> None:
    two = customer(LONG, email="a"), customer(f"{LONG[:-1]}c")
    assert verdict_of(world(*two, record(11, stripe_id=LONG[:-1]), record(12, email="a")), LONG).outcome == "matched"


@pytest.mark.rule("M10")
@pytest.mark.parametrize("field", ["stripe_id", "external_id"])
@pytest.mark.parametrize("text", ["cus_1.", "\u200bcus_1", "cus\u00ad_1", "https://x.example/customers/cus_1"])
def test_one_readable_id_links(field: str, text: str) -> None:
    small = world(customer(email="a"), record(11, {field: text}), record(12, email="a"))
    assert verdict_of(small) == linked(11, field, f"{field}: linked already")


def test_an_imported_id_is_looked_for_in_the_stripe_id_field_only() -> None:
    other = record(12, email="a")
    field = world(customer("paid", email="a"), record(11, stripe_id="Paid; user-1"), other)
    assert verdict_of(field, "paid").outcome == "conflict"
    external = world(customer("paid", email="a"), record(11, external_id="PAID 7"), other)
    assert verdict_of(external, "paid").netsuite_internal_id == 12


@pytest.mark.rule("M10")
@pytest.mark.parametrize("text", ["cus 1", "cus-1", "cus_ 1", "CUS 1 (old)"])
def test_an_id_that_is_torn_is_looked_for_where_nothing_else_should_stand(text: str) -> None:
    other = record(12, email="a")
    assert verdict_of(world(customer(email="a"), record(11, stripe_id=text), other)).outcome == "conflict"
    assert verdict_of(world(customer(email="a"), record(11, external_id=text), other)).netsuite_internal_id == 12


def test_clearer_evidence_for_the_same_record_settles_it() -> None:
    both = record(11, stripe_id="cus_1, cus_2")
    small = world(customer(metadata_netsuite_customer_id="11"), customer("cus_2"), both)
    assert verdict_of(small) == linked(11, "metadata", "metadata: linked already")
    assert verdict_of(small, "cus_2").outcome == "conflict"
    elsewhere = world(customer(metadata_netsuite_customer_id="12"), both, record(12))
    assert (verdict_of(elsewhere).outcome, verdict_of(elsewhere).candidate_ids) == ("conflict", "11 12")


def test_an_id_that_stands_there_exactly_is_not_taken_for_another_in_its_case() -> None:
    small = world(customer("cus_a"), customer("cus_A"), record(11, stripe_id="cus_a cus_9"))
    assert [verdict_of(small, id_).outcome for id_ in ("cus_a", "cus_A")] == ["conflict", "unmatched"]


def test_a_record_belongs_to_whom_a_readable_text_names() -> None:
    owner = record(11, stripe_id="https://x.example/customers/cus_1", email="a")
    settings = replace(SETTINGS, one_to_one=True)
    claimed = world(customer(), customer("cus_2", email="a"), owner, settings=settings)
    assert verdict_of(claimed).outcome == "linked"
    assert verdict_of(claimed, "cus_2").reason.endswith("claimed by cus_1, which its Stripe-id field names")


def test_invisible_characters_in_metadata_are_not_there() -> None:
    small = world(customer(metadata_netsuite_customer_id="\u200b7\ufeff"), record(7))
    assert verdict_of(small) == linked(7, "metadata", "metadata: linked already")
