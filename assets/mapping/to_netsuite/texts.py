"""The texts of Stripe as they are mapped: nothing unseen around them, and placeholders are no values (`no_value`)."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from assets.keys import folded_expr
from assets.mapping.to_netsuite.address import ADDRESS_PATHS
from assets.mapping.to_netsuite.limits import UNSEEN
from assets.mapping.to_netsuite.names import FIRST_NAME, LAST_NAME
from assets.mapping.to_netsuite.settings import CreateSettings
from assets.no_values import is_no_value, may_be_no_value
from schemas.customer_fields import STANDARD_FIELDS

_PATHS: Final = ("name", "description", "email", "phone", FIRST_NAME, LAST_NAME, *ADDRESS_PATHS)
_PLACES: Final = (".state", ".country")
_NA: Final = "na"
"""The key of a placeholder that is Namibia as a country, and Naples as a province."""

_LINE_BREAKS: Final = r"[\p{Cc}\x{2028}\x{2029}]"


def prepared(customers: pl.LazyFrame, settings: CreateSettings) -> pl.LazyFrame:
    """Select `id`, `created`, each path that the standard mapping reads, and `mapped <field>`; and note placeholders.

    A path that is not there has no values, and one that the declaration suppresses has none for the standard mapping.
    What goes into standard fields is one line.
    """
    there = set(customers.collect_schema().names())
    who = settings.individual_when
    standard = sorted({*_PATHS, *([f"metadata.{who.metadata}"] if who and who.metadata else [])})
    read = sorted({*standard, *settings.mapping} & there - {"id"})
    stripped = (pl.col(path).cast(pl.String).str.strip_chars(UNSEEN) for path in read)
    texts = customers.select("id", "created", *stripped).collect()
    values = {path: _value(path, found) for path, found in _placeholders(texts, read, settings.no_value).items()}
    values["id"] = pl.col("id")
    nothing = pl.lit(None, pl.String)
    columns = [
        (one_line(values[path]) if path in values and settings.is_used(path) else nothing).alias(path)
        for path in standard
    ]
    for field in settings.mapped_fields:
        mapped = pl.coalesce(nothing, *(values[path] for path in settings.paths_to(field) if path in values))
        columns.append((one_line(mapped) if field in STANDARD_FIELDS else mapped).alias(f"mapped {field}"))
    held = [
        pl.when(pl.col(path).is_not_null() & (pl.col(path) != "") & values[path].is_null()).then(pl.lit(path))
        for path in read
        if settings.is_used(path)
    ]
    named = pl.concat_str(nothing, *held, separator=", ", ignore_nulls=True)
    said = pl.when(named != "").then(pl.concat_str(pl.lit("no value: "), named))
    return texts.lazy().select("id", "created", *columns, said.alias("note 90"))


def one_line(column: pl.Expr) -> pl.Expr:
    """Return a text with a space for each line break, tab, or other control character; null if it has nothing else."""
    is_broken = column.str.contains(_LINE_BREAKS)  # hardly any is, so that only these pay for the rest
    whole = pl.when(is_broken).then(column).str.replace_all(_LINE_BREAKS, " ").str.strip_chars(UNSEEN)
    return pl.when(~is_broken).then(column).when(whole.str.len_bytes() > 0).then(whole)


def _value(path: str, placeholders: pl.Series) -> pl.Expr:
    text = pl.col(path)
    is_value = text.str.len_bytes() > 0
    if len(placeholders):
        is_value &= ~text.is_in(placeholders.implode())
    return pl.when(is_value).then(text)


def _placeholders(texts: pl.DataFrame, paths: list[str], no_value: frozenset[str]) -> Mapping[str, pl.Series]:
    """Return for each path the texts in it that stand for nothing: all paths are looked at in one go."""
    may_be = [
        texts.select(text=pl.col(path).filter(may_be_no_value(pl.col(path), no_value))).unique() for path in paths
    ]
    empty = pl.DataFrame(schema={"text": pl.String})
    keys = pl.concat([empty, *may_be]).unique().with_columns(key=folded_expr(pl.col("text")))
    found = keys.filter(is_no_value(pl.col("key"), no_value))
    of_places = found.filter(pl.col("key") != _NA)
    return {path: (of_places if path.endswith(_PLACES) else found).get_column("text") for path in paths}
