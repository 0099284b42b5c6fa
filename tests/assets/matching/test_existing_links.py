"""One small world for each way in which a link can stand already, or only seem to."""

import pytest

from tests.assets.matching.oracle import Verdict, verdicts
from tests.assets.matching.small_worlds import customer, linked, record, verdict_of, world

NETSUITE = "https://1234567.app.netsuite.com/app/"


@pytest.mark.rule("M7")
@pytest.mark.rule("M9")
@pytest.mark.parametrize("named", ["9", "007", "7.0", "7E+00", "a@b.com"])
def test_metadata_that_names_no_customer_is_broken_and_no_rule_is_tried(named: str) -> None:
    small = world(customer(email="a", metadata_netsuite_customer_id=named), record(7, email="a", stripe_id="cus_1"))
    says = f"is {named}, and NetSuite has no such customer"
    if named in {"007", "7.0", "7E+00"}:
        form = "a number with separators, decimals, exponent, apostrophe or leading zeros"
        says = f"is {named}, {form}: write the internal id alone"
    elif not named.isdigit():
        says = "is not the internal id of any NetSuite customer: a whole number without anything else"
    reason = f"metadata: netsuite_customer_id {says}"
    assert verdict_of(small) == Verdict("cus_1", "broken", evidence="metadata", reason=reason)


@pytest.mark.rule("M10")
def test_a_filled_stripe_id_field_is_sticky() -> None:
    small = world(customer(email="new"), record(7, email="old", stripe_id=" cus_1"), record(8, email="new"))
    assert verdict_of(small) == linked(7, "stripe_id", "stripe_id: linked already")


@pytest.mark.rule("X5")
def test_links_that_agree_are_all_named() -> None:
    both = record(7, stripe_id="cus_1", external_id="cus_1")
    small = world(customer(metadata_netsuite_customer_id="7"), both)
    assert verdict_of(small) == linked(7, "metadata", "metadata, stripe_id, external_id: linked already")


@pytest.mark.rule("X5")
def test_links_that_disagree_are_a_conflict() -> None:
    small = world(customer(metadata_netsuite_customer_id="118"), record(118), record(40, external_id="cus_1"))
    reason = "metadata, external_id: 2 different records are named: 40, 118"
    assert verdict_of(small) == Verdict("cus_1", "conflict", None, "metadata", 2, "40 118", reason)


@pytest.mark.rule("X5")
def test_a_doubled_link_is_a_conflict() -> None:
    small = world(customer(), record(7, stripe_id="cus_1"), record(8, stripe_id="cus_1"))
    reason = "stripe_id: 2 different records are named: 7, 8"
    assert verdict_of(small) == Verdict("cus_1", "conflict", None, "stripe_id", 2, "7 8", reason)


@pytest.mark.rule("M10")
def test_ids_are_compared_as_exact_text() -> None:
    small = world(customer("cus_a"), customer("cus_A"), record(7, stripe_id="cus_A"), record(8, external_id="cus_ a"))
    assert verdict_of(small, "cus_a").outcome == "unmatched"
    assert verdict_of(small, "cus_A").netsuite_internal_id == 7


def test_an_id_in_comments_links_before_any_rule() -> None:
    small = world(customer(email="a"), record(7, comments="old\ncus_1; new"), record(8, email="a"))
    assert verdict_of(small) == linked(7, "comments", "comments: hold the id of this customer")


@pytest.mark.rule("M5")
def test_several_comments_are_ambiguous() -> None:
    small = world(customer(), record(7, comments="cus_1"), record(8, comments="cus_1"))
    reason = "comments: hold the id of this customer; 1 other record shares it: 8; the lowest internal id is used"
    assert verdict_of(small) == Verdict("cus_1", "ambiguous", 7, "comments", 2, "7 8", reason)


def test_metadata_that_is_a_placeholder_is_no_link() -> None:
    none = world(customer("cus_1", email="a", metadata_netsuite_customer_id="null"), record(7, email="a"))
    assert verdict_of(none) == verdicts(none)[0]
    assert verdict_of(none).outcome == "matched"


@pytest.mark.rule("M7")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{NETSUITE}common/entity/custjob.nl?id=99", "is an address: write the internal id alone, the number be"),
        (
            f"{NETSUITE}common/entity/custjob.nl?e=T&id=7",
            "is an address: write the internal id alone, the number behind",
        ),
        (
            f"{NETSUITE}accounting/transactions/custinvc.nl?id=7",
            "is an address, and of no NetSuite customer: write the",
        ),
        (
            "https://app.hubspot.com/contacts/123/company/7",
            "is an address, and of no NetSuite customer: write the inte",
        ),
        ("app.hubspot.com/contacts/123/company/7", "is an address, and of no NetSuite customer: write the internal id"),
        ("www.acme.example", "is an address, and of no NetSuite customer"),
        ("a/b", "is not the internal id of any NetSuite customer"),
    ],
)
def test_an_address_in_metadata_is_told_from_that_of_a_record(text: str, said: str) -> None:
    found = verdict_of(world(customer(metadata_netsuite_customer_id=text), record(7)))
    assert found.outcome == "broken"
    assert found.reason.startswith(f"metadata: netsuite_customer_id {said}")
