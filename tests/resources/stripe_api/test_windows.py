"""Windows tile the range whatever the order of pages and divisions, and their table proves it."""

import doctest
import random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.stripe_api import coverage_gaps
from resources.stripe_api.reading import windows
from resources.stripe_api.reading.windows import ContradictionError, Frontier, Window

PAGE = 5


def page(customers: list[tuple[int, str]], window: Window) -> tuple[list[str], list[int], bool]:
    """What a list newest first answers to the window's query."""
    within = [row for row in sorted(customers, reverse=True) if window.gte <= row[0] < window.lt]
    start = 0 if window.cursor is None else [name for _, name in within].index(window.cursor) + 1
    rows = within[start : start + PAGE]
    return [name for _, name in rows], [second for second, _ in rows], len(within) > start + PAGE


@given(
    st.lists(st.integers(0, 400) | st.integers(200, 203), max_size=120),
    st.integers(0, 2**32),
    st.integers(1, 6),
)
@pytest.mark.rule("X10")
def test_every_customer_is_kept_once_in_any_order_of_reading(seconds: list[int], seed: int, readers: int) -> None:
    customers = [(second, f"cus_{number}") for number, second in enumerate(seconds)]
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
    frontier = Frontier(0, 401)
    kept: list[str] = []
    while frontier.open:
        window = chance.choice(frontier.open)
        ids, created, more = page(customers, window)
        if chance.random() < 0.5:  # the edge may move while a page is on its way
            window.density *= 100
            frontier.divide(readers)
        advance = frontier.advance(window, ids, created, has_more=more)
        kept.extend(ids[: advance.rows])
        window.density *= 100  # pages are small here: let divisions happen
        frontier.divide(readers)
    assert sorted(kept) == sorted(name for _, name in customers)
    assert coverage_gaps(frontier.table(), 0, 401).is_empty()
    assert frontier.table()["rows"].sum() == len(customers)


def test_fullest_window_is_divided_and_its_owner_keeps_the_newest_part() -> None:
    frontier = Frontier(0, 1_000)
    first = frontier.open[0]
    frontier.advance(first, [f"cus_{n}" for n in range(100)], list(range(999, 899, -1)), has_more=True)
    given_away = frontier.divide(2)
    assert [(window.gte, window.lt) for window in given_away] == [(0, 300), (300, 600)]
    assert (first.gte, first.edge, first.lt) == (0, 600, 1_000)


def test_little_work_is_not_divided() -> None:
    frontier = Frontier(0, 1_000)
    frontier.advance(frontier.open[0], [f"cus_{n}" for n in range(100)], list(range(999, 799, -2)), has_more=True)
    assert len(frontier.divide(9)) == 4
    frontier = Frontier(700, 1_000)
    frontier.advance(frontier.open[0], [f"cus_{n}" for n in range(100)], list(range(999, 799, -2)), has_more=True)
    assert frontier.divide(9) == []


def test_a_second_cannot_be_divided() -> None:
    frontier = Frontier(0, 1)
    frontier.advance(frontier.open[0], [f"cus_{n}" for n in range(100)], [0] * 100, has_more=True)
    assert frontier.divide(9) == []


@pytest.mark.rule("X10")
def test_an_empty_page_after_more_was_promised_is_no_end() -> None:
    frontier = Frontier(0, 100)
    window = frontier.open[0]
    frontier.advance(window, ["cus_2"], [60], has_more=True)
    with pytest.raises(ContradictionError, match="a page said that there was more, and the next one was empty"):
        frontier.advance(window, [], [], has_more=False)


@pytest.mark.rule("X10")
def test_a_lost_cursor_is_asked_for_anew_by_time_and_what_comes_twice_is_known() -> None:
    frontier = Frontier(0, 100)
    window = frontier.open[0]
    frontier.advance(window, ["cus_3", "cus_2"], [60, 60], has_more=True)
    rest = frontier.reopen(window).reopened
    assert rest is not None
    assert (rest.gte, rest.lt, rest.cursor) == (0, 61, None)
    frontier.advance(rest, ["cus_3", "cus_1"], [60, 5], has_more=False)
    assert frontier.repeats == 1
    assert coverage_gaps(frontier.table(), 0, 100).is_empty()


def test_cursors_that_are_lost_without_getting_on_come_to_an_end() -> None:
    frontier = Frontier(0, 100)

    def lose(cursors: int) -> None:
        for _ in range(cursors):
            [window] = frontier.open
            frontier.advance(window, ["cus_2"], [60], has_more=True)
            frontier.reopen(window)

    with pytest.raises(ContradictionError, match="20 places in it were lost"):
        lose(99)


def test_a_second_without_end_comes_to_an_end() -> None:
    frontier = Frontier(0, 100)

    def go_on(pages: int) -> None:
        for page in range(pages):
            frontier.advance(frontier.open[0], [f"cus_{page}"], [60], has_more=True)

    with pytest.raises(ContradictionError, match="one second of it has more than 10,000 pages"):
        go_on(20_000)


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([(0, 4), (4, 10)], []),
        ([(4, 10), (0, 4)], []),
        ([(0, 4), (6, 10)], [("gap", 4, 6)]),
        ([(0, 6), (4, 10)], [("overlap", 4, 6)]),
        ([(0, 9)], [("gap", 9, 10)]),
        ([(1, 10)], [("gap", 0, 1)]),
        ([(0, 12)], [("outside", 0, 12)]),
        ([(0, 10), (2, 4)], [("overlap", 2, 4)]),
        ([], [("gap", 0, 10)]),
    ],
)
@pytest.mark.rule("X10")
def test_gaps_and_overlaps_are_found(ranges: list[tuple[int, int]], expected: list[tuple[str, int, int]]) -> None:
    windows = pl.DataFrame(ranges, schema={"gte": pl.Int64, "lt": pl.Int64}, orient="row")
    assert coverage_gaps(windows, 0, 10).rows() == expected


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 6)), max_size=6))
def test_no_fault_is_found_exactly_when_every_second_is_read_once(spans: list[tuple[int, int]]) -> None:
    ranges = [(low, low + length) for low, length in spans if length]
    windows = pl.DataFrame(ranges, schema={"gte": pl.Int64, "lt": pl.Int64}, orient="row")
    readers = [sum(low <= second < high for low, high in ranges) for second in range(20)]
    assert coverage_gaps(windows, 0, 10).is_empty() == (readers == [1] * 10 + [0] * 10)


def test_empty_range_needs_no_window() -> None:
    assert coverage_gaps(pl.DataFrame(schema=windows.WINDOWS_SCHEMA), 5, 5).is_empty()


def test_examples_in_the_documentation_hold() -> None:
    assert doctest.testmod(windows).failed == 0
