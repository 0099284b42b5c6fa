"""Which Stripe customer a NetSuite customer is, looked for from its own side: a small world for each rule (P2)."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from assets.matching.directions import both_ways, undecided
from assets.matching.in_stripe import find_in_stripe
from assets.matching.to_stripe_settings import ToStripeSettings
from schemas.matches import Matches
from schemas.stripe_matches import StripeMatches
from schemas.validation import violations

START = datetime(2026, 1, 1, tzinfo=UTC)
Row = Mapping[str, object]
Kind = pl.DataType | type[pl.DataType]
_STRIPE: dict[str, Kind] = {"id": pl.String, "created": pl.Datetime("us", "UTC"), "email": pl.String}
_RECORDS: dict[str, Kind] = {
    "internal_id": pl.Int64,
    "is_customer": pl.Boolean,
    "inactive": pl.Boolean,
    "external_id": pl.String,
    "stripe_id": pl.String,
    "company_name": pl.String,
    "subsidiary": pl.String,
}
_MATCHES: dict[str, Kind] = {
    "stripe_customer_id": pl.String,
    "outcome": pl.String,
    "netsuite_internal_id": pl.Int64,
    "evidence": pl.String,
    "candidates": pl.UInt32,
    "candidate_ids": pl.String,
    "reason": pl.String,
}


def customer(name: str, email: str | None, outcome: str = "unmatched", record: int | None = None, **more: str) -> Row:
    """A Stripe customer, and what the other direction says of it."""
    said = {"outcome": outcome, "netsuite_internal_id": record, "evidence": None, "candidate_ids": None, **more}
    return {"id": name, "email": email, "matches": {"stripe_customer_id": name, "candidates": 0, "reason": "", **said}}


def record(number: int, email: str | None, **fields: object) -> Row:
    usual = {"is_customer": True, "inactive": False} | dict.fromkeys(list(_RECORDS)[3:])
    return {"internal_id": number, "email": email, **usual, **fields}


def matches_of(customers: list[Row]) -> pl.LazyFrame:
    return pl.LazyFrame([each["matches"] for each in customers], schema=_MATCHES)


def found(
    customers: list[Row], records: list[Row], settings: ToStripeSettings | None = None, unseen: tuple[int, ...] = ()
) -> pl.DataFrame:
    """What is said of the records; those that are `unseen` only the search for Stripe has."""
    stripe = [{**each, "created": START + timedelta(minutes=at)} for at, each in enumerate(customers)]
    said = find_in_stripe(
        pl.LazyFrame([{"internal_id": each["internal_id"], "email": each["email"]} for each in records]),
        pl.LazyFrame([each for each in records if each["internal_id"] not in unseen], schema=_RECORDS),
        pl.LazyFrame(stripe, schema=_STRIPE),
        matches_of(customers),
        settings or ToStripeSettings(),
    ).collect()
    assert violations(StripeMatches, said, "netsuite_internal_id") == []
    assert said.get_column("netsuite_internal_id").to_list() == sorted(
        int(str(each["internal_id"])) for each in records
    )
    return said


def outcomes(said: pl.DataFrame) -> list[tuple[str, str | None]]:
    return list(said.select("outcome", "stripe_customer_id").iter_rows())


def reason(said: pl.DataFrame) -> str:
    return str(said.item(0, "reason"))


@pytest.mark.rule("P2")
@pytest.mark.rule("M4")
def test_one_customer_with_the_same_key_that_is_nobodys_is_found() -> None:
    said = found([customer("cus_1", "Anna@ACME.example ")], [record(7, "anna@acme.example")])
    assert outcomes(said) == [("matched", "cus_1")]
    assert reason(said) == "email = email, from NetSuite: equal"


@pytest.mark.rule("M10")
@pytest.mark.rule("P3")
@pytest.mark.parametrize(("holds", "own"), [("cus_2", "cus_2"), (None, "cus_1"), ("cus_9", "cus_1")])
def test_of_several_customers_of_a_record_its_own_is_whom_its_field_names_or_else_the_oldest(
    holds: str | None, own: str
) -> None:
    customers = [customer(f"cus_{number}", None, "linked", 7, evidence="metadata") for number in (1, 2, 3)]
    assert outcomes(found(customers, [record(7, "a@x.example", stripe_id=holds)])) == [("linked", own)]


@pytest.mark.rule("P2")
def test_a_customer_of_another_record_does_not_count() -> None:
    customers = [customer("cus_1", "a@x.example", "linked", 99), customer("cus_2", "a@x.example")]
    assert outcomes(found(customers, [record(7, "a@x.example")])) == [("matched", "cus_2")]


@pytest.mark.rule("P2")
def test_where_another_record_has_the_only_one_a_person_decides() -> None:
    said = found([customer("cus_1", "a@x.example", "matched", 99)], [record(7, "a@x.example")])
    assert outcomes(said) == [("conflict", None)]
    assert reason(said) == "cus_1, which has its email, is another record's customer"
    own = found(
        [customer("cus_1", "a@x.example", "matched", 99)],
        [record(7, "a@x.example")],
        ToStripeSettings(makes_shared=True),
    )
    assert outcomes(own) == [("unmatched", None)]


@pytest.mark.rule("P2")
def test_of_several_none_is_used_unless_the_oldest_is_asked_for() -> None:
    customers = [customer("cus_b", "a@x.example"), customer("cus_a", "a@x.example")]
    said = found(customers, [record(7, "a@x.example")])
    assert outcomes(said) == [("ambiguous", None)]
    assert said.select("candidates", "candidate_ids").rows() == [(2, "cus_b cus_a")]
    first = found(customers, [record(7, "a@x.example")], ToStripeSettings(uses_first=True))
    assert outcomes(first) == [("matched", "cus_b")]


@pytest.mark.rule("P2")
@pytest.mark.parametrize("customers", [[], [customer("cus_1", "a@x.example")]])
def test_records_that_share_a_value_are_a_conflict(customers: list[Row]) -> None:
    said = found(customers, [record(7, "a@x.example"), record(8, "A@x.example")])
    assert outcomes(said) == [("conflict", None)] * 2
    assert reason(said) == "2 records without a Stripe customer share its email: 7, 8"
    own = found(customers, [record(7, "a@x.example"), record(8, "A@x.example")], ToStripeSettings(makes_shared=True))
    assert outcomes(own) == [("conflict" if customers else "unmatched", None)] * 2  # it is of one alone


@pytest.mark.rule("P2")
@pytest.mark.rule("D6")
@pytest.mark.parametrize(
    ("external_id", "customers", "settings", "outcome"),
    [
        ("cus_9", [], ToStripeSettings(creates=True), ("broken", None)),
        (" https://dashboard.stripe.com/customers/cus_9", [], ToStripeSettings(creates=True), ("broken", None)),
        ("cus_9", [], ToStripeSettings(creates=True, makes_shared=True), ("unmatched", None)),
        ("cus_9", [], ToStripeSettings(), ("unmatched", None)),
        ("C-1001", [], ToStripeSettings(creates=True), ("unmatched", None)),
        ("cus_9", [customer("cus_1", "a@x.example")], ToStripeSettings(creates=True), ("matched", "cus_1")),
        ("cus_1", [customer("cus_1", None, evidence="override")], ToStripeSettings(creates=True), ("unmatched", None)),
    ],
)
def test_a_record_of_a_customer_whom_this_account_has_not_gets_no_further_one(
    external_id: str, customers: list[Row], settings: ToStripeSettings, outcome: tuple[str, str | None]
) -> None:
    said = found(customers, [record(7, "a@x.example", external_id=external_id)], settings)
    assert outcomes(said) == [outcome]
    assert ("names cus_9, and Stripe has no such customer: deleted" in reason(said)) == (outcome[0] == "broken")


@pytest.mark.rule("P3")
@pytest.mark.rule("M10")
@pytest.mark.parametrize(
    ("held", "customers", "outcome", "why"),
    [
        (
            "cus_9",
            [customer("cus_9", "old@x.example", "linked", 7, evidence="stripe_id")],
            ("linked", "cus_9"),
            "cus_9 is its customer",
        ),
        ("cus_9", [customer("cus_9", "a@x.example", "held")], ("conflict", None), "names cus_9, which is held"),
        ("cus_9", [customer("cus_1", "a@x.example")], ("broken", None), "and Stripe has no such customer"),
        ("acct_9", [customer("cus_1", "a@x.example")], ("broken", None), "is not the id of a Stripe customer (cus_…)"),
    ],
)
def test_a_filled_stripe_id_stays_whatever_the_e_mail_says(
    held: str, customers: list[Row], outcome: tuple[str, str | None], why: str
) -> None:
    said = found(customers, [record(7, "a@x.example", stripe_id=held)])
    assert outcomes(said) == [outcome]
    assert why in reason(said)


def test_a_placeholder_is_no_stripe_id() -> None:
    said = found([customer("cus_1", "a@x.example")], [record(7, "a@x.example", stripe_id="- None -")])
    assert outcomes(said) == [("matched", "cus_1")]


def test_a_record_that_an_undecided_customer_may_be_waits_for_the_decision() -> None:
    undecided_one = customer("cus_1", "other@x.example", "ambiguous", candidate_ids="7 8")
    said = found([undecided_one, customer("cus_2", "a@x.example")], [record(7, "a@x.example")])
    assert outcomes(said) == [("conflict", None)]
    assert reason(said) == "cus_1, which is undecided, may be its customer"


@pytest.mark.parametrize("state", ["broken", "conflict", "held"])
def test_a_customer_that_waits_itself_is_given_to_nobody(state: str) -> None:
    said = found([customer("cus_1", "a@x.example", state, evidence="metadata")], [record(7, "a@x.example")])
    assert outcomes(said) == [("conflict", None)]


@pytest.mark.rule("M8")
def test_whom_a_person_never_links_does_not_count() -> None:
    said = found([customer("cus_1", "a@x.example", "held", evidence="override")], [record(7, "a@x.example")])
    assert outcomes(said) == [("unmatched", None)]


@pytest.mark.rule("P4")
@pytest.mark.parametrize("email", [None, " ", "N/A"])
def test_without_a_value_nobody_is_looked_for(email: str | None) -> None:
    said = found([customer("cus_1", email)], [record(7, email)])
    assert outcomes(said) == [("unmatched", None)]
    assert reason(said).startswith("no value in email")


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"is_customer": False}, "a lead or prospect"),
        ({"inactive": True}, "inactive"),
        ({"subsidiary": "Acme Inc."}, "another subsidiary"),
        ({"subsidiary": None}, "another subsidiary"),
        ({"subsidiary": "acme UK", "external_id": "stripe-unallocated-charges"}, "it stands for all"),
        ({"subsidiary": "acme UK", "company_name": "Stripe Unallocated Charges"}, "it stands for all"),
    ],
)
def test_what_does_not_go_to_stripe_is_held(fields: dict[str, object], why: str) -> None:
    settings = ToStripeSettings(subsidiaries=frozenset({"acmeuk"}))
    said = found([customer("cus_1", "a@x.example")], [record(7, "a@x.example", **fields)], settings)
    assert outcomes(said) == [("held", None)]
    assert why in reason(said)


def test_a_record_that_the_search_of_all_customers_has_not_is_held() -> None:
    said = found([customer("cus_1", "a@x.example")], [record(7, "a@x.example")], unseen=(7,))
    assert outcomes(said) == [("held", None)]


@pytest.mark.rule("C1")
def test_who_is_counted_to_the_one_for_all_is_nobodys() -> None:
    said = found([customer("cus_1", "a@x.example", "global", 99)], [record(7, "a@x.example")])
    assert outcomes(said) == [("matched", "cus_1")]


@pytest.mark.rule("M12")
def test_what_is_found_joins_the_matches_and_nothing_else_of_them_changes() -> None:
    customers = [customer("cus_1", "a@x.example"), customer("cus_2", "b@x.example", "linked", 9)]
    before = matches_of(customers)
    said = found(customers, [record(7, "a@x.example")])
    both = both_ways(before, said.lazy()).collect()
    assert violations(Matches, both, "stripe_customer_id") == []
    assert both.select("stripe_customer_id", "outcome", "netsuite_internal_id", "candidate_ids").rows() == [
        ("cus_1", "matched", 7, "7"),
        ("cus_2", "linked", 9, None),
    ]
    assert both_ways(before, said.lazy().clear()).collect().equals(before.collect())


def test_whoever_some_record_may_be_gets_no_new_record_either() -> None:
    customers = [customer("cus_1", "a@x.example"), customer("cus_2", "b@x.example")]
    said = found(customers, [record(7, "a@x.example"), record(8, "a@x.example")])
    assert undecided(said.lazy()).collect().to_series().to_list() == ["cus_1"]


def test_another_field_can_be_the_one() -> None:
    stripe = pl.LazyFrame({"id": ["cus_1"], "created": [START], "metadata.no": ["k 1"]}, schema_overrides=_STRIPE)
    said = find_in_stripe(
        pl.LazyFrame({"internal_id": [7], "metadata.no": ["K1"]}),
        pl.LazyFrame([record(7, None)], schema=_RECORDS),
        stripe,
        matches_of([customer("cus_1", None)]),
        ToStripeSettings(sync_path="metadata.no"),
    )
    assert outcomes(said.collect()) == [("matched", "cus_1")]
