"""A tax number without punctuation."""

from typing import Final

import polars as pl

from schemas.rule_kinds.entry import Kind

_DECIMALS: Final = r"^(\s*\d+)\.0+\s*$"


def _read(column: pl.Expr, _: str | None) -> pl.Expr:
    """Return the letters and digits of a tax number; null without a digit other than zero, as `XX-XXXXXXX` for nobody.

    Decimals that a program wrote behind a number are left out.

    >>> pl.select(_read(pl.lit("DE 123.456-789"), None)).item()
    'DE123456789'
    """
    bare = column.str.replace(_DECIMALS, "$1").str.replace_all(r"[^\p{L}\p{N}]", "")
    return pl.when(bare.str.contains(r"[\p{N}--0]")).then(bare)


KIND: Final = Kind(name="tax_id", says="without punctuation", read=_read)
