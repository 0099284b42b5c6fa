"""The texts of Stripe as they are mapped: nothing unseen around them, and placeholders are no values (`no_value`)."""

from collections.abc import Iterable, Mapping
from typing import Final

import polars as pl

from assets.keys import folded_expr
from assets.mapping.to_netsuite.address import ADDRESS_PATHS
from assets.mapping.to_netsuite.canonical import HAS_SPECIAL, SPECIAL
from assets.mapping.to_netsuite.few import put
from assets.mapping.to_netsuite.limits import UNSEEN
from assets.mapping.to_netsuite.names import FIRST_NAME, LAST_NAME
from assets.mapping.to_netsuite.settings import CreateSettings
from assets.no_values import BY_FORM, is_no_value, no_value_pattern
from schemas.customer_fields import STANDARD_FIELDS
from schemas.declaration.rules import CARD_PATHS

_PATHS: Final = ("name", "description", "email", "phone", FIRST_NAME, LAST_NAME, *ADDRESS_PATHS)
_PLACES: Final = (".state", ".country")
_NA: Final = "na"
"""The key of a placeholder that is Namibia as a country, and Naples as a province."""

_LINE_BREAKS: Final = r"[\p{Cc}\x{2028}\x{2029}]"
_NOT_PLAIN: Final = r"[^ !#-\[\]-~]|^ | $"
"""Beyond ASCII, unseen, at an end that is stripped, or `SPECIAL`: in any other text there is nothing to change."""

_TEXT: Final = pl.col("text")
_VALUE: Final = pl.col("value")


def prepared(customers: pl.LazyFrame, settings: CreateSettings) -> pl.LazyFrame:
    """Select `id`, `created`, each path that the standard mapping reads, and `mapped <field>`; and note placeholders.

    A path that is not there has no values, and one that the declaration suppresses has none for the standard mapping.
    What goes into standard fields is one line. `HAS_SPECIAL` says which rows JSON may have to escape something of.
    """
    there = set(customers.collect_schema().names())
    who = settings.individual_when
    standard = sorted({*_PATHS, *([f"metadata.{who.metadata}"] if who and who.metadata else [])})
    read = sorted({*standard, *CARD_PATHS, *settings.mapping} & there - {"id"})
    columns_read = customers.select("id", "created", *(pl.col(path).cast(pl.String) for path in read))
    texts = columns_read.collect().rechunk()  # else polars copies all of them again at each step below
    of_card = {path for path in CARD_PATHS if path in read and texts.get_column(path).null_count() < texts.height}
    read, standard = sorted({*read} - {*CARD_PATHS} | of_card), [*standard, *sorted(of_card)]
    pattern = rf"{_NOT_PLAIN}|{no_value_pattern(settings.no_value)}"
    unusual = _with_values({path: _unusual(texts.get_column(path), pattern) for path in read}, settings.no_value)
    columns = [texts.get_column("id"), texts.get_column("created")]
    columns += [
        _changed(texts.get_column(path), unusual[path], one_line(_VALUE)).alias(f"line {path}") for path in read
    ]
    columns += [_changed(texts.get_column(path), unusual[path], _VALUE) for path in read if path in settings.mapping]
    columns += [_has_special(texts, unusual.values(), settings), _note(texts.height, unusual, settings)]
    nothing = pl.lit(None, pl.String)
    lines = {path: pl.col(f"line {path}") for path in read} | {"id": one_line(pl.col("id"))}
    values = {path: pl.col(path) for path in read} | {"id": pl.col("id")}
    chosen = [(lines[path] if path in read and settings.is_used(path) else nothing).alias(path) for path in standard]
    for field in settings.mapped_fields:
        sources = lines if field in STANDARD_FIELDS else values
        mapped = pl.coalesce(nothing, *(sources[path] for path in settings.paths_to(field) if path in sources))
        chosen.append(mapped.alias(f"mapped {field}"))
    return pl.DataFrame(columns).lazy().select("id", "created", HAS_SPECIAL, "note 90", *chosen)


