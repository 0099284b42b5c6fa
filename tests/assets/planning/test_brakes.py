"""Each brake by itself: at its limit a run goes on, beyond it it stops, and the sentence has both numbers."""

from dataclasses import replace

import pytest

from assets.plan_history import PlanNumbers
from assets.planning.brakes import CHECKS, brake_results, why_stopped
from schemas.declaration import Brakes

GOOD = PlanNumbers(stripe_customers=1_000, netsuite_customers=2_000, tied_to_a_record=900, changes=10, relinks=0)
LIMITS = Brakes(shrink=0.1, match_rate=0.05, most_writes=100, most_relinks=2, oldest_hours=6)

pytestmark = pytest.mark.rule("X9")


def stopped(
    now: PlanNumbers = GOOD, good: tuple[PlanNumbers, ...] = (GOOD,), missing: tuple[str, ...] = (), age: float = 1.0
) -> dict[str, str]:
    return {v.name: v.sentence for v in brake_results(now, good, missing, age, LIMITS) if not v.passed}


def test_every_brake_speaks_and_a_picture_like_the_last_good_one_goes_on() -> None:
    assert [v.name for v in brake_results(GOOD, [GOOD], [], 1.0, LIMITS)] == list(CHECKS)
    assert stopped() == {}


@pytest.mark.parametrize(
    ("now", "name"),
    [
        (replace(GOOD, stripe_customers=900, tied_to_a_record=810), None),
        (replace(GOOD, stripe_customers=899, tied_to_a_record=809), "extracts_not_shrunk"),
        (replace(GOOD, netsuite_customers=1_800), None),
        (replace(GOOD, netsuite_customers=1_799), "extracts_not_shrunk"),
        (replace(GOOD, tied_to_a_record=950), None),
        (replace(GOOD, tied_to_a_record=951), "match_rate_in_band"),
        (replace(GOOD, tied_to_a_record=849), "match_rate_in_band"),
        (replace(GOOD, changes=100), None),
        (replace(GOOD, changes=101), "writes_within_limit"),
        (replace(GOOD, relinks=2), None),
        (replace(GOOD, relinks=3), "writes_within_limit"),
    ],
)
def test_limits_are_kept_to_the_customer(now: PlanNumbers, name: str | None) -> None:
    assert list(stopped(now)) == ([name] if name else [])


@pytest.mark.parametrize(
    ("customers", "tied", "passes"),
    [(7, 7, True), (7, 6, True), (8, 7, True), (8, 8, True), (7, 5, False), (9, 7, False), (100, 94, False)],
)
def test_one_customer_of_few_is_within_the_band(customers: int, tied: int, passes: bool) -> None:
    last = PlanNumbers(stripe_customers=7, netsuite_customers=7, tied_to_a_record=7)
    now = replace(last, stripe_customers=customers, tied_to_a_record=tied)
    assert list(stopped(now, (last,))) == ([] if passes else ["match_rate_in_band"])
    exact = Brakes(match_rate=0)
    [rate] = [v for v in brake_results(now, [last], [], 1.0, exact) if v.name == "match_rate_in_band"]
    assert rate.passed == (customers == tied)


def test_an_extract_is_held_against_the_largest_of_the_good_ones_and_a_rate_against_their_median() -> None:
    small = replace(GOOD, stripe_customers=500, tied_to_a_record=450)
    assert list(stopped(small, (small, GOOD))) == ["extracts_not_shrunk"]
    odd = replace(GOOD, tied_to_a_record=100)
    assert stopped(GOOD, (GOOD, odd, GOOD)) == {}


def test_without_a_good_run_nothing_is_written() -> None:
    assert list(stopped(good=())) == ["first_run_approved"]


def test_an_empty_extract_never_passes() -> None:
    assert "extracts_not_shrunk" in stopped(PlanNumbers(), good=())


def test_an_incomplete_or_old_picture_stops() -> None:
    assert stopped(missing=("2026-01", "2026-02")) == {
        "no_month_missing_for_writes": (
            "Expected Stripe customers of every month; found 2 months never read, 2026-01 the first."
        )
    }
    assert stopped(age=6.1) == {
        "picture_is_fresh": "Expected nothing older than 6 hours; found a part that is 6.1 hours old."
    }


def test_a_sentence_says_what_was_expected_and_what_was_found() -> None:
    said = stopped(replace(GOOD, stripe_customers=100, tied_to_a_record=90, changes=5_000))
    assert said["extracts_not_shrunk"] == (
        "Expected 900 or more customers of Stripe, found 100; "
        "expected 1,800 or more customers of NetSuite, found 2,000."
    )
    assert said["writes_within_limit"] == "Expected at most 100 changes and 2 replaced values; found 5,000 and 0."


def test_a_brake_has_its_numbers_so_that_they_plot() -> None:
    numbers = {v.name: v.numbers for v in brake_results(GOOD, [GOOD, GOOD], ["2026-01"], 2.5, LIMITS)}
    assert numbers == {
        "first_run_approved": {"expected": 1, "found": 2},
        "extracts_not_shrunk": {
            "stripe_expected": 900,
            "netsuite_expected": 1_800,
            "stripe_found": 1_000,
            "netsuite_found": 2_000,
        },
        "match_rate_in_band": {"expected": 0.9, "found": 0.9, "band": 0.05},
        "writes_within_limit": {
            "changes_expected": 100,
            "changes_found": 10,
            "relinks_expected": 2,
            "relinks_found": 0,
            "creates_expected": LIMITS.most_creates,
            "creates_found": 0,
        },
        "no_month_missing_for_writes": {"expected": 0, "found": 1},
        "picture_is_fresh": {"expected": 6, "found": 2.5},
    }


def test_why_a_run_stopped_is_one_text_of_all_that_stop_it() -> None:
    assert why_stopped(list(brake_results(GOOD, [GOOD], [], 1.0, LIMITS))) == ""
    assert why_stopped(list(brake_results(replace(GOOD, changes=101), [], [], 1.0, LIMITS))) == (
        "because expected 1 or more plans that were approved before; found 0. "
        "Expected at most 100 changes and 2 replaced values; found 101 and 0."
    )
