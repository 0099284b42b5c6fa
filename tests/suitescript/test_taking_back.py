"""What was made is taken back only as long as nobody has touched it, and in the way that was chosen."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.netsuite_standin import STRIPE_FIELD, Account, Options, World
from tests.suitescript.new_customers import item, made
from tests.suitescript.restlet import FIELDS, ask, ask_as, host_of

MAY_DELETE = Options(permissions={"LIST_CUSTJOB": 4, "LIST_FIND": 1})
DEPENDENT = "THIS_RECORD_CANNOT_BE_DELETED_BECAUSE_IT_HAS_DEPENDENT_RECORDS"
BOOK: list[dict[str, object]] = [{"country": "US", "city": "Springfield"}]


class Place:
    """A world with one customer that was made, and a clock that only the test moves."""

    def __init__(self, account: Account | None = None) -> None:
        self.moment = datetime(2026, 5, 1, 12, 0, 5, tzinfo=UTC)
        self.world = World(now=lambda: self.moment, account=account or Account())
        self.made = made(self.world, item(phone="1234567", book=BOOK))
        self.id = int(self.made["id"])

    def asked(self, **given: object) -> dict[str, object]:
        return {"key": "cus_1", "id": self.id, "witness": self.made["witness"], **given}

    def back(self, how: str = "delete", options: Options = MAY_DELETE, **given: object) -> Any:  # noqa: ANN401
        request = {"action": "take_back", "fields": FIELDS, "how": how, "records": [self.asked(**given)]}
        [outcome] = ask(self.world, request, options)["outcomes"]
        return outcome

    @property
    def is_active(self) -> bool | None:
        """None if it is not there."""
        return not self.world.value(self.id, "isinactive") if self.id in self.world.customers else None


@pytest.mark.rule("W10")
@pytest.mark.parametrize("how", ["delete", "inactivate"])
def test_what_nobody_has_touched_is_deleted_and_found_gone_afterwards(how: str) -> None:
    place = Place()
    assert place.back(how) == {"key": "cus_1", "outcome": "done"}
    assert place.is_active is None
    assert place.back(how) == {"key": "cus_1", "outcome": "already"}


def _edit_later(place: Place) -> None:
    place.moment += timedelta(minutes=1)
    place.world.edit(place.id, fax="1")


def _edit_address(place: Place) -> None:
    place.world.customers[place.id].addresses[0]["city"] = "Shelbyville"


TOUCHED: list[Callable[[Place], None]] = [
    _edit_later,
    _edit_address,
    lambda place: place.world.edit(place.id, phone="7654321"),
    lambda place: place.world.edit(place.id, externalid="cus_2"),
    lambda place: place.world.edit(place.id, isinactive=True),
]


@pytest.mark.rule("W10")
@pytest.mark.rule("X2")
@pytest.mark.parametrize("touch", TOUCHED)
def test_what_somebody_has_touched_stays_even_within_the_minute(touch: Callable[[Place], None]) -> None:
    place = Place()
    touch(place)
    outcome = place.back()
    assert (outcome["outcome"], outcome["found"]) == ("conflict", f"record {place.id} was changed since it was made")
    assert place.world.deleted == []


@pytest.mark.rule("W10")
def test_what_was_touched_is_made_inactive_where_that_is_chosen_and_once() -> None:
    place = Place()
    _edit_later(place)
    assert place.back("inactivate") == {
        "key": "cus_1",
        "outcome": "done",
        "message": f"record {place.id} was made inactive",
    }
    assert place.is_active is False
    saves = len(place.world.saves)
    assert place.back("inactivate")["outcome"] == "already"
    assert len(place.world.saves) == saves


@pytest.mark.rule("W10")
def test_what_a_transaction_depends_on_is_not_deleted() -> None:
    place = Place()
    place.world.transactions.add(place.id)
    outcome = place.back()
    assert (outcome["outcome"], outcome["code"], place.is_active) == ("failed", DEPENDENT, True)
    assert place.back("inactivate")["outcome"] == "done"
    assert place.is_active is False


@pytest.mark.rule("W10")
def test_where_it_is_only_to_be_reported_nothing_is_touched() -> None:
    place = Place()
    outcome = place.back("report")
    assert (outcome["outcome"], place.is_active) == ("conflict", True)
    assert outcome["found"] == f"record {place.id} stays, as it is only to be reported"
    place.world.delete(place.id)
    assert place.back("report")["outcome"] == "already"


@pytest.mark.parametrize("witness", [None, ""])
def test_without_a_witness_nobody_knows_and_nothing_is_deleted(witness: str | None) -> None:
    place = Place()
    assert place.back(witness=witness)["outcome"] == "conflict"
    assert place.is_active


def test_where_nobody_tells_when_a_record_was_saved_there_is_no_witness_and_nothing_is_deleted() -> None:
    place = Place(Account(modified_to="never"))
    assert place.made["witness"] is None
    assert found_again(place)["witness"] is None
    assert place.back()["outcome"] == "conflict"
    assert place.back("inactivate")["outcome"] == "done"
    assert place.is_active is False


def test_a_role_that_may_not_delete_is_told_what_it_needs_or_makes_inactive() -> None:
    place = Place()
    request = {"action": "take_back", "fields": FIELDS, "how": "delete", "records": [place.asked()]}
    answer = ask(place.world, request, Options())
    assert answer["error"]["code"] == "MAY_NOT_DELETE"
    assert "Lists > Customers (Full)" in answer["error"]["message"]
    assert place.back("inactivate", Options())["outcome"] == "done"
    assert place.is_active is False


def test_a_workflow_that_locks_the_record_is_its_own_failure_and_the_next_goes_on() -> None:
    place = Place()
    second = made(place.world, item("cus_2"))
    _edit_later(place)
    place.world.lock_by_workflow(place.id)
    records = [place.asked(), {"key": "cus_2", "id": second["id"], "witness": second["witness"]}]
    host = host_of(place.world, MAY_DELETE)
    answer = ask_as(host, {"action": "take_back", "fields": FIELDS, "how": "inactivate", "records": records})
    assert [(o["outcome"], o.get("code")) for o in answer["outcomes"]] == [
        ("failed", "RCRD_LOCKED_BY_WF"),
        ("done", None),
    ]
    assert host.logged == [
        ("audit", "1 customers deleted or made inactive"),
        ("error", "1 customers not as wanted, by Stripe id: cus_1: RCRD_LOCKED_BY_WF"),
    ]


def test_what_does_not_fit_into_the_units_of_a_call_is_handed_back() -> None:
    place = Place()
    second = made(place.world, item("cus_2"))
    records = [place.asked(), {"key": "cus_2", "id": second["id"], "witness": second["witness"]}]
    options = Options(units=100 + 30, permissions=MAY_DELETE.permissions)
    answer = ask(place.world, {"action": "take_back", "fields": FIELDS, "how": "delete", "records": records}, options)
    assert ([o["key"] for o in answer["outcomes"]], answer["remaining"]) == (["cus_1"], ["cus_2"])


@pytest.mark.parametrize("how", [None, "destroy"])
def test_a_way_that_is_not_known_is_refused(how: str | None) -> None:
    answer = ask(World(), {"action": "take_back", "fields": FIELDS, "how": how, "records": []})
    assert answer["error"]["code"] == "WRONG_TYPE"


def test_an_account_with_currencies_has_a_witness_of_them_too() -> None:
    world = World(account=Account(currencies={"1": "USD", "3": "EUR"}, multicurrency=True))
    options = Options(permissions={**MAY_DELETE.permissions, "LIST_CURRENCY": 1})
    wanted = item()
    wanted["record"] |= {"currencies": "active"}
    outcome = made(world, wanted, options=options)
    world.customers[outcome["id"]].currencies.pop()
    asked = {"key": "cus_1", "id": outcome["id"], "witness": outcome["witness"]}
    [back] = ask(world, {"action": "take_back", "fields": FIELDS, "how": "delete", "records": [asked]}, options)[
        "outcomes"
    ]
    assert back["outcome"] == "conflict"


def test_the_links_are_part_of_what_nobody_may_touch() -> None:
    place = Place()
    place.world.edit(place.id, **{STRIPE_FIELD: None})
    assert place.back()["outcome"] == "conflict"


@pytest.mark.rule("C15")
def test_who_finds_a_record_vouches_for_it_only_while_nobody_has_saved_it_again() -> None:
    place = Place()
    assert found_again(place)["witness"] == place.made["witness"]
    _edit_later(place)
    place.moment += timedelta(minutes=1)
    place.world.edit(place.id, fax="2")
    found = found_again(place)
    assert (found["outcome"], found["id"], found["witness"]) == ("already", place.id, None)


def found_again(place: Place) -> Any:  # noqa: ANN401
    request = {"action": "look_for", "fields": FIELDS, "records": [{"key": "cus_1"}]}
    [found] = ask(place.world, request)["outcomes"]
    return found
