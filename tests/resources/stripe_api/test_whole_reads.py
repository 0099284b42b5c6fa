"""Every customer of a range comes once, however uneven the account is and whatever changes in it meanwhile."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resources.stripe_api import (
    StripeAccount,
    StripeConnection,
    coverage_gaps,
    read_customers,
)
from resources.stripe_api.reading.pages import CustomerPage, customer_page
from resources.stripe_api.reading.parallel_list import Listing, ParallelList
from resources.stripe_api.reading.windows import Frontier
from sandbox.stripe_standin import StandInOptions, uneven_book
from schemas.errors import InternalError
from tests.resources.stripe_api.stripe_world import KEYS, START, UNLIMITED, YEARS, Stage, account, stage


def read_ids(at: Stage) -> list[str]:
    extract = read_customers(at.connection, at.moment(), at.moment(3_600), KEYS)
    return sorted(extract.rows.select("id").collect()["id"])


def living(at: Stage) -> list[str]:
    return sorted(name for place, name in enumerate(at.book.ids) if not at.book.is_gone(place))


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


@pytest.mark.rule("X10")
def test_a_read_whose_windows_leave_a_second_out_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Frontier.table
    monkeypatch.setattr(Frontier, "table", lambda read: whole(read).with_columns(pl.col("gte") + 1))
    with stage() as at, pytest.raises(InternalError, match="do not cover its range exactly once"):
        read_ids(at)


@pytest.mark.rule("X10")
def test_no_cursor_is_carried_into_another_window() -> None:
    with stage(replace(UNLIMITED, carried_cursor_is_empty=True)) as at:
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
    with stage(replace(UNLIMITED, deleted_cursor_resolves=resolves), max_in_flight=1) as at:
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


class Disturbed(StripeConnection):
    """A connection before each of whose requests something else happens in the account."""

    def __init__(self, account: StripeAccount, disturb: Callable[[], None]) -> None:
        super().__init__(account)
        self.disturb = disturb

    def let_through(self, endpoint: str, group: int = 1) -> None:
        self.disturb()
        super().let_through(endpoint, group)


@pytest.mark.parametrize("resolves", [True, False])
@pytest.mark.rule("X10")
def test_inserts_edits_and_deletions_during_the_walk_do_not_lose_a_customer_that_stays(*, resolves: bool) -> None:
    with stage(replace(UNLIMITED, deleted_cursor_resolves=resolves)) as at:
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


def test_a_rate_below_the_limit_is_never_refused() -> None:
    """However slow the machine is: ten start at once at this pace, eight are under way, and the bucket takes 25."""
    options = StandInOptions(endpoint_rate=50, test_rate=None, burst=25)
    with stage(options, requests_per_second=50) as at:
        uneven_book(at.book, 3_000)
        assert read_customers(at.connection, at.moment() - YEARS, at.moment(), KEYS).customers == 3_000
        assert Counter(line.status for line in at.server.log) == {200: len(at.server.log)}


def test_one_request_at_a_time_reads_no_page_too_many() -> None:
    with stage(max_in_flight=1) as at:
        uneven_book(at.book, 1_950)
        assert read_customers(at.connection, at.moment() - YEARS, at.moment(), KEYS).reads == 20
