"""How long a retry waits."""

import pytest

from resources.retries import growing_wait


def waits(*failed: int) -> list[float]:
    return [growing_wait(each, first=0.5, longest=30.0, jitter=0.0) for each in failed]


def test_waits_grow_by_two_up_to_the_longest() -> None:
    assert waits(1, 2, 3, 6, 7, 8) == [0.5, 1.0, 2.0, 16.0, 30.0, 30.0]


@pytest.mark.parametrize("failed", [1_024, 1_025, 100_000])
def test_a_question_that_has_failed_thousands_of_times_still_waits(failed: int) -> None:
    assert waits(failed) == [30.0]


def test_jitter_is_added_and_never_goes_beyond_the_longest() -> None:
    found = {growing_wait(2, first=0.5, longest=1.2, jitter=1.0) for _ in range(100)}
    assert len(found) > 1
    assert all(1.0 <= wait <= 1.2 for wait in found)
