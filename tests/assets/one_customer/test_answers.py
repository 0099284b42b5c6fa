"""An answer says what was done or why not, in words of a person."""

from datetime import UTC, datetime

import pytest

from assets.one_customer.answers import answer_of, of_nothing_to_do, of_what_waits, of_what_was_done
from schemas.attempts import Attempt, ChangeResult, Entry, Status
from schemas.change import Change
from schemas.words import Action, InternalId, StripeId, System

WHO = "This customer is cus_1 in Stripe."
AT = datetime(2026, 11, 1, tzinfo=UTC)


def change(field: str, action: Action = "set", system: System = "netsuite") -> Change:
    name = f"{system}:7:{field}"
    return Change(name, system, "7", field, action, None, "cus_1", StripeId("cus_1"), InternalId(7))


def entry(made: Change, status: Status, code: str | None = None, error: str | None = None) -> Entry:
    result = ChangeResult(status, code=code, error=error, result_id="cus_new" if made.action == "create" else None)
    return Entry(Attempt("plan", made, "apply", 1, 1), result, "run", AT)


@pytest.mark.rule("P5")
def test_what_was_written_is_counted_and_named_once() -> None:
    done = [entry(change("stripe_id"), "applied"), entry(change("email", system="stripe"), "applied")]
    done.append(entry(change("comments", "append"), "already"))
    assert of_what_was_done(WHO, done, []) == (
        f"{WHO} Changes: 2 written, 1 there already. Written: Stripe-id field, email."
    )


@pytest.mark.rule("P5")
def test_who_was_made_is_named_by_the_new_id() -> None:
    done = [entry(change("record", "create", "stripe"), "applied"), entry(change("stripe_id"), "applied")]
    assert of_what_was_done("In Stripe this customer is unmatched.", done, []).startswith(
        "cus_new was made in Stripe for this customer. Changes: 2 written."
    )


@pytest.mark.rule("P5")
def test_what_was_refused_says_why_and_what_follows_from_it_waits() -> None:
    done = [entry(change("external_id"), "failed", "DUP_RCRD", "This record already exists")]
    done += [entry(change("stripe_id"), "conflict")]
    said = of_what_was_done(WHO, done, [change("metadata.netsuite_customer_id", system="stripe")])
    assert said == (
        f"{WHO} Changes: 1 refused, 1 left, because somebody else's value is there, 1 waiting for what was refused. "
        "External ID: DUP_RCRD: This record already exists; Stripe-id field: left, because somebody else's value is "
        "there."
    )


def test_the_words_of_a_service_stand_in_the_record_only() -> None:
    done = [entry(change("external_id"), "failed", "DUP_RCRD", "ap@acme.example has it")]
    answer = answer_of(WHO, done, [])
    assert answer.text == f"{WHO} Changes: 1 refused. External ID: DUP_RCRD: ap@acme.example has it."
    assert answer.told == f"{WHO} Changes: 1 refused. External ID: DUP_RCRD."


def test_many_refusals_are_not_all_listed() -> None:
    done = [entry(change(f"metadata.k{n}", system="stripe"), "failed", "no") for n in range(8)]
    assert of_what_was_done(WHO, done, []).endswith("metadata.k4: no; and 3 more.")


@pytest.mark.rule("P5")
def test_what_waits_names_its_fields_and_the_plan() -> None:
    changes = [change("stripe_id"), change("comments", "append")]
    assert of_what_waits(WHO, changes, "abc", "because of that") == (
        f"{WHO} Planned and not written: 2 changes (Stripe-id field, Comments), because of that. The plan is abc."
    )
    assert "1 change (" in of_what_waits(WHO, changes[:1], "abc", "because of that")


def test_nothing_to_do_is_an_answer_too() -> None:
    assert of_nothing_to_do(WHO) == f"{WHO} Nothing had to be written."
