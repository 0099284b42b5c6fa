"""A change of one link field of a pair as a row of a plan, with a reason that a person can read."""

from typing import Final

import polars as pl

from schemas.link_fields import LinkField

CUSTOMER: Final = "stripe_customer_id"
RECORD_ID: Final = "netsuite_internal_id"
MATCH: Final = "match"
"""The row of a pair among the matches that a plan was made from: a hint, by which texts need not be compared."""


def is_changed(field: LinkField) -> str:
    """The column of pairs that says whether a field is changed."""
    return f"changes {field.name}"


def is_nothing(field: LinkField) -> pl.Expr:
    """Whether a field holds a placeholder."""
    return pl.col(f"placeholder {field.name}")


def is_blank(column: str) -> pl.Expr:
    """Whether a column holds nothing but white space."""
    return pl.col(column).fill_null("").str.strip_chars() == ""


def value_of(field: LinkField) -> pl.Expr:
    """What says in a field that the two customers of a pair are the same: the id of the other one."""
    return pl.col(RECORD_ID).cast(pl.String) if field.system == "stripe" else pl.col(CUSTOMER)


def rows_of_pairs(pairs: pl.LazyFrame, field: LinkField, *, are_empty: bool = False) -> pl.LazyFrame:
    """The changes of one field of some pairs: `schemas.plan.Plan`.

    Args:
        pairs: as in a plan.
        field: what is changed.
        are_empty: whether the field is known to hold nothing in all of them.
    """
    is_append = field.action == "append"
    record = pl.col(CUSTOMER if field.system == "stripe" else RECORD_ID).cast(pl.String)
    parts = [pl.lit(f"{field.system}:"), record, pl.lit(f":{field.name}")]
    parts += [pl.lit(":"), pl.col(CUSTOMER)] if is_append else []
    so_far = pl.lit("is empty; linked by ") if are_empty else _what_it_held(field) + pl.lit("; linked by ")
    why = pl.lit("does not name this customer; linked by ") if is_append else so_far
    return pairs.select(
        pl.concat_str(parts).alias("change_id"),
        pl.lit(field.system).alias("system"),
        record.alias("record_id"),
        pl.lit(field.name).alias("field"),
        pl.lit(field.action).alias("action"),
        pl.col(field.name).alias("old_value"),
        value_of(field).alias("new_value"),
        pl.concat_str(why, "evidence").alias("reason"),
        CUSTOMER,
        RECORD_ID,
    )


def _what_it_held(field: LinkField) -> pl.Expr:
    held = pl.lit("held ") + pl.col(field.name).str.strip_chars()
    how = pl.when(is_nothing(field)).then(pl.lit(", which stands for nothing"))
    replaced = held + how.otherwise(pl.lit(", which a person replaced"))
    return pl.when(is_blank(field.name)).then(pl.lit("is empty")).otherwise(replaced)
