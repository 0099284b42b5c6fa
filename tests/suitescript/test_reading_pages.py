"""Pages by keyset: every customer once, within the limits of a call, and no customer torn apart."""

import orjson
import pytest

from sandbox.netsuite_standin import Column, Options, SavedSearch, World
from tests.suitescript.searching import ask, read_all


@pytest.mark.parametrize("size", [0, 1, 2, 999, 1000, 1001, 2500])
@pytest.mark.parametrize("limit", [7, 1000, 5000])
def test_pages_hold_every_customer_once_in_the_order_of_ids(size: int, limit: int) -> None:
    if size > 1000 and limit == 7:
        limit = 150
    world = World()
    for n in range(size):
        world.insert(3 * n + 2)
    assert [int(row[0]) for row in read_all(world, limit)] == [3 * n + 2 for n in range(size)]


@pytest.mark.rule("X10")
def test_rows_that_come_and_go_between_pages_neither_double_nor_hide_others() -> None:
    world = World()
    for n in range(1, 301):
        world.insert(10 * n)
    steady = {10 * n for n in range(1, 301)} - {20, 1500}

    def meanwhile() -> None:
        world.delete(20)
        world.delete(1500)
        world.insert(5)
        world.insert(2005)

    world.interfere("search.getRange", meanwhile, skip=2)
    ids = [int(row[0]) for row in read_all(world, 50)]
    assert ids == sorted(set(ids))
    assert steady <= set(ids)


def test_one_answer_may_take_several_steps_but_not_more_rows_than_asked_for() -> None:
    world = World()
    for _ in range(3_100):
        world.insert()
    answer = ask(world, "search", limit=3000)
    assert answer["more"]
    assert 2_990 <= len(answer["rows"]) <= 3_000


def test_an_answer_ends_before_the_units_do() -> None:
    world = World()
    for _ in range(3_000):
        world.insert()
    answer = ask(world, "search", options=Options(units=150), limit=5000)
    assert answer["more"]
    assert 990 <= len(answer["rows"]) <= 2_000


def test_an_answer_ends_before_the_time_does() -> None:
    world = World()
    for _ in range(3_000):
        world.insert()
    answer = ask(world, "search", options=Options(operation_seconds=90), limit=5000)
    assert answer["more"]
    assert 990 <= len(answer["rows"]) <= 2_000


def test_an_answer_ends_before_it_is_too_large() -> None:
    world = World()
    for _ in range(3_000):
        world.insert(comments="x" * 3_900)
    answer = ask(world, "search", limit=5000)
    assert answer["more"]
    assert 700 <= len(answer["rows"]) <= 800


def test_long_comments_of_three_bytes_a_letter_fit_into_units_and_bytes() -> None:
    world = World()
    comments = "\u4e8c" * 3_900
    for _ in range(900):
        world.insert(comments=comments)
    read: list[list[str]] = []
    more = True
    while more:
        answer = ask(world, "search", limit=5000, after=read[-1][0] if read else 0, columns=[3])
        assert len(orjson.dumps([answer["ids"], answer["values"]])) < 10_000_000
        read += answer["rows"]
        more = answer["more"]
    assert [row[1] for row in read] == [comments] * 900


def test_rows_of_one_customer_are_never_torn_apart() -> None:
    world = World()
    for n in range(1, 40):
        world.insert(n, contacts=[f"contact {k}" for k in range(n % 4)])
    search = SavedSearch(columns=(Column("internalid"), Column("name", join="contact")))
    rows = read_all(world, 5, search)
    assert len(rows) == ask(world, "measure", search)["count"]
    assert [row[0] for row in rows] == sorted((row[0] for row in rows), key=int)
    assert len({tuple(row) for row in rows}) == len(rows)


def test_a_join_that_gives_more_rows_for_one_customer_than_fit_is_refused() -> None:
    world = World()
    world.insert(1, contacts=[f"contact {k}" for k in range(10)])
    search = SavedSearch(columns=(Column("internalid"), Column("name", join="contact")))
    answer = ask(world, "search", search, limit=5)
    assert answer["error"]["code"] == "ROWS_MULTIPLIED"


def test_a_range_of_ids_can_be_asked_for() -> None:
    world = World()
    for n in range(1, 10):
        world.insert(n)
    assert [row[0] for row in ask(world, "search", after=3, until=6)["rows"]] == ["4", "5", "6"]
