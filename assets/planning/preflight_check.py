"""What would refuse the new customers of a plan, shown beside it before anybody approves it; nothing is saved.

A warning, never a stop: the links of the plan are good without them, and NetSuite refuses each new record by itself.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import dagster as dg
import polars as pl

from assets.check_results import blocking_checks
from assets.planning.settings import PlanSettings
from assets.reconciliation import Reconciliation, failures_for_people
from schemas.errors import TieoutError
from schemas.secrets import masked

if TYPE_CHECKING:
    from assets.planning.preflight import Finding
    from resources.netsuite_api.reading.reader import NetsuiteApiReader

ACCEPTED: Final = "new_customers_accepted"
"""The check's name."""

FINDINGS: Final = "findings"
"""Its metadata: a table with a row for each thing found."""

Row = tuple[str, str, str]
"""How much a finding weighs, of what, and the sentence."""

_COLUMNS: Final = ("weight", "of", "found")
_ACCEPTED: Final = (
    "NetSuite would take the new customers of the plan: mandatory fields are filled, fields and values of lists exist, "
    "the role may create. Nothing is saved to find out."
)
_HEAVIEST: Final = {
    "refused": "Every new customer of a kind would be refused",
    "some": "Some new customers would be refused, or could not be taken back",
    "unknown": "What NetSuite would say of new customers could not be checked in part",
}


def build_preflight_check(sync: Reconciliation) -> dg.AssetChecksDefinition:
    """The check of one declaration over two APIs that may make customers."""
    key = sync.key("write_plan")

    @dg.multi_asset_check(
        name=f"{sync.name}_preflight", specs=blocking_checks(key, {ACCEPTED: _ACCEPTED}), ins=sync.inputs("write_plan")
    )
    def preflight(context: dg.AssetCheckExecutionContext, write_plan: pl.LazyFrame) -> dg.AssetCheckResult:
        with failures_for_people():
            is_new = (pl.col("action") == "create") & (pl.col("system") == "netsuite")
            if write_plan.filter(is_new).select(pl.len()).collect().item() == 0:
                return _result(key, [], "The plan makes no NetSuite customer.")
            try:
                with sync.exclusive("netsuite", context.run.run_id, context.log.info):
                    found = _asked(sync)
            except TieoutError as error:
                return _result(key, [("unknown", "NetSuite", f"could not be asked: {error}")], "")
            rows = [(each.weight, each.of, masked(each.sentence)) for each in found]
            return _result(key, rows, "Nothing was found that would refuse them.")

    return preflight


def findings_of(evaluation: dg.AssetCheckEvaluation | None) -> list[Row]:
    """What an evaluation of the check found: how much it weighs, of what, and the sentence."""
    value = None if evaluation is None else evaluation.metadata.get(FINDINGS)
    if not isinstance(value, dg.TableMetadataValue):
        return []
    return [(str(row.data["weight"]), str(row.data["of"]), str(row.data["found"])) for row in value.records]


def _asked(sync: Reconciliation) -> "list[Finding]":
    from assets.planning.preflight import checked  # noqa: PLC0415 (late: what reads export files does without it)

    reader: NetsuiteApiReader = sync.netsuite  # type: ignore[assignment]  # only built over APIs
    settings = PlanSettings.of(sync.declaration)
    if settings.create is None:
        return []
    with reader.test_client() as client:
        return checked(client, settings.trials, settings.create, sync.declaration.creation.undo)


def listed(rows: Sequence[Row]) -> str:
    """What was found, in one line."""
    return "; ".join(f"{of}: {sentence}" for _, of, sentence in rows)


def table_result(
    key: dg.AssetKey, check: str, rows: Sequence[Row], description: str, *, passed: bool
) -> dg.AssetCheckResult:
    """A result that warns, with a table of what was found."""
    schema = dg.TableSchema([dg.TableColumn(name, "string") for name in _COLUMNS])
    records = [dg.TableRecord(dict(zip(_COLUMNS, row, strict=True))) for row in rows]
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=check,
        passed=passed,
        severity=dg.AssetCheckSeverity.WARN,
        description=description,
        metadata={FINDINGS: dg.MetadataValue.table(records, schema=schema)},
    )


def _result(key: dg.AssetKey, rows: Sequence[Row], good: str) -> dg.AssetCheckResult:
    said = f"{_HEAVIEST[rows[0][0]]} (nothing was saved): {listed(rows)}." if rows else good
    return table_result(key, ACCEPTED, rows, said, passed=not rows)
