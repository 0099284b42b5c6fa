"""The journal keeps every attempt, intent before result, and never what it has kept otherwise."""

import pytest
from sqlalchemy.exc import IntegrityError

from resources.ledger import Decisions, Journal, Ledger, Request, Requests
from schemas.attempts import ChangeResult
from schemas.words import DeclaredAccounts, StripeId
from tests.resources.ledger.ledger_rows import PRIVATE, rows, shown
from tests.resources.ledger.ledgers import ACME, PLAN, attempt, change


@pytest.mark.rule("W9")
def test_an_intent_is_unsettled_until_its_outcome_is_there(journal: Journal) -> None:
    first, second = attempt(1), attempt(2)
    journal.intend([first, second], "run")
    assert len(journal.unsettled()) == 2
    journal.settle(
        [(first, ChangeResult("conflict", found="cus_9")), (second, ChangeResult("failed", code="X", error="No."))]
    )
    assert journal.unsettled() == []
    entries = journal.latest(PLAN)
    assert entries["netsuite:1:stripe_id"].result == ChangeResult("conflict", found="cus_9")
    assert entries["netsuite:2:stripe_id"].result == ChangeResult("failed", code="X", error="No.")
    assert all(e.settled_at and e.settled_at >= e.intended_at and e.intended_at.tzinfo for e in entries.values())


@pytest.mark.rule("W9")
def test_an_outcome_is_final(journal: Journal) -> None:
    journal.intend([attempt()], "run")
    journal.settle([(attempt(), ChangeResult("applied"))])
    journal.settle([(attempt(), ChangeResult("failed", code="late"))])
    assert shown(list(journal.latest(PLAN).values())) == [("netsuite:1:stripe_id", 1, "applied", None)]


def test_the_last_attempt_counts_and_the_others_are_kept(opened: Ledger, journal: Journal) -> None:
    journal.intend([attempt()], "run 1")
    journal.settle([(attempt(), ChangeResult("failed", code="busy"))])
    journal.intend([attempt(number=2)], "run 2")
    assert shown(list(journal.latest(PLAN).values())) == [("netsuite:1:stripe_id", 2, "intended", None)]
    assert rows(opened, "SELECT attempt, status, code, run_id FROM ledger_journal ORDER BY attempt") == [
        (1, "failed", "busy", "run 1"),
        (2, "intended", None, "run 2"),
    ]


@pytest.mark.rule("W9")
def test_the_same_attempt_cannot_be_intended_twice(journal: Journal) -> None:
    journal.intend([attempt()], "run")
    with pytest.raises(IntegrityError):
        journal.intend([attempt(2), attempt()], "other run")
    assert len(journal.unsettled()) == 1


def test_what_is_read_is_what_was_written(journal: Journal) -> None:
    long = change(7, "comments", old="text of a customer")
    set_ = change(3, "external_id", old="  ")
    journal.intend([attempt(change=long, direction="undo", number=3, cycle=2), attempt(change=set_)], "run")
    found = journal.latest(PLAN)
    assert found[set_.change_id].attempt.change == set_
    entry = found[long.change_id]
    assert (entry.attempt.direction, entry.attempt.number, entry.attempt.cycle) == ("undo", 3, 2)
    assert entry.attempt.change.old_value is None  # undoing an append restores no text, so none is kept


@pytest.mark.parametrize("value", ["a\0b", "\0", "\ufffe", "\ufffe0", "\ufffee\0\0"])
def test_a_text_with_nul_is_kept_exactly(opened: Ledger, journal: Journal, value: str) -> None:
    """PostgreSQL's texts refuse it; an outcome must be there nevertheless."""
    odd = change(3, "external_id", old=value)
    journal.intend([attempt(change=odd)], "run")
    journal.settle([(attempt(change=odd), ChangeResult("conflict", found=value, code=value, error=value))])
    entry = journal.latest(PLAN)[odd.change_id]
    assert entry.attempt.change == odd
    assert entry.result == ChangeResult("conflict", found=value, code=value, error=value)
    requests = Requests(opened, ACME)
    requests.add(Request("run", "apply", PLAN, {"ids": [value]}))
    assert requests.of("run") == Request("run", "apply", PLAN, {"ids": [value]})
    Decisions(opened, "acme").decide(StripeId(f"cus_{value}"), "never", None, value, value)
    standing = Decisions(opened, "acme").standing().select("stripe_customer_id", "who", "why")
    assert standing.rows() == [(f"cus_{value}", value, value)]


@pytest.mark.rule("D6")
def test_declarations_never_see_each_other(opened: Ledger, journal: Journal) -> None:
    journal.intend([attempt()], "run")
    Requests(opened, ACME).add(Request("run", "apply", PLAN, {}))
    Decisions(opened, "acme").decide(StripeId("cus_1"), "never", None, "ada", "closed")
    accounts = DeclaredAccounts("other")
    other, requests = Journal(opened, accounts), Requests(opened, accounts)
    assert (other.unsettled(), other.latest(PLAN), requests.of("run"), requests.approvals()) == ([], {}, None, [])
    assert Decisions(opened, "other").standing().is_empty()


def test_a_refused_row_shows_no_value(journal: Journal) -> None:
    journal.intend([attempt()], "run")
    with pytest.raises(IntegrityError) as caught:
        journal.intend([attempt(change=change(1, old=PRIVATE))], "run")
    assert PRIVATE not in str(caught.value)
