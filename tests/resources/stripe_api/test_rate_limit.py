"""The pace of requests: even, at the rate, with a small burst, and each limit by itself."""

from types import SimpleNamespace

import pytest

from resources.stripe_api import StripeAccount
from resources.stripe_api.session import rate_limit
from resources.stripe_api.session.rate_limit import RateLimiter


class Clock:
    """Time that passes only while somebody sleeps, or a test says so."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.passed: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def pass_at_once(self, limiter: RateLimiter, count: int, endpoint: str = "GET /v1/customers") -> None:
        for _ in range(count):
            limiter.wait(endpoint)
            self.passed.append(self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(rate_limit, "time", SimpleNamespace(monotonic=lambda: clock.now, sleep=clock.sleep))
    return clock


def limiter(rate: int = 25, *, live: bool = False) -> RateLimiter:
    return RateLimiter(StripeAccount(api_key=f"sk_{'live' if live else 'test'}_x", requests_per_second=rate))


def test_after_a_small_burst_requests_go_at_an_even_pace(clock: Clock) -> None:
    clock.pass_at_once(limiter(), 55)
    assert clock.passed[:5] == [1_000.0] * 5
    gaps = [after - before for before, after in zip(clock.passed[4:], clock.passed[5:], strict=False)]
    assert gaps == pytest.approx([0.04] * 50)


def test_of_many_that_wait_a_few_go_together_none_before_its_time_and_as_many_in_all(clock: Clock) -> None:
    paced, alone = limiter(), limiter()
    start, own = clock.now, []
    for _ in range(45):
        before = clock.now
        paced.wait("GET /v1/customers", 4)
        clock.passed.append(clock.now)
        clock.now = before  # as many threads as there are requests, all at the same time
    for _ in range(45):
        before = clock.now
        alone.wait("GET /v1/customers")
        own.append(clock.now)
        clock.now = before
    late = [together - alone for together, alone in zip(clock.passed, own, strict=True)]
    assert min(late) >= 0
    assert max(late) < 4 * 0.04
    groups = [clock.passed.count(moment) for moment in sorted(set(clock.passed)) if moment > start]
    assert groups[1:-1] == [4] * len(groups[1:-1])
    assert len(groups) >= 10


def test_who_comes_late_loses_no_more_than_the_burst_holds(clock: Clock) -> None:
    paced = limiter()
    clock.pass_at_once(paced, 30)
    clock.now += 0.1  # two and a half gaps
    start = clock.now
    clock.pass_at_once(paced, 25)
    assert clock.now - start == pytest.approx(25 * 0.04 - 0.1, abs=0.041)
    clock.now += 60
    start = clock.now
    clock.pass_at_once(paced, 30)
    assert clock.now - start == pytest.approx(25 * 0.04)


def test_in_test_mode_all_endpoints_share_one_limit_and_in_live_mode_four_times_as_much(clock: Clock) -> None:
    for live, expected in ((False, (100 - 5) * 0.04), (True, (50 - 5) * 0.04)):
        paced, start = limiter(live=live), clock.now
        for _ in range(50):
            clock.pass_at_once(paced, 1, "GET /v1/customers")
            clock.pass_at_once(paced, 1, "GET /v1/charges")
        assert clock.now - start == pytest.approx(expected, abs=0.05)
        clock.now += 60


def test_one_request_a_second_is_one_a_second(clock: Clock) -> None:
    clock.pass_at_once(limiter(1), 4)
    assert clock.passed == [1_000.0, 1_001.0, 1_002.0, 1_003.0]
