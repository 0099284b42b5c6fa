"""Which fields the new NetSuite customers of a plan fill, and how many of them: names and counts for people in the UI.

The values are customer data, which Dagster's event log must not hold: they are in `creations.csv` and the report.
"""

from collections.abc import Sequence

import dagster as dg
import polars as pl

from assets.mapping.to_netsuite import Trial
from schemas.customer_fields import SAFE_LENGTHS

_OF_LINES = sorted({*SAFE_LENGTHS, "country"})


def filled_fields(plan: pl.DataFrame, kinds: Sequence[Trial]) -> list[tuple[str, int]]:
    """Each field of the records of a plan's creates, with the number of records that fill it, the most first.

    Args:
        plan: `schemas.plan.Plan`.
        kinds: of records that the plan may hold, which say what the fields are called.
    """
    if "values" not in plan.columns:
        return []
    names = sorted(
        {*_OF_LINES, "currencies", "currency", *(name for kind in kinds for name in kind.always | kind.sometimes)}
    )
    # In canonical JSON only a key is followed so: a quote within a text stands behind a backslash.
    is_filled = [pl.col("values").str.contains(f'"{name}":', literal=True).sum().alias(name) for name in names]
    is_new = (pl.col("action") == "create") & (pl.col("system") == "netsuite")
    counts = plan.filter(is_new).select(is_filled)
    filled = [(name, int(counts.item(0, name))) for name in names if counts.item(0, name)]
    return sorted(filled, key=lambda each: (-each[1], each[0]))


def fields_metadata(plan: pl.DataFrame, kinds: Sequence[Trial]) -> dict[str, dg.MetadataValue]:
    """The fields as a table in the UI; nothing where the plan makes no record."""
    fields = filled_fields(plan, kinds)
    if not fields:
        return {}
    schema = dg.TableSchema([dg.TableColumn("field", "string"), dg.TableColumn("new customers", "int")])
    rows = [dg.TableRecord({"field": name, "new customers": count}) for name, count in fields]
    return {"new_customers/fields": dg.MetadataValue.table(rows, schema=schema)}
