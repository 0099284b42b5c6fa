"""The portal link follows from a certain link, is set once, and replaces nothing of anybody else's."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from assets.no_values import PLACEHOLDERS
from assets.planning.portal_links import held_by_others, plan_portal_links, who_gets_a_link
from assets.planning.rows import relinks
from schemas.plan import Plan
from schemas.portal import is_ours
from schemas.validation import violations
from schemas.words import LINK_FIELD
from tests.link_columns import NO_LINKS

LOGIN = "https://billing.stripe.com/p/login/test_standin"
SIGNED = "https://1.extforms.netsuite.com/app/site/hosting/scriptlet.nl?script=3&t={}.1." + "0a" * 32
_TEXTS = dict.fromkeys(NO_LINKS, pl.String)
THEIRS = "https://acme.example/portal"


def netsuite(records: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """NetSuite customers with their link fields."""
    return pl.DataFrame([{**NO_LINKS, **record} for record in records], schema_overrides=_TEXTS)


def stripe(customers: Sequence[str]) -> pl.DataFrame:
    """Stripe customers, each a minute younger than the one before."""
    created = [datetime(2026, 1, 1, 0, minute, tzinfo=UTC) for minute in range(len(customers))]
    rows = {"id": customers, "created": created, "email": [f"{name}@a.example" for name in customers]}
    return pl.DataFrame(rows).with_columns(pl.lit(None, pl.String).alias(LINK_FIELD))


def matched(*rows: tuple[str, str, int | None], doubt: str | None = None) -> pl.LazyFrame:
    """Matches: customer, outcome, record."""
    names = ("stripe_customer_id", "outcome", "netsuite_internal_id")
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names[:2], pl.String) | {names[2]: pl.Int64}, orient="row")
    return frame.lazy().with_columns(evidence=pl.lit("stripe_id"), doubt=pl.lit(doubt, pl.String))


def who(records: list[dict[str, Any]], matches: pl.LazyFrame, *, sets: bool = True) -> list[tuple[Any, ...]]:
    customers = stripe(["cus_1", "cus_2", "cus_3"])
    found = who_gets_a_link(customers.lazy(), netsuite(records).lazy(), matches, PLACEHOLDERS, sets_stripe_ids=sets)
    return found.collect().rows()


def planned(*held: tuple[int, str | None], link: str = LOGIN) -> pl.DataFrame:
    """The plan for records that hold this, each to have a link."""
    records = netsuite([{"internal_id": number} for number, _ in held]).lazy()
    there = records.with_columns(portal_link=pl.Series([text for _, text in held], dtype=pl.String))
    links = pl.LazyFrame(
        {
            "netsuite_internal_id": [number for number, _ in held],
            "stripe_customer_id": [f"cus_{number}" for number, _ in held],
            "link": [link.format(number) for number, _ in held],
        }
    )
    plan = plan_portal_links(links, there, PLACEHOLDERS).collect()
    others = held_by_others(links, there, PLACEHOLDERS).collect().to_series().to_list()
    kept = [
        number for number, text in held if (text or "").strip() not in {"", "N/A"} and not is_ours(text or "", number)
    ]
    assert others == kept
    assert violations(Plan, plan, "change_id") == []
    return plan


@pytest.mark.rule("P7")
def test_a_record_gets_the_link_of_the_customer_in_its_stripe_id_field() -> None:
    records = [{"internal_id": 7, "stripe_id": " cus_2 "}, {"internal_id": 8, "stripe_id": "cus_9"}]
    matches = matched(("cus_1", "linked", 7), ("cus_2", "linked", 7), ("cus_3", "linked", 8))
    assert who(records, matches) == [(7, "cus_2", "cus_2@a.example")]


@pytest.mark.rule("P7")
@pytest.mark.parametrize(("sets", "found"), [(True, [(7, "cus_1", "cus_1@a.example")]), (False, [])])
def test_where_the_field_is_still_empty_it_is_the_customer_whom_this_plan_puts_there(
    sets: bool, found: list[tuple[int, str, str]]
) -> None:
    matches = matched(("cus_1", "matched", 7), ("cus_2", "matched", 7))
    assert who([{"internal_id": 7, "stripe_id": "N/A"}], matches, sets=sets) == found


@pytest.mark.rule("P7")
@pytest.mark.parametrize("outcome", ["ambiguous", "conflict", "held", "unmatched", "broken", "global"])
def test_of_a_pair_that_is_not_certain_nobody_gets_the_other_ones_bills(outcome: str) -> None:
    assert who([{"internal_id": 7}], matched(("cus_1", outcome, 7))) == []


@pytest.mark.rule("P7")
def test_a_doubted_match_gets_none_until_a_person_has_let_it_be_linked() -> None:
    assert who([{"internal_id": 7}], matched(("cus_1", "matched", 7), doubt="shared")) == []
    linked = matched(("cus_1", "linked", 7), doubt="shared")
    assert who([{"internal_id": 7, "stripe_id": "cus_1"}], linked) == [(7, "cus_1", "cus_1@a.example")]


@pytest.mark.rule("P7")
@pytest.mark.parametrize("empty", [None, "", "  ", "N/A"])
def test_an_empty_field_is_set(empty: str | None) -> None:
    [row] = planned((7, empty)).rows(named=True)
    assert row == {
        "change_id": "netsuite:7:portal_link",
        "system": "netsuite",
        "record_id": "7",
        "field": "portal_link",
        "action": "set",
        "old_value": empty,
        "new_value": LOGIN,
        "reason": "is empty; the portal of the customer in its Stripe-id field",
        "stripe_customer_id": "cus_7",
        "netsuite_internal_id": 7,
    }


@pytest.mark.rule("P7")
def test_a_mass_run_writes_only_where_the_link_differs() -> None:
    plan = planned((7, LOGIN), (8, f" {LOGIN} "), (9, f"{LOGIN}?prefilled_email=old"), (10, SIGNED.format(10)))
    assert plan.get_column("record_id").to_list() == ["9", "10"]
    assert plan.get_column("reason").unique().to_list() == [
        "held a link that is out of date; the portal of the customer in its Stripe-id field"
    ]
    assert planned((7, SIGNED.format(7)), link=SIGNED).is_empty()


@pytest.mark.rule("P7")
@pytest.mark.rule("W6")
def test_somebody_elses_address_stays_and_so_does_a_link_of_another_record() -> None:
    assert planned((7, THEIRS), (8, SIGNED.format(7)), (9, "https://billing.stripe.com/p/session/x")).is_empty()


def test_a_link_written_anew_relinks_nobody() -> None:
    plan = planned((7, f"{LOGIN}?prefilled_email=old"))
    assert plan.height == 1
    assert relinks(plan.lazy()) == 0
