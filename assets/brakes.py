"""The brakes of the daily run (X9): between plan and writes, blocking, each with a sentence on how to go on by hand.

They compare the plan and its picture with the last good ones: those whose plan was applied, by a person or by a daily
run that passed. They belong to the daily job alone; a person who applies a plan by its hash has looked at it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Final

import dagster as dg

from assets.reconciliation import Reconciliation
from resources.ledger import Journal
from schemas.declaration import Brakes

CHECKS: Final = {
    "first_run_approved": "Some plan was applied by a person before: the first one always wants an approval.",
    "extracts_not_shrunk": "Neither extract is smaller than in the last good runs by more than its band.",
    "match_rate_in_band": "The share of customers with a record is that of the last good runs, within its band.",
    "writes_within_limit": "The plan has no more changes, and replaces no more values, than a run may do alone.",
    "no_month_missing_for_writes": "Stripe customers of every month were read.",
    "picture_is_fresh": "Plan and extracts are younger than their limit.",
}
_RUNS_COMPARED: Final = 7
_RUNS_LOOKED_AT: Final = 100


@dataclass(frozen=True)
class Picture:
    """What a plan was made from, and its size, in numbers."""

    stripe_customers: int
    netsuite_customers: int
    tied: int
    changes: int
    relinks: int

    @property
    def match_rate(self) -> float:
        """The share of Stripe customers that have a record."""
        return self.tied / self.stripe_customers if self.stripe_customers else 0.0


@dataclass(frozen=True)
class Verdict:
    """One brake: whether the run may go on, and what was expected and found."""

    name: str
    passed: bool
    sentence: str


def verdicts(
    now: Picture, good: Sequence[Picture], missing: Sequence[str], age_hours: float, limits: Brakes
) -> Iterator[Verdict]:
    """Judge a plan against the last good ones, newest first; every brake speaks.

    Args:
        now: the plan, and what it was made from.
        good: those of the last runs whose plan was applied.
        missing: months of Stripe customers that were never read.
        age_hours: of the oldest part of the picture.
        limits: what the declaration allows.
    """
    yield Verdict("first_run_approved", bool(good), f"{len(good)} good runs to compare with; 1 or more are needed.")
    yield _not_shrunk(now, good, limits)
    rates = [picture.match_rate for picture in good]
    expected = median(rates) if rates else now.match_rate
    yield Verdict(
        "match_rate_in_band",
        abs(now.match_rate - expected) <= limits.match_rate,
        f"Expected {expected:.1%} of the customers to have a record, give or take {limits.match_rate:.1%}; found "
        f"{now.match_rate:.1%}.",
    )
    yield Verdict(
        "writes_within_limit",
        now.changes <= limits.most_writes and now.relinks <= limits.most_relinks,
        f"Expected at most {limits.most_writes:,} changes and {limits.most_relinks:,} replaced values; found "
        f"{now.changes:,} and {now.relinks:,}.",
    )
    first = f", {missing[0]} the first" if missing else ""
    yield Verdict("no_month_missing_for_writes", not missing, f"{len(missing)} months were never read{first}.")
    yield Verdict(
        "picture_is_fresh",
        age_hours <= limits.oldest_hours,
        f"Expected nothing older than {limits.oldest_hours:g} hours; the oldest part is {age_hours:.1f} hours old.",
    )


def _not_shrunk(now: Picture, good: Sequence[Picture], limits: Brakes) -> Verdict:
    sides = {
        "Stripe": (now.stripe_customers, [picture.stripe_customers for picture in good]),
        "NetSuite": (now.netsuite_customers, [picture.netsuite_customers for picture in good]),
    }
    least = {side: max(before, default=0) * (1 - limits.shrink) for side, (_, before) in sides.items()}
    told = [f"{side}: expected {least[side]:,.0f} or more, found {found:,}" for side, (found, _) in sides.items()]
    is_whole = all(found >= max(least[side], 1) for side, (found, _) in sides.items())
    return Verdict("extracts_not_shrunk", is_whole, f"{'; '.join(told)}.")


def build_brakes(sync: Reconciliation) -> dg.AssetChecksDefinition:
    """The brakes of one declaration, as blocking checks of `write_plan`."""
    key = sync.key("write_plan")
    by_hand = f"To go on by hand: look at the report, then start {sync.name}_apply with the plan's hash."

    @dg.multi_asset_check(
        name=f"{sync.name}_brakes",
        specs=[dg.AssetCheckSpec(name, asset=key, blocking=True, description=text) for name, text in CHECKS.items()],
    )
    def brakes(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        now, good = pictures(context.instance, sync)
        age = _age_hours(context.instance, sync)
        for verdict in verdicts(now, good, sync.months_missing(), age, sync.declaration.brakes):
            yield dg.AssetCheckResult(
                asset_key=key,
                check_name=verdict.name,
                passed=verdict.passed,
                severity=dg.AssetCheckSeverity.ERROR,
                description=verdict.sentence if verdict.passed else f"{verdict.sentence} {by_hand}",
            )

    return brakes


def pictures(instance: dg.DagsterInstance, sync: Reconciliation) -> tuple[Picture, list[Picture]]:
    """The present plan in numbers, and the last good ones, newest first, from what `write_plan` reported."""
    with sync.ledger() as ledger:
        applied = Journal(ledger, sync.declared_accounts).plans_requested()
    records = instance.fetch_materializations(sync.key("write_plan"), limit=_RUNS_LOOKED_AT).records
    events = [record.asset_materialization for record in records if record.asset_materialization]
    numbers = [_picture(event) for event in events]
    hashes = [str(event.metadata["plan_hash"].value) for event in events]
    good = [picture for picture, digest in zip(numbers[1:], hashes[1:], strict=True) if digest in applied]
    return numbers[0], good[:_RUNS_COMPARED]


def _picture(event: dg.AssetMaterialization) -> Picture:
    def number(name: str) -> int:
        value = event.metadata[name].value if name in event.metadata else 0
        return value if isinstance(value, int) else 0

    return Picture(
        number("stripe_customers"),
        number("netsuite_customers"),
        number("tied_to_a_record"),
        number("changes"),
        number("relinks"),
    )


def _age_hours(instance: dg.DagsterInstance, sync: Reconciliation) -> float:
    now, oldest = datetime.now(UTC).timestamp(), datetime.now(UTC).timestamp()
    for name in ("stripe_customers", "netsuite_customers", "write_plan"):
        event = instance.get_latest_materialization_event(sync.key(name))
        oldest = min(oldest, event.timestamp if event else 0.0)
    return (now - oldest) / 3600
