"""What the page says of the checks: their last results, and what of them a person should read first."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import dagster as dg
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus

from assets.check_results import SAID_FIRST
from assets.planning.preflight_check import ACCEPTED, Row, findings_of
from assets.planning.stripe_preflight import STRIPE_ACCEPTED
from assets.report.inputs import Check


def alerts(instance: dg.DagsterInstance, specs: Sequence[dg.AssetCheckSpec]) -> Iterator[str]:
    """What a person should read before anything else on the page."""
    for spec in specs:
        found = _last_evaluation(instance, spec.key) if spec.name in SAID_FIRST else None
        if found is not None and not found.passed and found.description:
            yield found.description


def results_of_checks(instance: dg.DagsterInstance, specs: Sequence[dg.AssetCheckSpec]) -> Iterator[Check]:
    """The last result of each check."""
    for spec in specs:
        if found := _last_evaluation(instance, spec.key):
            numbers = {name: value.value for name, value in found.metadata.items() if isinstance(value.value, int)}
            where = f"{spec.asset_key.path[-1]}: {spec.name}"
            yield Check(where, found.passed, found.severity.value, spec.description or "", numbers)


def preflight_of(instance: dg.DagsterInstance, specs: Sequence[dg.AssetCheckSpec]) -> Mapping[str, tuple[Row, ...]]:
    """What each service would refuse of the new customers of the plan; one that has nothing to say is left out."""
    services = {ACCEPTED: "NetSuite", STRIPE_ACCEPTED: "Stripe"}
    of_new = {services[spec.name]: _last_evaluation(instance, spec.key) for spec in specs if spec.name in services}
    return {service: rows for service, result in of_new.items() if (rows := tuple(findings_of(result)))}


def _last_evaluation(instance: dg.DagsterInstance, key: dg.AssetCheckKey) -> dg.AssetCheckEvaluation | None:
    """The last result that a check ever gave.

    Newer than that may be checks that are only planned, by runs that are under way or died before they came to them.
    """
    newest = instance.event_log_storage.get_asset_check_execution_history(key, limit=1, status=_ENDED)
    event = newest[0].event.dagster_event if newest and newest[0].event else None
    return event.asset_check_evaluation_data if event is not None else None


_ENDED: Final = frozenset({AssetCheckExecutionRecordStatus.SUCCEEDED, AssetCheckExecutionRecordStatus.FAILED})
