"""A text that was stored as HTML."""

from html import unescape
from typing import Final

import polars as pl

from schemas.rule_kinds.entry import Kind

_MARKUP: Final = r"&[#\w]+;|<[^>]+>"


def _read(column: pl.Expr, _: str | None) -> pl.Expr:
    """Return the text of a value without tags, its entities as the characters that they stand for.

    >>> texts = pl.Series(["R&amp;D<br>Ltd", "R&D Ltd", "2 < 3"])
    >>> pl.select(_read(pl.lit(texts), None)).to_series().to_list()
    ['R&D Ltd', 'R&D Ltd', '2 < 3']
    """
    plain = column.str.replace_all(r"<[^>]+>", " ").map_batches(_unescaped, return_dtype=pl.String, is_elementwise=True)
    return pl.when(column.str.contains(_MARKUP)).then(plain).otherwise(column)


def _unescaped(values: pl.Series) -> pl.Series:
    return pl.Series(values.name, [None if text is None else unescape(text) for text in values], pl.String)


KIND: Final = Kind(name="html", says="without tags and entities", read=_read, trait=_MARKUP)
