"""The brakes of the daily run (X9): between plan and writes, each with a sentence on what was expected and found.

They compare the plan and its picture with the last good ones: those whose plan was approved, by a person who gave its
hash, or by a daily run that passed. What they stop is the step that writes, which judges by itself, whatever checks its
run was made of; nothing else waits for them, so that the report of a stopped run is made, and begins with the reason.
As checks they show their numbers over time: errors in a run that would write, warnings in others. A person who applies
a plan by its hash has looked at it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median
from typing import Final

import dagster as dg

from assets.plan_history import History, PlanMade, PlanNumbers, plans_made
from assets.reconciliation import Reconciliation, failures_for_people
from resources.ledger import Requests
from schemas.declaration import Brakes
from schemas.words import many

CHECKS: Final = {
    "first_run_approved": "Some plan was approved before: the first one always wants a person.",
    "extracts_not_shrunk": "Neither extract is smaller than in the last good runs by more than its band.",
    "match_rate_in_band": "The share of customers with a record is that of the last good runs, within its band.",
    "writes_within_limit": "The plan has no more changes, and replaces no more values, than a run may do alone.",
    "no_month_missing_for_writes": "Stripe customers of every month were read.",
    "picture_is_fresh": "Plan and extracts are younger than their limit.",
}
_ROUNDING: Final = 1e-9
_LONG_AGO: Final = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True)
class BrakeResult:
    """One brake: whether the run may go on, and what was expected and found, in words and as numbers."""

    name: str
    passed: bool
    sentence: str
    numbers: Mapping[str, float] = field(default_factory=dict)


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
    yield BrakeResult(
        "first_run_approved",
        bool(good),
        f"Expected 1 or more plans that were approved before; found {len(good)}.",
        {"expected": 1, "found": len(good)},
    )
    yield _not_shrunk(now, good, limits)
    yield _match_rate(now, good, limits)
    yield BrakeResult(
        "writes_within_limit",
        all(found <= most for found, most in _sizes(now, limits)),
        f"Expected at most {many(limits.most_writes, 'change')} and {many(limits.most_relinks, 'replaced value')}; "
        f"found {now.changes:,} and {now.relinks:,}.{_creates(now, limits)}",
        {
            "changes_expected": limits.most_writes,
            "changes_found": now.changes,
            "relinks_expected": limits.most_relinks,
            "relinks_found": now.relinks,
            "creates_expected": limits.most_creates,
            "creates_found": now.creates,
        },
    )
    first = f", {missing[0]} the first" if missing else ""
    yield BrakeResult(
        "no_month_missing_for_writes",
        not missing,
        f"Expected Stripe customers of every month; found {many(len(missing), 'month')} never read{first}.",
        {"expected": 0, "found": len(missing)},
    )
    yield BrakeResult(
        "picture_is_fresh",
        age_hours <= limits.oldest_hours,
        f"Expected nothing older than {limits.oldest_hours:g} hours; found a part that is {age_hours:.1f} hours old.",
        {"expected": limits.oldest_hours, "found": age_hours},
    )


def _match_rate(now: PlanNumbers, good: Sequence[PlanNumbers], limits: Brakes) -> BrakeResult:
    """One customer more or less with a record is in every band: of fewer than fifty it is more than a fiftieth."""
    rates = [numbers.match_rate for numbers in good]
    expected = median(rates) if rates else now.match_rate
    band = max(limits.match_rate, 1 / max(now.stripe_customers + now.stripe_creates, 1)) if limits.match_rate else 0.0
    return BrakeResult(
        "match_rate_in_band",
        abs(now.match_rate - expected) <= band + _ROUNDING,
        f"Expected {expected:.1%} of the customers to have a record, give or take {band:.1%}; found "
        f"{now.match_rate:.1%}.",
        {"expected": expected, "found": now.match_rate, "band": band},
    )


def _sizes(now: PlanNumbers, limits: Brakes) -> Sequence[tuple[int, int]]:
    """What there is in a plan, each with how much of it a run may do alone."""
    return (
        (now.changes, limits.most_writes),
        (now.relinks, limits.most_relinks),
        (now.creates, limits.most_creates),
        (now.stripe_creates, limits.most_stripe_creates),
    )


def _creates(now: PlanNumbers, limits: Brakes) -> str:
    new = (
        ("records", now.creates, limits.most_creates),
        ("Stripe customers", now.stripe_creates, limits.most_stripe_creates),
    )
    return "".join(f" Expected at most {most:,} new {what}; found {found:,}." for what, found, most in new if found)


def _not_shrunk(now: PlanNumbers, good: Sequence[PlanNumbers], limits: Brakes) -> BrakeResult:
    sides = {
        "Stripe": (now.stripe_customers, [numbers.stripe_customers for numbers in good]),
        "NetSuite": (now.netsuite_customers, [numbers.netsuite_customers for numbers in good]),
    }
    least = {side: max(before, default=0) * (1 - limits.shrink) for side, (_, before) in sides.items()}
    sentences = [
        f"expected {least[side]:,.0f} or more customers of {side}, found {found:,}"
        for side, (found, _) in sides.items()
    ]
    said = "; ".join(sentences)
    numbers = {f"{side.lower()}_expected": least[side] for side in sides}
    found = {f"{side.lower()}_found": found for side, (found, _) in sides.items()}
    is_whole = all(found >= max(least[side], 1) for side, (found, _) in sides.items())
    return BrakeResult("extracts_not_shrunk", is_whole, f"{said[0].upper()}{said[1:]}.", {**numbers, **found})


def why_stopped(results: Sequence[BrakeResult]) -> str:
    """Why a run may not write, as one text that begins with *because*; empty where it may."""
    sentences = [result.sentence for result in results if not result.passed]
    return " ".join([f"because {sentences[0][0].lower()}{sentences[0][1:]}", *sentences[1:]]) if sentences else ""


def build_brakes(sync: Reconciliation) -> dg.AssetChecksDefinition:
    """The brakes of one declaration, as checks of `write_plan`, for which nothing waits."""
    key = sync.key("write_plan")

    @dg.multi_asset_check(
        name=f"{sync.name}_brakes",
        specs=[dg.AssetCheckSpec(name, asset=key, description=text) for name, text in CHECKS.items()],
    )
    def brakes(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        with failures_for_people():
            results = judge_newest(sync, context.instance)
            stops = writes_unseen(sync, context.run.job_name)
            for result in results:
                yield dg.AssetCheckResult(
                    asset_key=key,
                    check_name=result.name,
                    passed=result.passed,
                    severity=dg.AssetCheckSeverity.ERROR if stops else dg.AssetCheckSeverity.WARN,
                    description=result.sentence,
                    metadata=result.numbers,
                )

    return brakes


def writes_unseen(sync: Reconciliation, job_name: str) -> bool:
    """Whether a run of this job goes on to write what it has planned, unless a brake stops it."""
    return sync.declaration.writes.mode == "auto" and job_name == f"{sync.name}_daily"


def judge_newest(sync: Reconciliation, instance: dg.DagsterInstance) -> list[BrakeResult]:
    """The brakes on the plan that was made last.

    Raises:
        UserError: none was made.
    """
    with sync.ledger() as ledger:
        approvals = Requests(ledger, sync.declared_accounts).approvals()
    history = History.read(sync.name, plans_made(instance, sync), approvals)
    return results_of(sync, history.newest, history.good)


def results_of(
    sync: Reconciliation, newest: PlanMade, good: Sequence[PlanMade], limits: Brakes | None = None
) -> list[BrakeResult]:
    """The brakes on the plan that was made last, held against the last good ones; other limits than the declared."""
    age = _age_hours(sync, newest.made_at)
    numbers = [made.numbers for made in good]
    limits = limits or sync.declaration.brakes
    return list(brake_results(newest.numbers, numbers, sync.months_missing(), age, limits))


def _age_hours(sync: Reconciliation, made_at: datetime) -> float:
    """The age of the oldest part: matching reads every month, so that one which was read long ago counts too."""
    months, now = sync.month_keys(), sync.clock()
    read = [*sync.frames.moments("stripe_customers", months), *sync.frames.moments("netsuite_customers"), made_at]
    return max((now - (moment or _LONG_AGO)).total_seconds() for moment in read) / 3600
