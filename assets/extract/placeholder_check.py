"""How many cells hold something that is no value, by column: placeholders, and numbers damaged by a spreadsheet."""

from collections.abc import Mapping, Sequence
from typing import Final

import dagster as dg
import polars as pl

from assets.check_results import id_result
from assets.extract.column_keys import ColumnFlags
from assets.keys import key_expr
from assets.no_values import is_damaged, is_placeholder, may_be_no_value
from schemas.repeated import at_rows, is_any
from schemas.words import many

_KINDS: Final = {"placeholders": "placeholder", "damaged_numbers": "damaged number"}
"""What is counted, as the numbers of the check name it, and one of it in words; in the order of `_without_value`."""


def placeholders_result(
    key: dg.AssetKey,
    customers: pl.LazyFrame,
    id_column: str,
    columns: Sequence[str],
    no_value: frozenset[str],
    flags: Mapping[str, ColumnFlags],
    rows_are: str,
) -> dg.AssetCheckResult:
    """Count by column what counts as empty though something is written there.

    Args:
        key: the asset.
        customers: one side.
        id_column: its id.
        columns: those that are compared or hold links.
        no_value: keys of placeholders.
        flags: what is known of some of these columns.
        rows_are: what its rows are, in words.
    """
    names = [name for name in dict.fromkeys(columns) if name != id_column]
    others = [name for name in names if name not in flags]
    texts = {name: pl.col(name).cast(pl.String) for name in others}
    suspects = {name: pl.when(may_be_no_value(text, no_value)).then(text) for name, text in texts.items()}
    rows = customers.select(id_column, **suspects).collect(engine="streaming")
    none = {name: (flags[name].is_placeholder, flags[name].is_damaged) for name in names if name in flags}
    none |= {name: _without_value(rows.get_column(name), no_value) for name in others}
    flagged = {(kind, name): none[name][at] for at, kind in enumerate(_KINDS) for name in names}
    found = {of: count for of, each in flagged.items() if (count := int(each.sum()))}
    shown = {"/".join(of): count for of, count in found.items()}
    bad = rows.select(id_column).lazy().filter(is_any(flagged.values(), rows.height))
    result = id_result(key, "placeholders", bad, id_column, of=rows.height, counts=shown)
    if not shown:
        return result
    said = ", ".join(f"{many(count, _KINDS[kind])} in {name}" for (kind, name), count in found.items())
    return result._replace(description=f"What counts as empty is in {result.description} {rows_are}: {said}.")


def _without_value(suspects: pl.Series, no_value: frozenset[str]) -> tuple[pl.Series, pl.Series]:
    """Which rows are placeholders, and which damaged numbers; keys are made of those alone that may be one of both."""
    rows = suspects.is_not_null().arg_true()
    keys = pl.select(key=key_expr(pl.lit(suspects.gather(rows))))
    found = (is_placeholder(pl.col("key"), no_value), is_damaged(pl.col("key")))
    flags = [rows.filter(keys.select(each.fill_null(value=False)).to_series()) for each in found]
    return at_rows(flags[0], suspects.len()), at_rows(flags[1], suspects.len())
