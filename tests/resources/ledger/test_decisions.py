"""What persons decided."""

from datetime import UTC, datetime, timedelta

import pytest

from resources.ledger import Decisions, Ledger
from schemas.words import InternalId, StripeId
from tests.resources.ledger.ledger_rows import rows


@pytest.mark.rule("M8")
def test_the_last_decision_counts_and_all_are_kept(opened: Ledger) -> None:
    decisions = Decisions(opened, "acme")
    decisions.decide(StripeId("cus_2"), "link", InternalId(7), "ada", "same company")
    decisions.decide(StripeId("cus_1"), "link", InternalId(5), "ada", "told by phone")
    decisions.decide(StripeId("cus_1"), "never", None, "bob", "a test customer")
    decisions.decide(StripeId("cus_2"), "withdrawn", None, "bob", "was wrong")
    standing = decisions.standing().select("stripe_customer_id", "netsuite_internal_id", "who", "why")
    assert standing.rows() == [("cus_1", None, "bob", "a test customer")]
    assert rows(opened, "SELECT who, kind FROM ledger_decision ORDER BY number") == [
        ("ada", "link"),
        ("ada", "link"),
        ("bob", "never"),
        ("bob", "withdrawn"),
    ]
    assert {customer: decision.kind for customer, decision in decisions.last().items()} == {
        "cus_1": "never",
        "cus_2": "withdrawn",
    }


@pytest.mark.rule("D6")
def test_what_was_decided_since_is_of_one_declaration_alone(opened: Ledger) -> None:
    ours, others = Decisions(opened, "acme"), Decisions(opened, "other")
    ours.decide(StripeId("cus_1"), "never", None, "ada", "a test customer")
    others.decide(StripeId("cus_2"), "never", None, "bob", "a test customer")
    before, now = (datetime.now(UTC) + timedelta(hours=hours) for hours in (-1, 1))
    assert (ours.since(before).customers, ours.since(before).who) == (1, "ada")
    assert ours.since(now).customers == 0
