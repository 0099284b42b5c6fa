"""The brakes of the daily run (X9): between plan and writes, blocking, each with a sentence on how to go on by hand.

They compare the plan and its picture with the last good ones: those whose plan was approved, by a person who gave its
hash, or by a daily run that passed. As checks they belong to the daily job; the step that writes judges once more,
whatever checks its run was made of. A person who applies a plan by its hash has looked at it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Final

import dagster as dg

from assets.check_results import blocking_checks
from assets.plan_history import History, PlanMade, PlanNumbers, plans_made
from assets.reconciliation import Reconciliation, failures_for_people
from resources.ledger import Requests
from schemas.declaration import Brakes

CHECKS: Final = {
    "first_run_approved": "Some plan was approved before: the first one always wants a person.",
    "extracts_not_shrunk": "Neither extract is smaller than in the last good runs by more than its band.",
    "match_rate_in_band": "The share of customers with a record is that of the last good runs, within its band.",
    "writes_within_limit": "The plan has no more changes, and replaces no more values, than a run may do alone.",
    "no_month_missing_for_writes": "Stripe customers of every month were read.",
    "picture_is_fresh": "Plan and extracts are younger than their limit.",
}
_LONG_AGO: Final = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True)
class BrakeResult:
    """One brake: whether the run may go on, and what was expected and found."""

    name: str
    passed: bool
    sentence: str


def brake_results(
    now: PlanNumbers, good: Sequence[PlanNumbers], missing: Sequence[str], age_hours: float, limits: Brakes
) -> Iterator[BrakeResult]:
    """Judge a plan against the last good ones, newest first; every brake speaks.

    Args:
        now: the plan, and what it was made from.
        good: those of the last runs whose plan was approved.
        missing: months of Stripe customers that were never read.
        age_hours: of the oldest part of the picture.
        limits: what the declaration allows.
    """
    yield BrakeResult("first_run_approved", bool(good), f"{len(good)} good runs to compare with; 1 or more are needed.")
    yield _not_shrunk(now, good, limits)
    rates = [numbers.match_rate for numbers in good]
    expected = median(rates) if rates else now.match_rate
    yield BrakeResult(
        "match_rate_in_band",
        abs(now.match_rate - expected) <= limits.match_rate,
        f"Expected {expected:.1%} of the customers to have a record, give or take {limits.match_rate:.1%}; found "
        f"{now.match_rate:.1%}.",
    )
    yield BrakeResult(
        "writes_within_limit",
        now.changes <= limits.most_writes and now.relinks <= limits.most_relinks and now.creates <= limits.most_creates,
        f"Expected at most {limits.most_writes:,} changes and {limits.most_relinks:,} replaced values; found "
        f"{now.changes:,} and {now.relinks:,}.{_creates(now, limits)}",
    )
    first = f", {missing[0]} the first" if missing else ""
    yield BrakeResult("no_month_missing_for_writes", not missing, f"{len(missing)} months were never read{first}.")
    yield BrakeResult(
        "picture_is_fresh",
        age_hours <= limits.oldest_hours,
        f"Expected nothing older than {limits.oldest_hours:g} hours; the oldest part is {age_hours:.1f} hours old.",
    )


def _creates(now: PlanNumbers, limits: Brakes) -> str:
    return f" Expected at most {limits.most_creates:,} new records; found {now.creates:,}." if now.creates else ""


def _not_shrunk(now: PlanNumbers, good: Sequence[PlanNumbers], limits: Brakes) -> BrakeResult:
    sides = {
        "Stripe": (now.stripe_customers, [numbers.stripe_customers for numbers in good]),
        "NetSuite": (now.netsuite_customers, [numbers.netsuite_customers for numbers in good]),
    }
    least = {side: max(before, default=0) * (1 - limits.shrink) for side, (_, before) in sides.items()}
    sentences = [f"{side}: expected {least[side]:,.0f} or more, found {found:,}" for side, (found, _) in sides.items()]
    is_whole = all(found >= max(least[side], 1) for side, (found, _) in sides.items())
    return BrakeResult("extracts_not_shrunk", is_whole, f"{'; '.join(sentences)}.")


def build_brakes(sync: Reconciliation) -> dg.AssetChecksDefinition:
    """The brakes of one declaration, as blocking checks of `write_plan`."""
    key = sync.key("write_plan")
    by_hand = f"To go on by hand: look at the report, then start {sync.name}_apply with the plan's hash."

    @dg.multi_asset_check(
        name=f"{sync.name}_brakes",
        specs=blocking_checks(key, CHECKS),
    )
    def brakes(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        with failures_for_people():
            with sync.ledger() as ledger:
                approvals = Requests(ledger, sync.declared_accounts).approvals()
            history = History.read(sync.name, plans_made(context.instance, sync), approvals)
            results = results_of(sync, history.newest, history.good)
        for result in results:
            yield dg.AssetCheckResult(
                asset_key=key,
                check_name=result.name,
                passed=result.passed,
                severity=dg.AssetCheckSeverity.ERROR,
                description=result.sentence if result.passed else f"{result.sentence} {by_hand}",
            )

    return brakes


def results_of(sync: Reconciliation, newest: PlanMade, good: Sequence[PlanMade]) -> list[BrakeResult]:
    """The brakes on the plan that was made last, held against the last good ones."""
    age = _age_hours(sync, newest.made_at)
    numbers = [made.numbers for made in good]
    return list(brake_results(newest.numbers, numbers, sync.months_missing(), age, sync.declaration.brakes))


def _age_hours(sync: Reconciliation, made_at: datetime) -> float:
    """The age of the oldest part: matching reads every month, so that one which was read long ago counts too."""
    months, now = sync.month_keys(), sync.clock()
    read = [*sync.frames.moments("stripe_customers", months), *sync.frames.moments("netsuite_customers"), made_at]
    return max((now - (moment or _LONG_AGO)).total_seconds() for moment in read) / 3600