def one_line(column: pl.Expr) -> pl.Expr:
    """Return a text with a space for each line break, tab, or other control character; null if it has nothing else."""
    is_broken = column.str.contains(_LINE_BREAKS)  # hardly any is, so that only these pay for the rest
    whole = pl.when(is_broken).then(column).str.replace_all(_LINE_BREAKS, " ").str.strip_chars(UNSEEN)
    return pl.when(~is_broken).then(column).when(whole.str.len_bytes() > 0).then(whole)


def _unusual(texts: pl.Series, pattern: str) -> pl.DataFrame:
    """The texts that are more than plain words, with their rows, and nothing unseen around them."""
    rows = texts.str.contains(pattern).arg_true()
    return pl.DataFrame({"row": rows, "text": texts.gather(rows).str.strip_chars(UNSEEN)})


def _with_values(unusual: Mapping[str, pl.DataFrame], no_value: frozenset[str]) -> dict[str, pl.DataFrame]:
    """Add `value`, null for texts that stand for nothing: the texts of all paths are looked at in one go."""
    empty = pl.DataFrame(schema={"text": pl.String})
    keys = pl.concat([empty, *(found.select("text").unique() for found in unusual.values())]).unique()
    keys = keys.with_columns(key=folded_expr(pl.col("text")))
    names_nobody = keys.filter(is_no_value(pl.col("key"), no_value))
    placeholders = keys.filter(is_no_value(pl.col("key"), no_value - {BY_FORM}))
    of_places = placeholders.filter(pl.col("key") != _NA)
    valued = {}
    for path, found in unusual.items():
        none = of_places if path.endswith(_PLACES) else names_nobody if path in _PATHS else placeholders
        listed = none.get_column("text")
        is_value = (_TEXT.str.len_bytes() > 0) & ~_TEXT.is_in(listed.implode())
        valued[path] = found.with_columns(value=pl.when(is_value).then(_TEXT))
    return valued


def _changed(texts: pl.Series, unusual: pl.DataFrame, value: pl.Expr) -> pl.Series:
    if unusual.is_empty():
        return texts
    return put(texts, unusual.get_column("row"), unusual.select(value).to_series())


def _has_special(texts: pl.DataFrame, unusual: Iterable[pl.DataFrame], settings: CreateSettings) -> pl.Series:
    """In which rows a text that goes into the record may hold something that JSON escapes."""
    constants = pl.Series([str(value) for value in settings.defaults.values()], dtype=pl.String)
    if constants.str.contains(SPECIAL).any():
        return pl.repeat(value=True, n=texts.height, eager=True).alias(HAS_SPECIAL)
    of_ids = texts.get_column("id").str.contains(SPECIAL).fill_null(value=False).alias(HAS_SPECIAL)
    rows = [found.filter(_TEXT.str.contains(SPECIAL)).get_column("row") for found in unusual]
    found = pl.concat([pl.Series(dtype=pl.get_index_type()), *rows]).unique()
    return of_ids.scatter(found, True)


def _note(height: int, unusual: Mapping[str, pl.DataFrame], settings: CreateSettings) -> pl.Series:
    """Name, in its row, each path of which a placeholder was left out."""
    is_left_out = pl.col("value").is_null() & (_TEXT != "")
    left_out = [
        found.filter(is_left_out).select("row", path=pl.lit(path))
        for path, found in unusual.items()
        if settings.is_used(path)
    ]
    nothing = pl.DataFrame(schema={"row": pl.get_index_type(), "path": pl.String})
    named = pl.concat([nothing, *left_out]).group_by("row", maintain_order=True).agg(pl.col("path").str.join(", "))
    said = named.select(pl.concat_str(pl.lit("no value: "), "path")).to_series()
    return put(pl.repeat(None, height, dtype=pl.String, eager=True), named.get_column("row"), said).alias("note 90")
