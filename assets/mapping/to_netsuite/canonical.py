"""Canonical JSON, column by column: keys sorted, no white space, nothing that is null, text as it is.

It equals `json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)`.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Final

import polars as pl

Json = Mapping[str, "Json"] | list["Json"] | str | float | bool

_ESCAPED: Final = {chr(code): json.dumps(chr(code))[1:-1] for code in (*range(0x20), ord('"'), ord("\\"))}


def constant(value: Json) -> str:
    """Return the JSON of a value that is the same for all rows."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def text_expr(column: pl.Expr) -> pl.Expr:
    """Return the JSON of texts, null where there is none."""
    # Hardly any text needs it, and what costs is the looking up.
    special = pl.when(column.str.contains(r'(?-u)[\x00-\x1f"\\]')).then(column)
    escaped = special.str.replace_many([*_ESCAPED], [*_ESCAPED.values()])
    return pl.concat_str(pl.lit('"'), pl.coalesce(escaped, column), pl.lit('"'))


def object_expr(members: Mapping[str, pl.Expr]) -> pl.Expr:
    """Return the JSON objects of columns of JSON, by key; a null is left out."""
    pairs = [pl.concat_str(pl.lit(f"{constant(name)}:"), members[name]) for name in sorted(members)]
    return _enclosed("{", pairs, "}")


def list_expr(items: Iterable[pl.Expr]) -> pl.Expr:
    """Return the JSON lists of columns of JSON; a null is left out, and a list of nothing is null."""
    columns = [*items]
    return pl.when(pl.any_horizontal(item.is_not_null() for item in columns)).then(_enclosed("[", columns, "]"))


def _enclosed(opening: str, parts: Iterable[pl.Expr], closing: str) -> pl.Expr:
    joined = pl.concat_str(*parts, separator=",", ignore_nulls=True)
    return pl.concat_str(pl.lit(opening), joined, pl.lit(closing))
