"""What there is to tell of a run that has ended: how it ended, and what it found that waits for a person."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

import dagster as dg

from assets.plan_history import plans_made
from assets.planning.brakes import CHECKS
from assets.reconciliation import Reconciliation
from resources.failures import KIND
from resources.ledger import Requests
from schemas.events import CHANGES, WAITING, RunEvent

COMMAND_TAG: Final = "tieout/command"
"""The tag of a run that a command started: which one, such as `make run`."""

ENDS: Final = (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.SUCCESS)
_RUNS_COMPARED: Final = 20


def wanted_of(
    sync: Reconciliation, instance: dg.DagsterInstance, run: dg.DagsterRun, status: dg.DagsterRunStatus
) -> list[RunEvent]:
    """What the declaration wants to hear of a run that has ended so."""
    return [each for each in _told(sync, instance, run, status) if each.occasion in sync.declaration.notify.events]


def _told(
    sync: Reconciliation, instance: dg.DagsterInstance, run: dg.DagsterRun, status: dg.DagsterRunStatus
) -> Iterator[RunEvent]:
    ended = event_of(sync, instance, run, status)
    yield ended
    before = _waiting_before(sync, instance, run)
    if before is not None and ended.counts.get(WAITING, 0) > before:
        yield ended.model_copy(update={"occasion": "review", "before": before})
    if ended.occasion == "success" and _waits_for_approval(sync, instance, ended):
        yield ended.model_copy(update={"occasion": "plan"})


def was_unattended(run: dg.DagsterRun) -> bool:
    """Whether the UI or a schedule started it, and not a command, before which a person sits."""
    return COMMAND_TAG not in run.tags


def event_of(
    sync: Reconciliation, instance: dg.DagsterInstance, run: dg.DagsterRun, status: dg.DagsterRunStatus
) -> RunEvent:
    """What there is to tell of a run that has ended so."""
    made = {made.asset_key: made for made in _materializations(sync, instance, run)}
    brakes = dict(_failed_brakes(sync, instance, run))
    plan = made.get(sync.key("write_plan"))
    has_failed = status is dg.DagsterRunStatus.FAILURE
    return RunEvent(
        declaration=sync.name,
        job=run.job_name,
        run_id=run.run_id,
        occasion="success" if not has_failed else "brakes" if brakes else "failure",
        at=_ended(instance, run) or sync.clock(),
        counts={f"{key.path[-1]}/{name}": count for key, each in made.items() for name, count in _counts(each)},
        plan=str(plan.metadata["plan_hash"].value) if plan and "plan_hash" in plan.metadata else None,
        failed=tuple(_failed_steps(instance, run)) if has_failed else (),
        brakes=tuple(brakes),
        because=" ".join(brakes.values()),
        results=sync.results.place,
    )


def _waiting_before(sync: Reconciliation, instance: dg.DagsterInstance, run: dg.DagsterRun) -> int | None:
    """How many waited in the review that was made before the one of this run."""
    found = instance.fetch_materializations(sync.key("review_queue"), limit=_RUNS_COMPARED).records
    earlier = [each for each in found if each.run_id != run.run_id]
    if len(earlier) == len(found) or not earlier:
        return None
    newest = next((each for each in earlier if each.storage_id < _own(found, run)), None)
    made = newest.asset_materialization if newest else None
    return dict(_counts(made)).get("waiting") if made else None


def _own(records: Sequence[dg.EventLogRecord], run: dg.DagsterRun) -> int:
    return min(each.storage_id for each in records if each.run_id == run.run_id)


def _waits_for_approval(sync: Reconciliation, instance: dg.DagsterInstance, ended: RunEvent) -> bool:
    """Whether the run has made a plan that has changes, that nobody has approved, and that none has replaced."""
    if not sync.declaration.can_write or ended.plan is None or not ended.counts.get(CHANGES):
        return False
    newest = next(plans_made(instance, sync), None)
    if newest is not None and newest.plan != ended.plan:
        return False
    with sync.ledger() as ledger:
        return not any(Requests(ledger, sync.declared_accounts).of_plan(ended.plan))


def _events(instance: dg.DagsterInstance, run: dg.DagsterRun, kind: dg.DagsterEventType) -> Iterator[dg.DagsterEvent]:
    for entry in instance.all_logs(run.run_id, of_type=kind):
        if entry.dagster_event is not None:
            yield entry.dagster_event


def _materializations(
    sync: Reconciliation, instance: dg.DagsterInstance, run: dg.DagsterRun
) -> Iterator[dg.AssetMaterialization]:
    for event in _events(instance, run, dg.DagsterEventType.ASSET_MATERIALIZATION):
        made = event.step_materialization_data.materialization
        if made.asset_key.path[0] == sync.name:
            yield made


def _counts(made: dg.AssetMaterialization) -> Iterator[tuple[str, int]]:
    for name, value in made.metadata.items():
        if isinstance(value, dg.IntMetadataValue) and value.value is not None:
            yield name, value.value


def _failed_brakes(sync: Reconciliation, instance: dg.DagsterInstance, run: dg.DagsterRun) -> Iterator[tuple[str, str]]:
    """Each with what it expected and what it found: numbers."""
    for event in _events(instance, run, dg.DagsterEventType.ASSET_CHECK_EVALUATION):
        check = event.asset_check_evaluation_data
        is_brake = check.asset_key == sync.key("write_plan") and check.check_name in CHECKS
        if is_brake and not check.passed and check.severity is dg.AssetCheckSeverity.ERROR:
            yield check.check_name, check.description or ""


def _failed_steps(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Iterator[str]:
    """Each with the kind of its error, and not its sentence, which is for those who may see customers."""
    for event in _events(instance, run, dg.DagsterEventType.STEP_FAILURE):
        found = event.step_failure_data
        kind = found.user_failure_data.metadata.get(KIND) if found.user_failure_data else None
        unforeseen = (found.error.cause or found.error).cls_name if found.error else None
        yield f"{event.step_key}: {kind.value if kind else unforeseen}"


def _ended(instance: dg.DagsterInstance, run: dg.DagsterRun) -> datetime | None:
    record = instance.get_run_record_by_id(run.run_id)
    return datetime.fromtimestamp(record.end_time, UTC) if record and record.end_time else None
