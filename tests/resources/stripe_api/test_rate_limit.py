"""The pace of requests: never above the rate, alone and in groups, and each limit by itself."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from resources.stripe_api import StripeAccount
from resources.stripe_api.session.rate_limit import RateLimiter

CUSTOMERS, CHARGES = "GET /v1/customers", "GET /v1/charges"
RATE, BURST = 100, 33


def seconds_for(endpoints: list[str], *, group: int = 1, live: bool = False) -> float:
    """How long eight threads take for these requests."""
    account = StripeAccount(api_key=f"sk_{'live' if live else 'test'}_x", requests_per_second=RATE)
    limiter, started = RateLimiter(account), time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda endpoint: limiter.wait(endpoint, group), endpoints))
    return time.monotonic() - started


@pytest.mark.parametrize("group", [1, 8])
def test_no_more_pass_than_the_rate_and_the_burst_allow(group: int) -> None:
    assert seconds_for([CUSTOMERS] * 60, group=group) >= (60 - BURST - group) / RATE


def test_a_burst_and_a_group_pass_at_once() -> None:
    assert seconds_for([CUSTOMERS] * BURST, group=8) < seconds_for([CUSTOMERS] * 60, group=8)


def test_a_group_waits_once_and_not_once_for_each_request() -> None:
    """A slow account's group is as large as its burst: one at a time at one request a second."""
    account = StripeAccount(api_key="sk_test_x", requests_per_second=1)
    limiter, started = RateLimiter(account), time.monotonic()
    limiter.wait(CUSTOMERS, 8)
    assert time.monotonic() - started < 0.9
    limiter.wait(CUSTOMERS, 8)
    assert time.monotonic() - started >= 0.9


def test_in_test_mode_all_endpoints_share_one_limit() -> None:
    assert seconds_for([CUSTOMERS, CHARGES] * 30) >= (60 - BURST) / RATE
