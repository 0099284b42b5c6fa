"""What the page says of the brakes: why this run was stopped, or that a daily run would be, and each as a check."""

from collections.abc import Iterator, Sequence

import dagster as dg

from assets.plan_history import plans_made
from assets.planning.brakes import CHECKS, BrakeResult, judge_newest, why_stopped
from assets.reconciliation import Reconciliation
from assets.report.inputs import Check
from schemas.declaration import Declaration


def brakes_of(sync: Reconciliation, instance: dg.DagsterInstance) -> list[BrakeResult]:
    """The brakes on the plan that is shown; none where nothing is written, or no plan is known to have been made."""
    if not sync.declaration.can_write or next(plans_made(instance, sync), None) is None:
        return []
    return judge_newest(sync, instance)


def would_stop(declaration: Declaration, brakes: Sequence[BrakeResult], *, stops: bool) -> Iterator[str]:
    """What a person should know of the next daily run, where this run is none."""
    because = why_stopped(brakes)
    if because and not stops and declaration.writes.mode == "auto":
        yield f"A daily run would stop here before it writes, {because}"


def brake_checks(brakes: Sequence[BrakeResult], *, stops: bool) -> Iterator[Check]:
    """The brakes as the page shows checks: of a run that they stop they are errors, of others warnings."""
    for brake in brakes:
        where, what = f"write_plan: {brake.name}", f"{CHECKS[brake.name]} {brake.sentence}"
        counts = {name: number for name, number in brake.numbers.items() if isinstance(number, int)}
        yield Check(where, brake.passed, "ERROR" if stops else "WARN", what, counts)
