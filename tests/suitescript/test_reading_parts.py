"""Parts of a search: about equal, together everything, and known before anybody knows an id."""

from itertools import pairwise
from typing import Any

import pytest

from sandbox.netsuite_standin import Column, Options, SavedSearch, World
from tests.suitescript.restlet import SEARCH, ask
from tests.suitescript.searching import read_all


def parts_of(world: World, parts: int, search: SavedSearch = SEARCH, **given: object) -> list[Any]:
    asked = {"action": "begin", "search": search.id, "parts": parts, **given}
    return [ask(world, {**asked, "part": part}, search=search) for part in range(parts)]


def world_of(count: int) -> World:
    world = World()
    for n in range(count):
        world.insert(7 * n + 3, email=f"{n}@example.com")
    return world


@pytest.mark.rule("X10")
@pytest.mark.parametrize("count", [0, 1, 249, 250, 999, 1_000, 1_001, 2_503])
@pytest.mark.parametrize("limit", [2, 400, 5_000])
def test_parts_begin_one_behind_the_other_and_hold_about_as_many_rows(count: int, limit: int) -> None:
    answers = parts_of(world_of(count), 4, limit=limit)
    assert {answer["count"] for answer in answers} == {count}
    assert [answer["last"] for answer in answers] == [None, None, None, str(7 * count - 4) if count else None]
    filled = [answer for answer in answers if answer["start"] is not None]
    assert len(filled) == max(1, min(4, count // min(limit, 250)))
    for answer in filled:
        assert answer["ids"] == [i for i in range(3, 7 * count, 7) if i > answer["start"]][: len(answer["ids"])]
    for lower, upper in pairwise(filled):
        assert (upper["start"] - 3) // 7 - (lower["start"] - 3) // 7 in range(lower["rows"] - 1, lower["rows"] + 2)


@pytest.mark.rule("X10")
def test_a_part_that_fits_into_one_call_is_read_to_the_first_row_of_the_next() -> None:
    answers = parts_of(world_of(2_501), 2, limit=1_001)
    assert [answer["ids"][-1] for answer in answers] == [answers[1]["start"], 7 * 2_500 + 3]
    assert [answer["more"] for answer in answers] == [True, False]


def test_a_part_says_what_columns_the_search_has_and_gives_all_of_them_or_those_wanted() -> None:
    [whole] = parts_of(world_of(3), 1)
    assert whole["columns"] == ask(World(), {"action": "describe", "search": SEARCH.id})["columns"]
    assert len(whole["values"]) == len(whole["columns"])
    [emails] = parts_of(world_of(3), 1, columns=[4])
    assert emails["values"] == [[f"{n}@example.com" for n in range(3)]]
    assert emails["columns"] == whole["columns"]


@pytest.mark.rule("X10")
def test_no_customer_with_several_rows_is_torn_apart_where_a_part_begins_or_ends() -> None:
    world = World()
    for n in range(1, 60):
        world.insert(n, contacts=[f"contact {k}" for k in range(n % 5)])
    search = SavedSearch(columns=(Column("internalid"), Column("name", join="contact")))
    rows = {id_: sum(row[0] == str(id_) for row in read_all(world, 500, search)) for id_ in range(1, 60)}
    for parts in range(1, 8):
        for answer in parts_of(world, parts, search, limit=9):
            assert all(answer["ids"].count(id_) == rows[id_] for id_ in set(answer["ids"]))
            assert answer["start"] not in answer["ids"]


def test_a_page_says_which_columns_it_holds() -> None:
    described = ask(World(), {"action": "describe", "search": SEARCH.id})["columns"]
    asked = {"action": "search", "search": SEARCH.id, "columns": [5, 4]}
    assert ask(world_of(1), asked)["columns"] == [described[5], described[4]]


def test_a_step_of_few_rows_that_one_customer_fills_is_left_to_the_next_call() -> None:
    world = World()
    for n in (1, 2, 3):
        world.insert(n, contacts=["first", "second", "third"])
    search = SavedSearch(columns=(Column("internalid"), Column("name", join="contact")))
    assert [row[0] for row in read_all(world, 5, search)] == [str(n) for n in (1, 2, 3) for _ in range(3)]


def test_the_beginning_of_a_part_ends_before_the_units_do() -> None:
    asked = {"action": "begin", "search": SEARCH.id, "limit": 5_000}
    answer = ask(world_of(3_000), asked, Options(units=150))
    assert answer["more"]
    assert 990 <= len(answer["ids"]) <= 2_000


@pytest.mark.parametrize("given", [{"parts": 0}, {"parts": 51}, {"part": -1}, {"part": 2, "parts": 2}, {"limit": 1}])
def test_a_part_that_there_cannot_be_is_refused(given: dict[str, int]) -> None:
    answer = ask(World(), {"action": "begin", "search": SEARCH.id, **given})
    assert answer["error"]["code"] == "WRONG_TYPE"
