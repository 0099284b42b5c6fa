"""What NetSuite refuses of a new customer is left out, told of that record alone, or stops all; it is never guessed."""

from collections.abc import Callable

import pytest

from sandbox.netsuite_standin import Account, World
from sandbox.netsuite_standin.new_customers import NEW
from tests.suitescript.new_customers import EUROS, SEES_CURRENCIES, create, item, made


@pytest.mark.rule("C3")
def test_a_name_that_somebody_has_taken_meanwhile_gets_the_stripe_id_behind_it() -> None:
    world = World()
    world.insert(7, entityid="x" * 80)
    outcome = made(world, item(entityid="X" * 80))
    assert world.value(outcome["id"], "entityid") == "X" * 72 + " (cus_1)"
    assert (outcome["outcome"], outcome["code"]) == ("made", "UNIQUE_CUST_ID_REQD")
    assert outcome["message"] == "entity id has the Stripe id behind it: another has the name"


@pytest.mark.parametrize(
    ("field", "code", "message"),
    [
        ("email", "VALID_EMAIL_REQD", "Inserire un indirizzo valido."),
        ("email", "USER_ERROR", "Invalid email address"),
        ("phone", "VALID_PHONE_NUM_REQD", "Enter a phone number."),
        ("phone", "USER_ERROR", "field phone contained more than the maximum number (32) of characters allowed."),
    ],
)
def test_an_optional_field_that_netsuite_refuses_is_left_out_and_said_to_be(
    field: str, code: str, message: str
) -> None:
    world = World()
    world.refuse(NEW, field, code, message)
    outcome = made(world, item(email="cus_1", phone="1234567"))
    assert world.value(outcome["id"], field) is None
    assert world.value(outcome["id"], {"email": "phone", "phone": "email"}[field]) is not None
    words = {"email": "e-mail", "phone": "phone"}[field]
    assert (outcome["code"], outcome["message"]) == (code, f"{words} left out: NetSuite refuses it ({code})")


@pytest.mark.rule("C10")
def test_a_state_or_an_empty_country_that_netsuite_refuses_is_left_out() -> None:
    strict = Account(free_form_states=False, takes_empty_countries=False)
    world = World(account=strict)
    outcome = made(world, item(book=[{"country": "US", "state": "Anywhere"}, {"country": "", "city": "X"}]))
    assert world.customers[outcome["id"]].addresses == [{"country": "US"}]
    assert outcome["message"].startswith("state left out: NetSuite refuses it (USER_ERROR); address left out")
    kept = World()
    outcome = made(kept, item(book=[{"country": "", "city": "X"}, {"city": "Y"}]))
    assert [line["country"] for line in kept.customers[outcome["id"]].addresses] == ["", "US"]


@pytest.mark.rule("C15")
@pytest.mark.rule("W9")
def test_a_record_that_is_there_though_netsuite_told_an_error_is_made() -> None:
    world = World()
    world.fails_after_creation = ("UNEXPECTED_ERROR", "A script failed.")
    outcome = made(world, item())
    assert (outcome["outcome"], outcome["code"], len(world.customers)) == ("made", "UNEXPECTED_ERROR", 1)
    assert outcome["message"] == "NetSuite reported an error once the record was saved: A script failed."


def _cannot_be_asked(world: World, operation: str) -> Callable[[], None]:
    def act() -> None:
        world.interfere(operation, lambda: (_ for _ in ()).throw(OSError("gone")))

    return act


def test_where_nobody_can_say_what_a_refused_save_left_it_is_unknown() -> None:
    world = World()
    world.fails_after_creation = ("UNEXPECTED_ERROR", "A script failed.")
    world.interfere("record.save", _cannot_be_asked(world, "search.getRange"))
    outcome = made(world, item())
    assert (outcome["outcome"], outcome["code"]) == ("unknown", "UNEXPECTED_ERROR")


def test_what_was_made_and_cannot_be_read_back_is_made_and_unfit() -> None:
    world = World()
    world.interfere("record.save", _cannot_be_asked(world, "record.load"))
    outcome = made(world, item())
    assert (outcome["outcome"], outcome["isFit"], outcome["id"]) == ("made", False, 1)
    assert outcome["message"].startswith("it was made, but cannot be read: ")


@pytest.mark.rule("C12")
def test_all_active_currencies_are_added_where_the_account_has_several() -> None:
    wanted = item()
    wanted["record"] |= {"currencies": "active", "currency": "EUR"}
    world = World(account=EUROS)
    outcome = made(world, wanted, options=SEES_CURRENCIES)
    assert world.customers[outcome["id"]].currencies == ["1", "3"]
    assert world.value(outcome["id"], "currency") == "3"
    beside = World(account=EUROS)
    create(beside, item("cus_2"), wanted, options=SEES_CURRENCIES)
    assert [customer.currencies for customer in beside.customers.values()] == [[], ["1", "3"]]
    single = World()
    outcome = made(single, wanted)
    assert (single.customers[outcome["id"]].currencies, single.value(outcome["id"], "currency")) == ([], None)


def test_a_currency_that_the_account_does_not_have_fails_and_currencies_out_of_sight_stop_everything() -> None:
    wanted = item()
    wanted["record"] |= {"currencies": "active", "currency": "GBP"}
    outcome = made(World(account=EUROS), wanted, options=SEES_CURRENCIES)
    assert (outcome["code"], outcome["message"]) == ("CURRENCY_NOT_FOUND", "The account has no active currency GBP.")
    answer = create(World(account=EUROS), wanted)
    assert answer["error"]["code"] == "MAY_NOT_SEE_CURRENCIES"
    assert "Lists > Currency (View)" in answer["error"]["message"]
