"""A list that contradicts itself, or breaks its own order, fails the read."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import orjson
import pytest

from resources.stripe_api import (
    read_customers,
)
from resources.stripe_api.reading.pages import CustomerPage
from resources.stripe_api.reading.parallel_list import check_page
from resources.stripe_api.reading.windows import Window
from schemas.errors import TransientError
from tests.resources.raw_server import Asked, Sent, raw_server
from tests.resources.stripe_api.stripe_world import KEYS, START, stage


@pytest.mark.parametrize(
    ("rows", "more"),
    [
        ([("cus_1", START - 60)], False),
        ([("cus_1", START), ("cus_2", START + 1)], False),
        ([], True),
        ([("cus_9", START + 2)], True),
    ],
    ids=["outside its window", "out of order", "empty with more", "does not go on"],
)
@pytest.mark.rule("X10")
def test_a_page_that_breaks_the_order_of_the_list_is_refused(rows: list[tuple[str, int]], *, more: bool) -> None:
    page = CustomerPage([], [name for name, _ in rows], [second for _, second in rows], has_more=more)
    window = Window(gte=START - 10, lt=START + 10, edge=START - 10, last=START + 2, cursor="cus_9")
    with pytest.raises(ValueError, match="page"):
        check_page(page, window)


Pages = Callable[[str | None], dict[str, Any]]


def rows_of(*names: str, created: int = START) -> list[dict[str, object]]:
    return [{"id": name, "object": "customer", "created": created, "livemode": False} for name in names]


def empty_after_more(cursor: str | None) -> dict[str, Any]:
    """One page that promises more, and nothing after it."""
    return {"data": [] if cursor else rows_of("cus_2", "cus_1"), "has_more": cursor is None}


def turning(cursor: str | None) -> dict[str, Any]:
    """Two pages that go on from each other for ever."""
    return {"data": rows_of("cus_2" if cursor == "cus_1" else "cus_1"), "has_more": True}


def twice_on_two_pages(cursor: str | None) -> dict[str, Any]:
    """The first customer of the list again on its last page, as if made at another time."""
    if cursor is None:
        return {"data": [*rows_of("cus_3", created=START + 1), *rows_of("cus_2")], "has_more": True}
    return {"data": rows_of("cus_3", created=START - 1), "has_more": False}


def too_many(cursor: str | None) -> dict[str, Any]:
    return {"data": [] if cursor else rows_of(*(f"cus_{number}" for number in range(101))), "has_more": False}


@pytest.mark.parametrize(
    ("pages", "words", "requests"),
    [
        (empty_after_more, "contradicts itself: a page said that there was more, and the next one was empty", 2),
        (turning, "a page that repeats an earlier one", 5),
        (twice_on_two_pages, "3 rows came with 2 ids, so that one was on two pages", 2),
        (too_many, "a page with more rows than were asked for", 3),
    ],
)
@pytest.mark.rule("X10")
def test_a_list_that_contradicts_itself_fails_the_read_in_one_sentence(pages: Pages, words: str, requests: int) -> None:
    def answer(asked: Asked) -> Sent:
        cursor = parse_qs(asked.target.partition("?")[2]).get("starting_after", [None])[0]
        return Sent(orjson.dumps({"object": "list", "url": "/v1/customers", **pages(cursor)}))

    with raw_server(answer) as server, stage(base_url=server.url) as at:
        with pytest.raises(TransientError, match=words) as error:
            read_customers(at.connection, at.moment(-9), at.moment(9), KEYS)
        assert len(server.asked) == requests
        assert str(error.value).lower().endswith("run it again later.")
