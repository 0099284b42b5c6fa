"""What NetSuite shows a customer by: it is unique in an account, so that equal names get the Stripe id added."""

import polars as pl

from assets.keys import key_expr
from assets.mapping.to_netsuite.limits import note
from assets.mapping.to_netsuite.settings import CreateSettings


def with_entity_ids(customers: pl.DataFrame, existing: pl.LazyFrame, settings: CreateSettings) -> pl.DataFrame:
    """Add `entity_id`, that fits and that nobody else has, and notes.

    The oldest customer with a name keeps it; a younger one, and every one whose name a record has, gets ` (cus_…)`
    behind it. Names are equal when their keys are.

    Args:
        customers: `id`, `created`, and `wanted entity_id`, which may be null.
        existing: `entity_id` (String) of every record that there is, whatever its type and stage.
        settings: with the length of an entity id.
    """
    limit = settings.limit("entityid") or 0
    wanted = pl.col("wanted entity_id")
    keyed = customers.with_columns(wanted.str.slice(0, limit).str.strip_chars().alias("short"))
    keyed = keyed.with_columns(key_expr(pl.col("short")).alias("key"))
    is_shared = pl.col("key").is_not_null() & pl.col("key").is_duplicated()
    # Only names that several have need an order of age. Exports tell `created` to the minute.
    by_age = keyed.filter(is_shared).select("id", "key", pl.col("created").dt.truncate("1m")).sort("created", "id")
    younger = by_age.filter(~pl.col("key").is_first_distinct()).get_column("id")
    taken = existing.select(key_expr(pl.col("entity_id"))).collect().to_series().drop_nulls()
    is_taken = (pl.col("key").is_in(taken.implode()) | pl.col("id").is_in(younger.implode())).fill_null(value=False)
    suffix = pl.concat_str(pl.lit(" ("), "id", pl.lit(")"))
    room = limit - suffix.str.len_chars().cast(pl.Int64)
    base = wanted.str.slice(0, room.clip(lower_bound=0)).str.strip_chars()
    suffixed = pl.when(room > 0).then(pl.concat_str(base, suffix)).otherwise(pl.col("id").str.slice(0, limit))
    is_cut = wanted.str.len_chars() > pl.when("is_taken").then(room.clip(lower_bound=0)).otherwise(limit)
    return (
        keyed.with_columns(is_taken=is_taken & wanted.is_not_null())
        .with_columns(
            pl.when("is_taken").then(suffixed).otherwise("short").alias("entity_id"),
            note("entity id has the Stripe id behind it: another customer has the name", pl.col("is_taken")).alias(
                "note 10"
            ),
            note("entity id cut to fit", is_cut).alias("note 11"),
        )
        .drop("short", "key", "is_taken")
    )
