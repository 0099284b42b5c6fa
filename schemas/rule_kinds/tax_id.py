"""A tax number without punctuation."""

from typing import Final

import polars as pl

from schemas.rule_kinds.entry import Kind


def _read(column: pl.Expr, _: str | None) -> pl.Expr:
    """Return the letters and digits of a tax number.

    >>> pl.select(_read(pl.lit("DE 123.456-789"), None)).item()
    'DE123456789'
    """
    return column.str.replace_all(r"[^\p{L}\p{N}]", "")


KIND: Final = Kind(name="tax_id", says="without punctuation", read=_read)
