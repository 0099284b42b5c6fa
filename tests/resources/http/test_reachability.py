"""Since when nobody is there counts from the first try of all, ends with the first answer, and is told now and then."""

import pytest

from resources.http.reachability import TOLD_EVERY, Reachability


class Clock:
    """The monotonic clock, which a test puts forward."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("resources.http.reachability.time", made)
    return made


def test_nobody_was_there_since_the_first_try_of_any_request(clock: Clock) -> None:
    reachability = Reachability(lambda _: None)
    assert reachability.unreachable_for() == 0
    clock.now += 7
    assert reachability.unreachable_for(since=clock.now - 2) == 7
    reachability.reached()
    assert reachability.unreachable_for(since=clock.now - 2) == 2


def test_a_wait_is_told_at_once_and_then_every_few_seconds(clock: Clock) -> None:
    said: list[str] = []
    reachability = Reachability(said.append)
    for wait in (1.0, 2.0):
        reachability.tell("Nobody answers", wait)
    clock.now += TOLD_EVERY
    reachability.tell("Nobody answers", 4)
    assert said == ["Nobody answers, next try in 1.0 s.", "Nobody answers, next try in 4.0 s."]
