"""Data quality of the two extracts, as asset checks: one load per side, many numbers.

These look at what people typed into the two systems; that a frame is well-formed is the schema check in its own asset.
All are blocking so that the report can show them, but only a broken id or an empty picture stops a run.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice

import dagster as dg
import polars as pl

from assets.check_results import blocking_checks, id_result
from assets.extract.column_keys import ColumnFlags, Keep, flags_by_column
from assets.extract.placeholder_check import placeholders_result
from assets.no_values import no_keys_of, placeholders_of
from assets.plan_history import plans_made
from assets.reconciliation import Reconciliation, failures_for_people
from assets.steps import Step, key_of, of_frames
from resources.storage.held_frames import Held, keep_beside
from schemas.declaration.rules import columns_of
from schemas.link_fields import fields_of
from schemas.repeated import is_any, is_repeated
from schemas.words import System, many

_EMAIL = r"^[^@\s,;:<>()]+@[^@\s,;:<>()]+\.[^@\s,;:<>()]+$|^$"

_DESCRIPTIONS = {
    "unique_ids": "No id is there twice; a doubled one would be matched twice. Stops the run.",
    "email_form": "Every e-mail has the form of one address; a list of addresses or a remark never matches.",
    "empty_keys": "Every customer has a value in some field that a rule compares; the others no rule can match.",
    "duplicate_keys": "No two customers share a value that a rule compares; those that do are ambiguous or doubled.",
    "placeholders": "No cell holds a placeholder (N/A, null) or a number that a spreadsheet damaged; both are none.",
    "not_shrunk": "There are about as many customers as for the last plans; a file or search of only a part has fewer.",
    "no_month_missing": "Stripe customers of every month are there; a missing month makes the picture incomplete.",
    "has_customers": "The saved search holds customers, and not leads and prospects only (M2). Stops the run.",
}
_OF_BOTH = ("unique_ids", "email_form", "empty_keys", "duplicate_keys", "placeholders", "not_shrunk")
_STRIPE_CHECKS = (*_OF_BOTH, "no_month_missing")
_NETSUITE_CHECKS = (*_OF_BOTH, "has_customers")
_PLANS_COMPARED = 7


def build_customer_checks(sync: Reconciliation) -> list[dg.AssetChecksDefinition]:
    """The data-quality checks of both extracts of one declaration."""
    return [_stripe_checks(sync), _netsuite_checks(sync)]


def _stripe_checks(sync: Reconciliation) -> dg.AssetChecksDefinition:
    key = sync.key("stripe_customers")
    compared = _compared_alone(rule.stripe for rule in sync.declaration.rules)
    no_value = placeholders_of(sync.declaration)
    no_key = no_keys_of(sync.declaration)

    @dg.multi_asset_check(
        name=f"{sync.name}_stripe_quality",
        specs=_specs(key, _STRIPE_CHECKS),
        ins=sync.inputs("stripe_customers"),
    )
    def stripe_quality(
        context: dg.AssetCheckExecutionContext, stripe_customers: pl.LazyFrame
    ) -> Iterator[dg.AssetCheckResult]:
        with failures_for_people():

            def check() -> Iterator[dg.AssetCheckResult]:
                held = sync.frames.held("stripe_customers", sync.month_keys())
                rows = stripe_customers if held is None else held.frame.lazy()
                flags = flags_by_column(rows, compared, no_key, _beside(sync, held))
                yield from quality_results(key, rows, "id", flags)
                columns = [*compared, *_names("stripe")]
                yield placeholders_result(key, rows, "id", columns, no_value, flags, "Stripe customers")

            yield from _step(sync, context, "stripe_customers").checked(check)
            yield _not_shrunk(context.instance, sync, "stripe_customers", stripe_customers)
            yield _no_month_missing(sync)

    return stripe_quality


def _no_month_missing(sync: Reconciliation) -> dg.AssetCheckResult:
    missing = pl.LazyFrame({"month": sync.months_missing()}, schema={"month": pl.String})
    months = len(sync.month_keys())
    found = id_result(sync.key("stripe_customers"), "no_month_missing", missing, "month", of=months)
    return found._replace(description=f"{found.description}. {sync.months_elsewhere()}".removesuffix(". "))


def _netsuite_checks(sync: Reconciliation) -> dg.AssetChecksDefinition:
    key = sync.key("netsuite_customers")
    compared = _compared_alone(rule.netsuite for rule in sync.declaration.rules)
    no_value = placeholders_of(sync.declaration)
    no_key = no_keys_of(sync.declaration)

    @dg.multi_asset_check(
        name=f"{sync.name}_netsuite_quality",
        specs=_specs(key, _NETSUITE_CHECKS),
        ins=sync.inputs("netsuite_customers"),
    )
    def netsuite_quality(
        context: dg.AssetCheckExecutionContext, netsuite_customers: pl.LazyFrame
    ) -> Iterator[dg.AssetCheckResult]:
        with failures_for_people():
            customers = netsuite_customers.filter("is_customer")

            def check() -> Iterator[dg.AssetCheckResult]:
                held = sync.frames.held("netsuite_customers")
                rows = customers if held is None else held.frame.lazy().filter("is_customer")
                flags = flags_by_column(rows, compared, no_key, _beside(sync, held))
                yield from quality_results(key, rows, "internal_id", flags)
                columns = [*compared, *_names("netsuite")]
                yield placeholders_result(key, rows, "internal_id", columns, no_value, flags, "NetSuite rows")

            yield from _step(sync, context, "netsuite_customers").checked(check)
            yield _not_shrunk(context.instance, sync, "netsuite_customers", customers)
            yield _has_customers(key, customers)

    return netsuite_quality


def _has_customers(key: dg.AssetKey, customers: pl.LazyFrame) -> dg.AssetCheckResult:
    count = customers.select(pl.len()).collect().item()
    return dg.AssetCheckResult(
        asset_key=key,
        check_name="has_customers",
        passed=count > 0,
        severity=dg.AssetCheckSeverity.ERROR,
        description=many(count, "customer") if count else "no row has the stage Customer: check the label of `stage`",
        metadata={"customers": count},
    )


def _step(sync: Reconciliation, context: dg.AssetCheckExecutionContext, asset: str) -> Step:
    """What is asked of an extract alone; what else is asked changes by itself."""
    name = f"{asset}_quality"
    return Step(sync, name, context.run.run_id, lambda: key_of(sync, name, of_frames(sync, asset)))


def _beside(sync: Reconciliation, held: Held | None) -> Keep:
    """Keep the keys of a column for matching, if the extract is in memory."""
    if held is None:
        return lambda *_: None
    return lambda column, keys: keep_beside(held, column, keys, sync.memory.of_frames)


def _names(system: System) -> list[str]:
    """The link fields of a system that hold one id, and nothing else."""
    return [field.name for field in fields_of(system, "value")]


def _compared_alone(sides: Iterable[Sequence[str]]) -> list[str]:
    """The columns that some rule compares alone; a part of a pair says little when two customers share it."""
    return list(dict.fromkeys(side[0] for side in sides if len(side) == 1 and columns_of(side[0]) == (side[0],)))


def _not_shrunk(
    instance: dg.DagsterInstance, sync: Reconciliation, asset: str, customers: pl.LazyFrame
) -> dg.AssetCheckResult:
    """Compare one side with what the last plans were made from; no plan yet is nothing to compare with."""
    last = islice(plans_made(instance, sync), _PLANS_COMPARED)
    before = [made.numbers.metadata()[asset] for made in last]
    found = customers.select(pl.len()).collect().item()
    return shrink_result(sync.key(asset), found, before, sync.declaration.brakes.shrink)


def shrink_result(key: dg.AssetKey, found: int, before: Sequence[int], allowed: float) -> dg.AssetCheckResult:
    """Warn of a side that is smaller than for the last plans (X9), as an export of a part of the customers is.

    A plan made from a part can be wrong: where several customers share a record and the oldest is not in the export, a
    younger one gets the external id.

    Args:
        key: the asset.
        found: customers now.
        before: customers that the last plans were made from.
        allowed: the share by which there may be fewer.
    """
    most = max(before, default=found)
    is_whole = found >= most * (1 - allowed)
    advice = "" if is_whole else "; if these are not all, do not use the plan of this run"
    return dg.AssetCheckResult(
        asset_key=key,
        check_name="not_shrunk",
        passed=is_whole,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{many(found, 'customer')}, {most:,} for the largest of the last plans{advice}.",
        metadata={"customers": found, "most_before": most},
    )


def quality_results(
    key: dg.AssetKey,
    customers: pl.LazyFrame,
    id_column: str,
    flags: Mapping[str, ColumnFlags],
) -> Iterator[dg.AssetCheckResult]:
    """What both sides are asked: unique ids, form of e-mails, empty and shared keys.

    Args:
        key: the asset.
        customers: one side.
        id_column: its id.
        flags: what is known of its columns that rules compare.
    """
    text = pl.col("email").str.strip_chars()
    rows = customers.select(id_column, wrong_form=~text.str.contains(_EMAIL)).collect(engine="streaming")
    found = partial(_found, key, rows.get_column(id_column))
    yield found("unique_ids", is_repeated(rows.get_column(id_column)), severity=dg.AssetCheckSeverity.ERROR)
    yield found("email_form", rows.get_column("wrong_form").fill_null(value=False))
    has_value = is_any((each.is_filled for each in flags.values()), rows.height)
    yield found("empty_keys", ~has_value if flags else has_value)
    counts = {f"sharing/{column}": int(each.is_shared.sum()) for column, each in flags.items()}
    yield found("duplicate_keys", is_any((each.is_shared for each in flags.values()), rows.height), counts=counts)


def _found(
    key: dg.AssetKey,
    ids: pl.Series,
    name: str,
    wrong: pl.Series,
    *,
    severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.WARN,
    counts: dict[str, int] | None = None,
) -> dg.AssetCheckResult:
    bad = ids.filter(wrong).to_frame().lazy()
    return id_result(key, name, bad, ids.name, of=ids.len(), severity=severity, counts=counts)


def _specs(key: dg.AssetKey, names: tuple[str, ...]) -> list[dg.AssetCheckSpec]:
    return blocking_checks(key, {name: _DESCRIPTIONS[name] for name in names})
