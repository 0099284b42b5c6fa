"""A read brings every customer of its range once, in bad weather too, or nothing."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import orjson
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from resources.stripe_api import (
    ListProgress,
    StripeAccount,
    StripeConnection,
    coverage_gaps,
    exists_before,
    oldest_month,
    read_customers,
)
from resources.stripe_api.reading.pages import CustomerPage, customer_page, customers_schema
from resources.stripe_api.reading.parallel_list import Listing, ParallelList, check_page
from resources.stripe_api.reading.windows import Window
from sandbox.stripe_standin import ApiKey, Fault, StandInOptions, uneven_book
from schemas.customers import StripeCustomers
from schemas.errors import AccessError, InternalError, TransientError
from tests.resources.raw_server import Asked, Sent, raw_server
from tests.resources.stripe_api.stripe_world import KEYS, START, Stage, account, stage

YEARS = timedelta(days=8 * 365)
UNLIMITED = {"endpoint_rate": None, "test_rate": None, "live_rate": None}


@pytest.fixture
def at() -> Iterator[Stage]:
    with stage() as running:
        yield running


def read_ids(at: Stage) -> list[str]:
    extract = read_customers(at.connection, at.moment(), at.moment(3_600), KEYS)
    return sorted(extract.rows.select("id").collect()["id"])


def test_further_fields_are_read_by_their_path() -> None:
    with stage() as at:
        at.book.create({"address": {"postal_code": "94110", "city": None}, "currency": "usd"}, customer_id="cus_1")
        at.book.create({"name": "B"}, customer_id="cus_2")
        further = ("address.postal_code", "address.city", "shipping.address.city", "currency")
        rows = read_customers(at.connection, at.moment(), at.moment(1), (), further=further).rows.sort("id").collect()
    assert rows.select(further).rows() == [("94110", None, None, "usd"), (None, None, None, None)]
    assert rows.schema == customers_schema((), further)


def living(at: Stage) -> list[str]:
    return sorted(name for place, name in enumerate(at.book.ids) if not at.book.is_gone(place))


def test_columns_are_those_of_the_contract() -> None:
    with stage() as at:
        at.book.create(
            {"email": "a@example.com", "name": "A", "metadata": {"netsuite_customer_id": "7", "other": "x"}},
            customer_id="cus_1",
        )
        rows = read_customers(at.connection, at.moment(), at.moment(1), KEYS).rows.collect()
    expected = pl.DataFrame(
        {
            "id": ["cus_1"],
            "created": [datetime.fromtimestamp(START, UTC)],
            "livemode": [False],
            "email": ["a@example.com"],
            "name": ["A"],
            "description": [None],
            "phone": [None],
            "metadata.netsuite_customer_id": ["7"],
            "metadata.netsuite_block_integration": [None],
        },
        schema=customers_schema(KEYS),
    )
    assert_frame_equal(rows, expected)
    StripeCustomers.validate(rows)


@pytest.mark.rule("X10")
def test_uneven_account_is_read_whole_and_the_ledger_proves_it() -> None:
    with stage() as at:
        uneven_book(at.book, 6_000)
        since, until = at.moment() - YEARS, at.moment()
        extract = read_customers(at.connection, since, until, KEYS)
        assert sorted(extract.rows.collect()["id"]) == sorted(at.book.ids)
        assert (extract.customers, extract.duplicates) == (6_000, 0)
        assert coverage_gaps(extract.windows, int(since.timestamp()), int(until.timestamp())).is_empty()
        assert extract.windows["rows"].sum() == 6_000
        assert extract.windows["requests"].sum() == extract.reads == len(at.server.log)
        assert extract.windows.height > 8


@pytest.mark.parametrize("oldest", ["2011-01-01", "2019-02-28", "2019-03-01", "2023-10-31"])
def test_the_month_of_the_oldest_customer_is_found_in_a_few_reads(at: Stage, oldest: str) -> None:
    at.book.load([("cus_1", int(datetime.fromisoformat(f"{oldest}T23:59:59Z").timestamp()), {}), ("cus_2", START, {})])
    assert oldest_month(at.connection, datetime(2023, 11, 1, tzinfo=UTC)) == oldest[:7]
    assert len(at.server.log) <= 9


@pytest.mark.rule("X10")
def test_no_cursor_is_carried_into_another_window() -> None:
    with stage(StandInOptions(**UNLIMITED, carried_cursor_is_empty=True)) as at:  # type: ignore[arg-type]
        uneven_book(at.book, 4_000)
        extract = read_customers(at.connection, at.moment() - YEARS, at.moment(), KEYS)
        assert extract.customers == 4_000


@pytest.mark.rule("X10")
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 5), min_size=0, max_size=6), st.integers(0, 3_599))
def test_clusters_in_one_second_larger_than_a_page_are_read_whole(at: Stage, hundreds: list[int], second: int) -> None:
    at.book.load([])
    at.book.ids, at.book.bodies, at.book.created = [], [], at.book.created[:0]
    at.book.load(
        (f"cus_{cluster}_{n}", START + (second * (cluster + 1)) % 3_600, {})
        for cluster, size in enumerate(hundreds)
        for n in range(size * 83)
    )
    assert read_ids(at) == living(at)


@pytest.mark.parametrize("resolves", [True, False])
@pytest.mark.rule("X10")
def test_a_cursor_that_is_deleted_while_it_is_used_loses_nothing(*, resolves: bool) -> None:
    with stage(StandInOptions(**UNLIMITED, deleted_cursor_resolves=resolves), max_in_flight=1) as at:  # type: ignore[arg-type]
        at.book.load((f"cus_{n:03d}", START + n // 90, {}) for n in range(350))
        pages: list[str] = []

        def delete_the_cursor(customer: CustomerPage, count: int) -> None:
            pages.extend(customer.ids[:count])
            if customer.has_more:
                at.book.delete(customer.ids[-1])

        listing = Listing("/v1/customers", (), customer_page, delete_the_cursor)
        windows = ParallelList(at.connection, listing, START, START + 9, None).run()
        assert set(pages) == set(at.book.ids)
        assert (windows.height > 1) is not resolves


def test_uncompressed_answers_are_read_too() -> None:
    with stage(StandInOptions(gzip=False)) as at:
        uneven_book(at.book, 200)
        assert read_customers(at.connection, at.moment() - YEARS, at.moment(), KEYS).customers == 200


def test_half_open_range_takes_its_first_second_and_leaves_its_last() -> None:
    with stage() as at:
        at.book.load((f"cus_{n}", START + n, {}) for n in range(5))
        extract = read_customers(at.connection, at.moment(1), at.moment(3), KEYS)
        assert sorted(extract.rows.collect()["id"]) == ["cus_1", "cus_2"]


def test_empty_range_and_empty_account_have_no_rows_but_all_columns() -> None:
    with stage() as at:
        nothing = read_customers(at.connection, at.moment(), at.moment(), KEYS)
        assert (nothing.customers, nothing.reads, nothing.windows.height) == (0, 0, 0)
        empty = read_customers(at.connection, at.moment(), at.moment(9), KEYS)
        assert (empty.customers, empty.reads, empty.windows.height) == (0, 1, 1)
        assert empty.rows.collect_schema() == customers_schema(KEYS)


def test_small_account_costs_one_read() -> None:
    with stage() as at:
        at.book.load((f"cus_{n}", START + n, {}) for n in range(100))
        assert read_customers(at.connection, at.moment(), at.moment(3_600), KEYS).reads == 1


def test_range_without_a_time_zone_is_our_bug() -> None:
    with stage() as at, pytest.raises(InternalError):
        read_customers(at.connection, at.moment().replace(tzinfo=None), at.moment(), KEYS)


class Disturbed(StripeConnection):
    """A connection before each of whose requests something else happens in the account."""

    def __init__(self, account: StripeAccount, disturb: Callable[[], None]) -> None:
        super().__init__(account)
        self.disturb = disturb

    def get(self, *asked: Any, **how: Any) -> Any:  # noqa: ANN401
        self.disturb()
        return super().get(*asked, **how)


@pytest.mark.parametrize("resolves", [True, False])
@pytest.mark.rule("X10")
def test_inserts_edits_and_deletions_during_the_walk_do_not_lose_a_customer_that_stays(*, resolves: bool) -> None:
    with stage(StandInOptions(**UNLIMITED, deleted_cursor_resolves=resolves)) as at:  # type: ignore[arg-type]
        uneven_book(at.book, 4_000)
        stays = set(at.book.ids[::2])
        goes = iter(at.book.ids[1::40])

        def disturb() -> None:
            if victim := next(goes, None):
                at.book.delete(victim)
                at.book.create({}, created=START - 5)
                at.book.update(at.book.ids[0], {"metadata": {"netsuite_customer_id": victim}})

        with Disturbed(account(at.server), disturb) as connection:
            extract = read_customers(connection, at.moment() - YEARS, at.moment(), KEYS)
        found = extract.rows.collect()["id"]
        assert stays <= set(found)
        assert found.is_unique().all()
        assert len(at.book.events) > 3 * 40


@pytest.mark.rule("X10")
def test_weather_of_every_kind_leaves_no_gap() -> None:
    with stage() as at:
        uneven_book(at.book, 5_000)
        for number, fault in enumerate(WEATHER):
            at.server.fault(Fault(times=None, share=0.1, seed=number, **fault))  # type: ignore[arg-type]
        extract = read_customers(at.connection, at.moment() - YEARS, at.moment(), KEYS)
        met = Counter(line.fault for line in at.server.log)
        assert sorted(extract.rows.collect()["id"]) == sorted(at.book.ids)
        assert set(met) >= {"rate_limited", "lock_timeout", "server_error", "reset", "truncated"}
        assert extract.reads == len(at.server.log) > extract.windows["requests"].sum()


WEATHER: list[dict[str, object]] = [
    {"kind": "rate_limited", "reason": "global-concurrency"},
    {"kind": "rate_limited", "reason": "endpoint-rate", "retry_after": 0},
    {"kind": "lock_timeout"},
    {"kind": "server_error", "status": 503},
    {"kind": "server_error", "status": 500, "should_retry": True},
    {"kind": "reset"},
    {"kind": "truncated"},
]


@pytest.mark.parametrize(
    ("fault", "settings_", "words"),
    [
        ({"kind": "server_error", "status": 500, "should_retry": False}, {}, "no use: HTTP 500"),
        ({"kind": "server_error", "status": 503}, {"retry_seconds": 0.05}, "HTTP 503"),
        ({"kind": "rate_limited", "reason": "global-rate"}, {"retry_seconds": 0.05}, "global-rate"),
        ({"kind": "truncated"}, {"retry_seconds": 0.05}, "ProtocolError"),
        ({"kind": "late"}, {"retry_seconds": 0.05, "read_timeout": 0.05}, "ReadTimeoutError"),
    ],
)
@pytest.mark.rule("X10")
def test_patience_ends_in_a_failure_and_never_in_a_partial_read(
    fault: dict[str, object], settings_: dict[str, object], words: str
) -> None:
    with stage(**settings_) as at:
        uneven_book(at.book, 1_000)
        at.server.fault(Fault(times=None, share=0.97, **fault))  # type: ignore[arg-type]
        with pytest.raises(TransientError, match=words):
            read_customers(at.connection, at.moment() - YEARS, at.moment(), KEYS)


def test_one_failure_stops_the_other_readers() -> None:
    """All readers are held at their first page until the failure of one of them is known."""
    another, failed, known = threading.Event(), threading.Event(), threading.Event()
    turns = count()

    def keep(page: CustomerPage, rows: int) -> None:  # noqa: ARG001
        turn = next(turns)
        if turn == 1:
            another.wait(timeout=20)
            failed.set()
            raise LookupError("broken")
        if turn > 1:
            another.set()
            known.wait(timeout=20)

    def tell(_: ListProgress) -> None:
        if failed.is_set():
            known.set()

    with stage() as at:
        uneven_book(at.book, 20_000)
        listing = Listing("/v1/customers", (), customer_page, keep)
        walk = ParallelList(at.connection, listing, START - int(YEARS.total_seconds()), START, tell)
        with pytest.raises(LookupError, match="broken"):
            walk.run()
        assert 3 <= len(at.server.log) <= 1 + at.connection.account.max_in_flight


def test_nobody_there_is_weather_and_not_an_empty_account() -> None:
    with stage() as at:
        nowhere = account(at.server, base_url="http://127.0.0.1:9", retry_seconds=0.05)
        with StripeConnection(nowhere) as connection, pytest.raises(TransientError, match="could not be asked"):
            read_customers(connection, at.moment() - YEARS, at.moment(), KEYS)


@pytest.mark.parametrize(
    ("key", "settings_", "words"),
    [
        (ApiKey("rk_test_x", permissions=frozenset({"event_read"})), {}, "Customers Read"),
        (ApiKey("rk_test_x", expired=True), {}, "expired"),
        (None, {}, "wrong or was revoked"),
        (ApiKey("rk_test_x"), {"stripe_account": "acct_other"}, "`stripe.account` in the declaration"),
    ],
)
def test_a_refused_key_says_what_to_do(key: ApiKey | None, settings_: dict[str, object], words: str) -> None:
    with stage() as at:
        if key is not None:
            at.server.world.add_key(key)
        refused = account(at.server, api_key="rk_test_x", **settings_)
        with StripeConnection(refused) as connection, pytest.raises(AccessError, match=words) as error:
            read_customers(connection, at.moment(), at.moment(9), KEYS)
        assert "rk_test_x" not in str(error.value)
        assert len(at.server.log) == 1


def test_a_row_of_the_other_mode_is_refused() -> None:
    with stage() as at:
        at.book.create({"livemode": True}, customer_id="cus_1")
        with pytest.raises(AccessError, match="cus_1 of another mode"):
            read_customers(at.connection, at.moment(), at.moment(1), KEYS)


def test_connected_account_is_asked_by_its_header() -> None:
    with stage() as at:
        at.server.world.add_key(ApiKey("sk_test_platform", connected=frozenset({"acct_two"})))
        at.server.world.book("acct_two").create({}, customer_id="cus_two")
        platform = account(at.server, api_key="sk_test_platform", stripe_account="acct_two")
        with StripeConnection(platform) as connection:
            assert read_customers(connection, at.moment(), at.moment(1), KEYS).rows.collect()["id"].to_list() == [
                "cus_two"
            ]


def test_progress_ends_with_everything() -> None:
    with stage() as at:
        uneven_book(at.book, 1_000)
        told: list[ListProgress] = []
        extract = read_customers(at.connection, at.moment() - YEARS, at.moment(), KEYS, on_progress=told.append)
        assert (told[-1].rows, told[-1].windows_open, told[-1].windows_done) == (1_000, 0, extract.windows.height)
        assert told[-1].rate > 0
        assert told[-1].limit == 1_000


def test_rows_can_wait_on_disk(tmp_path: Path) -> None:
    with stage() as at:
        uneven_book(at.book, 25_000)
        until = at.moment()
        in_memory = read_customers(at.connection, until - YEARS, until, KEYS)
        on_disk = read_customers(at.connection, until - YEARS, until, KEYS, folder=tmp_path)
        assert len(list(tmp_path.iterdir())) > 1
        assert_frame_equal(in_memory.rows.collect().sort("id"), on_disk.rows.collect().sort("id"))


def test_a_rate_below_the_limit_is_never_refused() -> None:
    """However slow the machine is: ten start at once at this pace, eight are under way, and the bucket takes 25."""
    options = StandInOptions(endpoint_rate=50, test_rate=None, burst=25)
    with stage(options, requests_per_second=50) as at:
        uneven_book(at.book, 3_000)
        assert read_customers(at.connection, at.moment() - YEARS, at.moment(), KEYS).customers == 3_000
        assert Counter(line.status for line in at.server.log) == {200: len(at.server.log)}


def test_older_customers_are_noticed() -> None:
    with stage() as at:
        at.book.load([("cus_1", START - 10, {})])
        assert exists_before(at.connection, at.moment(-9))
        assert not exists_before(at.connection, at.moment(-10))


def test_a_connection_that_cannot_be_trusted_is_not_tried_again() -> None:
    with stage() as at:
        secure = account(at.server, base_url=at.server.url.replace("http:", "https:"))
        with StripeConnection(secure) as connection, pytest.raises(TransientError, match="no use: SSLError"):
            read_customers(connection, at.moment(), at.moment(9), KEYS)
        assert connection.requests == {"GET /v1/customers": 1}


def test_one_request_at_a_time_reads_no_page_too_many() -> None:
    with stage(max_in_flight=1) as at:
        uneven_book(at.book, 1_950)
        assert read_customers(at.connection, at.moment() - YEARS, at.moment(), KEYS).reads == 20


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
