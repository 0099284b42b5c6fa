"""Who gets a record that several customers find, where it may belong to one only."""

from dataclasses import replace

import pytest

from assets.matching import one_to_one
from schemas.link_fields import BY_NAME
from tests.assets.matching.oracle import Verdict
from tests.assets.matching.small_worlds import SETTINGS, customer, record, verdict_of, world
from tests.assets.matching.worlds import matches_of

ONE_TO_ONE = replace(SETTINGS, one_to_one=True)


@pytest.mark.rule("M5")
def test_one_to_one_gives_the_record_to_the_older_customer() -> None:
    shared = record(7, email="a")
    small = world(customer("cus_1", minute=1, email="a"), customer("cus_2", email="a"), shared, settings=ONE_TO_ONE)
    reason = "email = email: equal; record 7 is claimed by cus_2, which is older"
    assert verdict_of(small) == Verdict("cus_1", "conflict", None, "email = email", 1, "7", reason)
    assert verdict_of(small, "cus_2").outcome == "matched"


def test_seconds_do_not_make_a_customer_older() -> None:
    late, early = customer("cus_1", minute=0.9, email="a"), customer("cus_2", minute=0.1, email="a")
    small = world(late, early, record(7, email="a"), settings=ONE_TO_ONE)
    assert verdict_of(small, "cus_1").outcome == "matched"
    assert verdict_of(small, "cus_2").outcome == "conflict"


@pytest.mark.rule("M10")
@pytest.mark.parametrize(
    ("holder", "says"),
    [
        ("cus_2", "cus_2, which its Stripe-id field names"),
        ("cus_gone", "cus_gone, which its Stripe-id field names"),
        ("jane@example.com", "what its Stripe-id field names"),
    ],
)
def test_one_to_one_leaves_a_held_record_to_its_holder(holder: str, says: str) -> None:
    held = record(7, email="a", stripe_id=holder)
    small = world(customer(email="a"), customer("cus_2", minute=9), held, settings=ONE_TO_ONE)
    reason = f"email = email: equal; record 7 is claimed by {says}"
    assert verdict_of(small) == Verdict("cus_1", "conflict", None, "email = email", 1, "7", reason)


@pytest.mark.rule("M10")
@pytest.mark.parametrize("nothing", ["N/A", " - None - ", "#REF!", " "])
def test_a_field_that_holds_a_placeholder_has_no_holder(nothing: str) -> None:
    held = record(7, email="a", stripe_id=nothing)
    small = world(customer("cus_1", email="a"), customer("cus_2", minute=9, email="a"), held, settings=ONE_TO_ONE)
    assert [verdict_of(small, c).outcome for c in ("cus_1", "cus_2")] == ["matched", "conflict"]


@pytest.mark.rule("M8")
def test_one_to_one_never_turns_an_override_into_a_conflict() -> None:
    held = record(7, stripe_id="cus_3")
    small = world(customer("cus_1"), customer("cus_2"), customer("cus_3"), held, settings=ONE_TO_ONE, cus_1=7, cus_2=7)
    assert [verdict_of(small, c).outcome for c in ("cus_1", "cus_2", "cus_3")] == ["matched", "matched", "linked"]


@pytest.mark.rule("M8")
def test_one_to_one_gives_the_record_to_the_override() -> None:
    small = world(
        customer("cus_1", email="a"),
        customer("cus_2", minute=5),
        record(7, email="a"),
        settings=ONE_TO_ONE,
        cus_2=7,
    )
    reason = "email = email: equal; record 7 is claimed by cus_2, which a person linked to it"
    assert verdict_of(small) == Verdict("cus_1", "conflict", None, "email = email", 1, "7", reason)


def test_several_fields_for_stripe_ids_are_asked_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    second = replace(BY_NAME["external_id"], foreign_values=False)
    monkeypatch.setattr(one_to_one, "_OWNER_FIELDS", [BY_NAME["stripe_id"], second])
    records = [record(7, email="a", external_id="cus_9"), record(8, email="b", external_id="x", stripe_id="cus_8")]
    small = world(customer("cus_1", email="a"), customer("cus_2", email="b"), *records, settings=ONE_TO_ONE)
    assert matches_of(small).get_column("reason").to_list() == [
        "email = email: equal; record 7 is claimed by cus_9, which its External ID names",
        "email = email: equal; record 8 is claimed by cus_8, which its Stripe-id field names",
    ]
