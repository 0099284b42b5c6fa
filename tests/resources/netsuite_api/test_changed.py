"""Reading what changed since an earlier read gives exactly what reading everything gives."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from resources.netsuite_api import NetsuiteClient, PreviousRead
from sandbox.netsuite_standin import STANDARD_COLUMNS, Options, SavedSearch, World
from tests.resources.netsuite_api.netsuite_world import FIELDS, SEARCH, connected

DAY = timedelta(days=1)
ONLY_ACTIVE = SavedSearch(columns=STANDARD_COLUMNS, filters=(("isinactive", "is", "F"),))


class Account:
    """A world with a clock that a test moves."""

    def __init__(self, customers: int) -> None:
        self.now = datetime(2026, 2, 1, tzinfo=UTC)
        self.world = World(now=lambda: self.now)
        for n in range(1, customers + 1):
            self.world.insert(n, email=f"{n}@example.com", isinactive=n % 4 == 0)
        self.now += 30 * DAY
        self.options = Options(clock=self.time)

    def time(self) -> float:
        return self.now.timestamp()


def both(client: NetsuiteClient, previous: PreviousRead) -> int:
    """Read both ways, and give the rows that the quick one asked for."""
    quick = client.read_customers(SEARCH, FIELDS, changed_since=previous)
    whole = client.read_customers(SEARCH, FIELDS)
    assert_frame_equal(quick.frame, whole.frame)
    assert quick.read_at == whole.read_at
    return quick.frame.height


steps = st.lists(
    st.tuples(st.sampled_from(["insert", "edit", "delete", "merge", "silent", "wait"]), st.integers(1, 40)), max_size=12
)


@settings(max_examples=15, deadline=None)
@given(steps)
def test_both_ways_agree_after_any_changes(changes: list[tuple[str, int]]) -> None:
    account = Account(20)
    with connected(account.world, account.options, [ONLY_ACTIVE], rows_per_call=10, now=account.time) as (
        client,
        _,
    ):
        extract = client.read_customers(SEARCH, FIELDS)
        account.now += 5 * DAY
        for kind, number in changes:
            change(account, kind, number)
        both(client, PreviousRead(extract.frame, extract.read_at))


def change(account: Account, kind: str, number: int) -> None:
    world = account.world
    there = sorted(world.customers)
    some = there[number % len(there)] if there else None
    if kind == "insert" and number not in world.customers:
        world.insert(number, email="new@example.com", isinactive=number % 5 == 0)
    elif kind == "edit" and some:
        world.edit(some, phone=str(number), isinactive=number % 3 == 0)
    elif kind == "delete" and some:
        world.delete(some)
    elif kind == "merge" and some and len(there) > 1:
        world.merge(some, next(other for other in there if other != some))
    elif kind == "silent" and some:
        world.customers[some].values["isinactive"] = False  # enters the search without being modified
    elif kind == "wait":
        account.now += DAY / 2


def test_only_what_changed_is_asked_for_with_values() -> None:
    account = Account(300)
    with connected(account.world, account.options, now=account.time) as (client, server):
        extract = client.read_customers(SEARCH, FIELDS)
        account.now += 10 * DAY
        account.world.edit(7, email="changed@example.com")
        account.world.delete(9)
        server.calls.clear()
        quick = client.read_customers(SEARCH, FIELDS, PreviousRead(extract.frame, extract.read_at))
        asked = [call.body for call in server.calls_of("begin")]
    assert quick.frame.height == 299
    assert quick.count == 299
    assert quick.frame.filter(internal_id=7)["email"].to_list() == ["changed@example.com"]
    assert [body for body in asked if "since" in body] == [asked[0]]
    assert [body.get("columns") for body in asked] == [None, *[[]] * (len(asked) - 1)]
    assert not server.calls_of("search")


@pytest.mark.parametrize("hours", [-14, 0, 14])
def test_a_change_is_not_missed_for_a_time_zone_or_a_coarse_clock(hours: int) -> None:
    account = Account(5)
    with connected(account.world, account.options, now=account.time) as (client, _):
        extract = client.read_customers(SEARCH, FIELDS)
        account.world.customers[3].values["phone"] = "555"
        account.world.customers[3].modified = account.now + timedelta(hours=hours)
        account.now += DAY
        both(client, PreviousRead(extract.frame, extract.read_at))


def test_a_customer_that_enters_the_search_without_being_changed_is_found() -> None:
    account = Account(8)
    with connected(account.world, account.options, [ONLY_ACTIVE], now=account.time) as (client, _):
        extract = client.read_customers(SEARCH, FIELDS)
        account.now += 5 * DAY
        account.world.customers[4].values["isinactive"] = False
        assert both(client, PreviousRead(extract.frame, extract.read_at)) == extract.frame.height + 1


@pytest.mark.rule("X10")
@pytest.mark.parametrize(("before", "moved"), [("the ids are read", False), ("what entered is read", True)])
def test_a_customer_that_is_deleted_between_two_parts_of_a_read_is_gone_and_nothing_is_missing(
    before: str, *, moved: bool
) -> None:
    account = Account(8)
    with connected(account.world, account.options, [ONLY_ACTIVE], now=account.time, concurrency=1) as (client, _):
        extract = client.read_customers(SEARCH, FIELDS)
        account.now += 5 * DAY
        account.world.edit(3, phone="5")
        account.world.customers[4].values["isinactive"] = False
        gone, parts = (4, 2) if moved else (3, 1)
        account.world.interfere("search.runPaged", lambda: account.world.delete(gone), skip=parts)
        quick = client.read_customers(SEARCH, FIELDS, PreviousRead(extract.frame, extract.read_at))
    assert quick.frame["internal_id"].to_list() == sorted({1, 2, 3, 4, 5, 6, 7} - {gone})
    assert (quick.moved, quick.count - quick.frame.height) == (moved, int(moved)), before


def test_a_read_with_other_fields_starts_anew() -> None:
    account = Account(5)
    with connected(account.world, account.options, now=account.time) as (client, _):
        extract = client.read_customers(SEARCH, FIELDS)
        fields = {**FIELDS, "second_email": "Email"}
        quick = client.read_customers(SEARCH, fields, PreviousRead(extract.frame, extract.read_at))
        assert_frame_equal(quick.frame, client.read_customers(SEARCH, fields).frame)
