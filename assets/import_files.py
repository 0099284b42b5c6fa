"""The two files that a person hands to the systems themselves when there is no credential: pure, from the plan.

They are literal, unlike the files that are made to be opened in a spreadsheet: what stands in them is what is imported.
"""

from collections.abc import Mapping

import polars as pl

IMPORT_ROWS = 25_000
"""Records that one file of NetSuite's CSV Import Assistant may hold (Oracle NetSuite help, section_N383794)."""

_FIELD_ORDER = ("external_id", "stripe_id", "comments")


def netsuite_import(plan: pl.LazyFrame, labels: Mapping[str, str]) -> pl.DataFrame:
    """One row per changed record: its internal id, and the full new value of the changed fields only.

    Blank cells are left alone by the import unless a person asks it to overwrite missing fields.

    Args:
        plan: `schemas.plan.Plan`.
        labels: our name → the account's own label of the column.

    Returns:
        String columns under the account's labels, ordered by internal id; only fields that some record changes.
    """
    changes = plan.filter(pl.col("system") == "netsuite")
    by_record = changes.group_by("netsuite_internal_id").agg(_new_value(field).alias(field) for field in _FIELD_ORDER)
    records = by_record.sort("netsuite_internal_id").collect()
    changed = [field for field in _FIELD_ORDER if records.get_column(field).count()]
    return records.select(
        pl.col("netsuite_internal_id").cast(pl.String).alias(labels["internal_id"]),
        *(pl.col(field).alias(labels[field]) for field in changed),
    )


def stripe_updates(plan: pl.LazyFrame) -> pl.DataFrame:
    """One row per Stripe customer to update: `id`, `netsuite_customer_id` (both String), ordered by id."""
    return (
        plan.filter(pl.col("system") == "stripe")
        .select(pl.col("record_id").alias("id"), pl.col("new_value").alias("netsuite_customer_id"))
        .sort("id")
        .collect()
    )


def _new_value(field: str) -> pl.Expr:
    values = pl.col("new_value").filter(pl.col("field") == field)
    if field != "comments":
        return values.first()
    old = pl.col("old_value").filter((pl.col("field") == field) & (pl.col("old_value") != "")).head(1)
    return pl.when(values.len() > 0).then(old.append(values).str.join("\n"))
