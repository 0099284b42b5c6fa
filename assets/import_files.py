"""The two files that a person hands to the systems themselves when there is no credential: pure, from the plan.

They are literal, unlike the files that are made to be opened in a spreadsheet: what stands in them is what is imported.
"""

from collections.abc import Mapping

import polars as pl

from schemas.words import LINK_KEY

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
    key = "netsuite_internal_id"
    records = changes.select(pl.col(key).unique()).sort(key)
    for field in _FIELD_ORDER:
        of_field = changes.filter(pl.col("field") == field)
        values = _full_comments(of_field) if field == "comments" else of_field.select(key, new_value="new_value")
        records = records.join(values.rename({"new_value": field}), on=key, how="left", maintain_order="left")
    full = records.collect()
    changed = [field for field in _FIELD_ORDER if full.get_column(field).count()]
    return full.select(
        pl.col(key).cast(pl.String).alias(labels["internal_id"]),
        *(pl.col(field).alias(labels[field]) for field in changed),
    )


def stripe_updates(plan: pl.LazyFrame) -> pl.DataFrame:
    """One row per Stripe customer to update: `id`, `netsuite_customer_id` (both String), ordered by id."""
    return (
        plan.filter(pl.col("system") == "stripe")
        .select(pl.col("record_id").alias("id"), pl.col("new_value").alias(LINK_KEY))
        .sort("id")
        .collect()
    )


def _full_comments(appends: pl.LazyFrame) -> pl.LazyFrame:
    """What each record's comments hold once every append is made: netsuite_internal_id, new_value."""
    key, old = "netsuite_internal_id", pl.col("old_value").replace("", None)
    is_shared = pl.col(key).is_duplicated()
    together = appends.filter(is_shared).group_by(key, maintain_order=True)
    joined = together.agg(pl.col("old_value").first(), pl.col("new_value").str.join("\n"))
    all_of_it = pl.concat([appends.filter(~is_shared).select(key, "old_value", "new_value"), joined])
    return all_of_it.select(key, new_value=pl.concat_str(old, "new_value", separator="\n", ignore_nulls=True))
