"""A change as a row of a plan, with a reason that a person can read."""

import polars as pl

from assets.keys import folded_expr
from assets.no_values import PLACEHOLDERS, is_placeholder
from assets.planning.pairs import is_blank, is_nothing, value_of
from schemas.link_fields import LinkField

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


def relinks(plan: pl.DataFrame, no_value: frozenset[str] = PLACEHOLDERS) -> int:
    """How many changes of a plan replace a value that is there, as only an override does."""
    replaces = (pl.col("action") == "set") & ~is_blank("old_value")
    return plan.filter(replaces).filter(~is_placeholder(folded_expr(pl.col("old_value")), no_value)).height


def _what_it_held(field: LinkField) -> pl.Expr:
    held = pl.lit("held ") + pl.col(field.name).str.strip_chars()
    replaced = held + pl.when(is_nothing(field)).then(pl.lit(_NOTHING)).otherwise(pl.lit(_REPLACED))
    return pl.when(is_blank(field.name)).then(pl.lit("is empty")).otherwise(replaced)
