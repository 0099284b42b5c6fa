"""Changes as rows of a plan, where they are no link fields of pairs, each with a reason that a person can read."""

import polars as pl

from assets.keys import folded_expr
from assets.no_values import PLACEHOLDERS, is_placeholder
from schemas.change import RECORD, REMOVALS
from schemas.link_fields import LINK_FIELDS
from schemas.pair_texts import is_blank
from schemas.plan import OF_CREATES, PLAN_COLUMNS

_LINKS = [field.name for field in LINK_FIELDS]


def all_columns(rows: pl.LazyFrame, **given: pl.Expr) -> pl.LazyFrame:
    """Make changes of which more than the usual ones have values: `schemas.plan.Plan` with all of its columns.

    Args:
        rows: a row for each change, with the ids of the pair as far as they are known.
        given: the values; a column that is not given is null, but for the ids of the pair.
    """
    names = rows.collect_schema().names()
    ids = {"stripe_customer_id": pl.String(), "netsuite_internal_id": pl.Int64()}
    of_rows = {name: pl.col(name) if name in names else pl.lit(None, kind) for name, kind in ids.items()}
    values = of_rows | given
    return rows.select(values.get(name, pl.lit(None, pl.String)).alias(name) for name in (*PLAN_COLUMNS, *OF_CREATES))


def create_rows(records: pl.LazyFrame, system: str, key: pl.Expr, why: pl.Expr) -> tuple[pl.LazyFrame, pl.Expr]:
    """Make the creates of new records in a system: `schemas.plan.Plan` with all of its columns.

    Args:
        records: a row for each, with its `record` as JSON and `notes` on what was cut or left out.
        system: where they are made.
        key: what each is known by, so that it is made once.
        why: the reason, which the notes follow.

    Returns:
        The creates, and the id of each, by which other changes refer to it.
    """
    create = pl.concat_str(pl.lit(f"{system}:create:"), key)
    notes = pl.when(pl.col("notes").is_not_null()).then(pl.concat_str(pl.lit("; "), "notes")).otherwise(pl.lit(""))
    rows = all_columns(
        records,
        change_id=create,
        system=pl.lit(system),
        field=pl.lit(RECORD),
        action=pl.lit("create"),
        new_value=key,
        reason=pl.concat_str(why, notes),
        values=pl.col("record"),
    )
    return rows, create


def relinks(plan: pl.LazyFrame, no_value: frozenset[str] = PLACEHOLDERS) -> int:
    """How many changes of a plan replace a link that is there or take it away, as only a person's decision does."""
    # The first filter is cheap, and leaves next to nothing for the others.
    sets = (pl.col("action") == "set") & pl.col("old_value").is_not_null()
    some = plan.filter(sets | pl.col("action").is_in(REMOVALS)).select("field", "action", "old_value").collect()
    held = some.filter((pl.col("action") == "set") & pl.col("field").is_in(_LINKS) & ~is_blank("old_value"))
    replaced = held.filter(~is_placeholder(folded_expr(pl.col("old_value")), no_value)).height
    return replaced + some.filter(pl.col("action").is_in(REMOVALS)).height
