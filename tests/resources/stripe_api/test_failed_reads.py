"""A read is whole or fails with a sentence: services that fail, keys that are refused, modes that differ."""

from collections import Counter
from dataclasses import replace
from itertools import count

import pytest

from resources.stripe_api import (
    StripeConnection,
    read_customers,
)
from resources.stripe_api.reading.pages import CustomerPage, customer_page
from resources.stripe_api.reading.parallel_list import Listing, ParallelList
from sandbox.stripe_standin import ApiKey, Fault, uneven_book
from schemas.errors import AccessError, TransientError
from tests.resources.stripe_api.stripe_world import KEYS, START, YEARS, AccountSettings, account, stage


@pytest.mark.rule("X10")
def test_weather_of_every_kind_leaves_no_gap() -> None:
    with stage() as at:
        uneven_book(at.book, 5_000)
        for number, fault in enumerate(WEATHER):
            at.server.fault(replace(fault, times=None, share=0.1, seed=number))
        extract = read_customers(at.connection, at.moment() - YEARS, at.moment(), KEYS)
        met = Counter(line.fault for line in at.server.log)
        assert sorted(extract.rows.collect()["id"]) == sorted(at.book.ids)
        assert set(met) >= {"rate_limited", "lock_timeout", "server_error", "reset", "truncated"}
        sent_again_by_libcurl = met["reset"]
        assert len(at.server.log) - sent_again_by_libcurl <= extract.reads <= len(at.server.log)
        assert extract.reads > extract.windows["requests"].sum()


WEATHER = [
    Fault(kind="rate_limited", reason="global-concurrency"),
    Fault(kind="rate_limited", reason="endpoint-rate", retry_after=0),
    Fault(kind="lock_timeout"),
    Fault(kind="server_error", status=503),
    Fault(kind="server_error", status=500, should_retry=True),
    Fault(kind="reset"),
    Fault(kind="truncated"),
]


@pytest.mark.parametrize(
    ("fault", "settings_", "words"),
    [
        (Fault(kind="server_error", status=500, should_retry=False), {}, "no use: HTTP 500"),
        (Fault(kind="server_error", status=503), {"retry_seconds": 0.05}, "HTTP 503"),
        (Fault(kind="rate_limited", reason="global-rate"), {"retry_seconds": 0.05}, "global-rate"),
        (Fault(kind="truncated"), {"retry_seconds": 0.05}, "the connection broke"),
        (Fault(kind="late"), {"retry_seconds": 0.05, "read_timeout": 0.05}, "no whole answer in time"),
    ],
)
@pytest.mark.rule("X10")
def test_patience_ends_in_a_failure_and_never_in_a_partial_read(
    fault: Fault, settings_: AccountSettings, words: str
) -> None:
    with stage(**settings_) as at:
        uneven_book(at.book, 1_000)
        at.server.fault(replace(fault, times=None, share=0.97))
        with pytest.raises(TransientError, match=words):
            read_customers(at.connection, at.moment() - YEARS, at.moment(), KEYS)


def test_one_failure_ends_the_whole_read() -> None:
    turns = count()

    def keep(page: CustomerPage, rows: int) -> None:  # noqa: ARG001
        if next(turns) == 1:
            raise LookupError("broken")

    with stage() as at:
        uneven_book(at.book, 20_000)
        listing = Listing("/v1/customers", (), customer_page, keep)
        walk = ParallelList(at.connection, listing, START - int(YEARS.total_seconds()), START, None)
        with pytest.raises(LookupError, match="broken"):
            walk.run()
        assert 2 <= len(at.server.log) <= 1 + at.connection.account.max_in_flight


def test_nobody_there_is_weather_and_not_an_empty_account() -> None:
    with stage() as at:
        nowhere = account(at.server, base_url="http://127.0.0.1:9", retry_seconds=0.05)
        with StripeConnection(nowhere) as connection, pytest.raises(TransientError, match="could not be asked"):
            read_customers(connection, at.moment() - YEARS, at.moment(), KEYS)


@pytest.mark.parametrize(
    ("key", "connected", "words"),
    [
        (ApiKey("rk_test_x", permissions=frozenset({"event_read"})), None, "Customers Read"),
        (ApiKey("rk_test_x", expired=True), None, "expired"),
        (None, None, "wrong or was revoked"),
        (ApiKey("rk_test_x"), "acct_other", "`stripe.account` in the declaration"),
    ],
)
def test_a_refused_key_says_what_to_do(key: ApiKey | None, connected: str | None, words: str) -> None:
    with stage() as at:
        if key is not None:
            at.server.world.add_key(key)
        refused = account(at.server, api_key="rk_test_x", stripe_account=connected)
        with StripeConnection(refused) as connection, pytest.raises(AccessError, match=words) as error:
            read_customers(connection, at.moment(), at.moment(9), KEYS)
        assert "rk_test_x" not in str(error.value)
        assert len(at.server.log) == 1


def test_a_row_of_the_other_mode_is_refused() -> None:
    with stage() as at:
        at.book.create({"livemode": True}, customer_id="cus_1")
        with pytest.raises(AccessError, match="cus_1 of another mode"):
            read_customers(at.connection, at.moment(), at.moment(1), KEYS)
