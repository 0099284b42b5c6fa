"""How many cells hold something that is no value, by column: placeholders, and numbers damaged by a spreadsheet."""

from collections.abc import Sequence

import dagster as dg
import polars as pl

from assets.check_results import id_result
from assets.keys import key_expr
from assets.no_values import is_damaged, is_placeholder, may_be_no_value


def placeholders_result(
    key: dg.AssetKey, customers: pl.LazyFrame, id_column: str, columns: Sequence[str], no_value: frozenset[str]
) -> dg.AssetCheckResult:
    """Count by column what counts as empty though something is written there.

    Args:
        key: the asset.
        customers: one side.
        id_column: its id.
        columns: those that are compared or hold links.
        no_value: keys of placeholders.
    """
    names = [name for name in dict.fromkeys(columns) if name != id_column]
    texts = {name: pl.col(name).cast(pl.String) for name in names}
    suspects = customers.select(
        id_column, **{name: pl.when(may_be_no_value(text, no_value)).then(text) for name, text in texts.items()}
    ).collect(engine="streaming")
    # Keys are made of few rows alone: hardly any text is short, odd or beyond ASCII enough to stand for nothing.
    some = suspects.lazy().filter(
        pl.any_horizontal(pl.lit(value=False), *(pl.col(name).is_not_null() for name in names))
    )
    keys = some.select(id_column, *(key_expr(pl.col(name)) for name in names))
    placeholders = [_flag(is_placeholder(pl.col(name), no_value), f"placeholders/{name}") for name in names]
    damaged = [_flag(is_damaged(pl.col(name)), f"damaged_numbers/{name}") for name in names]
    found = keys.select(id_column, *placeholders, *damaged).collect(engine="streaming")
    counts = {name: int(found.get_column(name).sum()) for name in found.columns if name != id_column}
    shown = {name: count for name, count in counts.items() if count}
    bad = found.lazy().filter(pl.any_horizontal(pl.lit(value=False), pl.exclude(id_column)))
    result = id_result(key, "placeholders", bad, id_column, of=suspects.height, counts=shown)
    if not shown:
        return result
    said = ", ".join(f"{count:,} {_in_words(name)}" for name, count in shown.items())
    return result._replace(description=f"{result.description} rows of {key.path[-1]} hold what counts as empty: {said}")


def _flag(found: pl.Expr, name: str) -> pl.Expr:
    return found.fill_null(value=False).alias(name)


def _in_words(name: str) -> str:
    what, column = name.split("/", 1)
    return f"{what.replace('_', ' ')} in {column}"
