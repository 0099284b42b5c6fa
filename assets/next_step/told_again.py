"""Says what comes next wherever it was said before: at the plan, at the report, and on its page.

An asset's page in Dagster shows what was reported with its last materialization, and observations only among its
events. So the plan is reported again: with its data version, its numbers, and the results of its checks, as of the run
that made it. It is no new plan for that: the history of plans knows it by the accounts, which are left out.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import dagster as dg
from dagster._core.definitions.asset_checks.asset_check_evaluation import AssetCheckEvaluationTargetMaterializationData

from assets.next_step.links import links
from assets.next_step.next_step import NextStep, next_step
from assets.next_step.shown import metadata, renewed
from assets.plan_history import ACCOUNTS
from assets.reconciliation import Reconciliation
from assets.steps import AS_IN_RUN
from resources.storage.frames import PLAN_HASH
from resources.storage.generations import Generation, MadeBy, ResultStore

_PAGE: Final = "report.html"
_PLAN: Final = "write_plan"
_OF_THE_MAKING: Final = {ACCOUNTS, "form"}
"""Metadata that only the run reports which makes a plan, or that hold no more where they are not said again."""


def tell_again(sync: Reconciliation, instance: dg.DagsterInstance, run_id: str) -> None:
    """Say what comes next after a run that has done something about the plan that was made last."""
    step = next_step(sync, instance)
    if step is not None:
        page, of = renewed_page(sync.results, step)
        kept = sync.results.publish(page, MadeBy.now(run_id, step.plan), renewed=of) if page else None
        tell_at_assets(sync, instance, step, kept)


def renewed_page(results: ResultStore, step: NextStep) -> tuple[dict[str, Callable[[Path], None]], Mapping[str, str]]:
    """How the page of the plan is written anew, if it is there; and the SHA-256 of the one that is."""
    newest = results.newest()
    entry = newest.files.get(_PAGE) if newest else None
    page = newest.fetched([_PAGE]).get(_PAGE) if newest else None
    if entry is None or entry["plan"] != step.plan or page is None:
        return {}, {}
    text = renewed(page.read_text("utf-8"), step)

    def write(path: Path) -> None:
        path.write_text(text, encoding="utf-8")

    return {_PAGE: write}, {_PAGE: entry["sha256"]}


def tell_at_assets(sync: Reconciliation, instance: dg.DagsterInstance, step: NextStep, page: Generation | None) -> None:
    """Say it at the plan, and at the report if its page, in these results, is renewed."""
    shown = metadata(step)
    _report_plan_again(sync, instance, step)
    if page:
        opened = links(sync.name, _PAGE, list(page.files))
        shown = {**shown, **opened, "report": dg.MetadataValue.path(sync.results.address(_PAGE))}
        instance.report_runless_asset_event(dg.AssetMaterialization(sync.key("reconciliation_report"), metadata=shown))


def _report_plan_again(sync: Reconciliation, instance: dg.DagsterInstance, step: NextStep) -> None:
    key, run = sync.key(_PLAN), step.standing.made.run_id
    event = instance.get_latest_materialization_event(key)
    last = event.asset_materialization if event else None
    if last is None or last.metadata.get(PLAN_HASH) != dg.TextMetadataValue(step.plan):
        return  # somebody has reported something by hand
    now = metadata(step)
    kept = {name: value for name, value in last.metadata.items() if name not in {*now, *_OF_THE_MAKING}}
    again = dg.AssetMaterialization(key, metadata={**now, **kept, AS_IN_RUN: run}, tags=last.tags)
    instance.report_runless_asset_event(again)
    [record] = instance.fetch_materializations(key, limit=1).records
    target = AssetCheckEvaluationTargetMaterializationData(
        storage_id=record.storage_id, run_id=record.run_id, timestamp=record.timestamp
    )
    for check in _checks(instance, run, key):
        instance.report_runless_asset_event(
            dg.AssetCheckEvaluation(
                asset_key=key,
                check_name=check.check_name,
                passed=check.passed,
                metadata={**check.metadata, AS_IN_RUN: run},
                target_materialization_data=target,
                severity=check.severity,
                description=check.description,
                blocking=check.blocking,
            )
        )


def _checks(instance: dg.DagsterInstance, run: str, key: dg.AssetKey) -> Iterator[dg.AssetCheckEvaluation]:
    """What a run found of an asset."""
    for entry in instance.all_logs(run, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION):
        event = entry.dagster_event
        if event is not None and event.asset_check_evaluation_data.asset_key == key:
            yield event.asset_check_evaluation_data
