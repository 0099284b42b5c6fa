"""What NetSuite shows a customer by: it is unique in an account, so that equal names get the Stripe id added."""

import polars as pl

from assets.keys import key_expr
from assets.mapping.to_netsuite.few import put
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
    named = customers.lazy().select("id", "created", wanted)
    named = named.with_columns(wanted.str.slice(0, limit).str.strip_chars().alias("short"))
    keyed = named.with_columns(key_expr(pl.col("short")).alias("key")).collect()
    taken = existing.select(key_expr(pl.col("entity_id")).alias("key")).collect().get_column("key").drop_nulls()
    not_free = pl.concat([_younger(keyed), _taken(keyed, taken)])
    is_taken = pl.repeat(value=False, n=keyed.height, eager=True).scatter(not_free.unique(), True)
    renamed = _with_suffix(keyed.select("id", wanted).filter(is_taken), limit)
    rows = is_taken.arg_true()
    is_cut = keyed.select(wanted.str.len_chars() > limit).to_series().fill_null(value=False)
    is_cut = is_cut.scatter(rows, renamed.get_column("is_cut"))
    return customers.with_columns(
        put(keyed.get_column("short"), rows, renamed.get_column("entity_id")).alias("entity_id"),
        note("entity id has the Stripe id behind it: another customer has the name", pl.lit(is_taken)).alias("note 10"),
        note("entity id cut to fit", pl.lit(is_cut)).alias("note 11"),
    )


def _with_suffix(customers: pl.DataFrame, limit: int) -> pl.DataFrame:
    """Put the Stripe id behind names; the name is cut so that all fits, and `is_cut` says so."""
    wanted = pl.col("wanted entity_id")
    suffix = pl.concat_str(pl.lit(" ("), "id", pl.lit(")"))
    room = limit - suffix.str.len_chars().cast(pl.Int64)
    base = wanted.str.slice(0, room.clip(lower_bound=0)).str.strip_chars()
    return customers.select(
        pl.when(room > 0)
        .then(pl.concat_str(base, suffix))
        .otherwise(pl.col("id").str.slice(0, limit))
        .alias("entity_id"),
        is_cut=wanted.str.len_chars() > room.clip(lower_bound=0),
    )


def _younger(customers: pl.DataFrame) -> pl.Series:
    """The rows of customers whose `key` an older one has, too."""
    keys = customers.get_column("key")
    # Equal hashes are found for a third of what equal texts cost; which texts are equal is told of these few.
    rows = (keys.is_not_null() & keys.hash().is_duplicated()).arg_true()
    # Only names that several have need an order of age. Exports tell `created` to the minute.
    shared = customers.select("id", "key", pl.col("created").dt.truncate("1m"))[rows].with_columns(row=rows)
    by_age = shared.filter(pl.col("key").is_duplicated()).sort("created", "id")
    return by_age.filter(~pl.col("key").is_first_distinct()).get_column("row")


def _taken(customers: pl.DataFrame, taken: pl.Series) -> pl.Series:
    """The rows of customers whose `key` is among those that are taken."""
    keys = customers.get_column("key")
    hashes, of_taken = keys.hash(), taken.hash()
    rows = (keys.is_not_null() & hashes.is_in(of_taken.implode())).arg_true()
    alike = taken.filter(of_taken.is_in(hashes.gather(rows).implode()))
    return rows.filter(keys.gather(rows).is_in(alike.implode()))
