"""A change as a row of a plan, with a reason that a person can read."""

import polars as pl

from assets.keys import folded_expr
from assets.no_values import PLACEHOLDERS, is_placeholder
from assets.planning.pairs import is_blank, is_nothing, value_of
from schemas.change import RECORD, REMOVALS
from schemas.link_fields import LINK_FIELDS, LinkField
from schemas.plan import OF_CREATES, PLAN_COLUMNS

_LINKS = [field.name for field in LINK_FIELDS]
_REPLACED = ", which a person replaced"
_NOTHING = ", which stands for nothing"


def change_rows(pairs: pl.LazyFrame, field: LinkField, keep: tuple[str, ...] = ()) -> pl.LazyFrame:
    """Make a change of one field of each of some pairs: `schemas.plan.Plan`.

    Args:
        pairs: `assets.planning.pairs.pairs_to_plan`.
        field: what is changed.
        keep: further columns of the pairs.
    """
    is_append = field.action == "append"
    record = pl.col("stripe_customer_id" if field.system == "stripe" else "netsuite_internal_id").cast(pl.String)
    parts = [pl.lit(f"{field.system}:"), record, pl.lit(f":{field.name}")]
    parts += [pl.lit(":"), pl.col("stripe_customer_id")] if is_append else []
    why = pl.lit("does not name this customer") if is_append else _what_it_held(field)
    return pairs.select(
        pl.concat_str(parts).alias("change_id"),
        pl.lit(field.system).alias("system"),
        record.alias("record_id"),
        pl.lit(field.name).alias("field"),
        pl.lit(field.action).alias("action"),
        pl.col(field.name).alias("old_value"),
        value_of(field).alias("new_value"),
        (why + "; linked by " + pl.col("evidence")).alias("reason"),
        "stripe_customer_id",
        "netsuite_internal_id",
        *keep,
    )


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


def create_rows(records: pl.LazyFrame, system: str, key: pl.Expr, why: str) -> tuple[pl.LazyFrame, pl.Expr]:
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
        reason=pl.concat_str(pl.lit(why), notes),
        values=pl.col("record"),
    )
    return rows, create


def relinks(plan: pl.DataFrame, no_value: frozenset[str] = PLACEHOLDERS) -> int:
    """How many changes of a plan replace a link that is there or take it away, as only a person's decision does."""
    # The first filter is cheap, and leaves next to nothing for the others.
    held = plan.filter(pl.col("old_value").is_not_null()).filter(pl.col("action") == "set")
    removed = int(plan.select(pl.col("action").is_in(REMOVALS).sum()).item())
    replaces = pl.col("field").is_in(_LINKS) & ~is_blank("old_value")
    return held.filter(replaces).filter(~is_placeholder(folded_expr(pl.col("old_value")), no_value)).height + removed


def _what_it_held(field: LinkField) -> pl.Expr:
    held = pl.lit("held ") + pl.col(field.name).str.strip_chars()
    replaced = held + pl.when(is_nothing(field)).then(pl.lit(_NOTHING)).otherwise(pl.lit(_REPLACED))
    return pl.when(is_blank(field.name)).then(pl.lit("is empty")).otherwise(replaced)
