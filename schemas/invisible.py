"""Characters that nobody sees: a zero-width space, a soft hyphen, a byte-order mark, a mark of direction."""

import polars as pl


def without_invisible(text: pl.Expr) -> pl.Expr:
    r"""Return a text without invisible characters (Unicode's Cf); all of them are beyond ASCII, and few texts are.

    >>> pl.select(without_invisible(pl.lit("cus_\u200b1"))).item()
    'cus_1'
    """
    other = pl.when(text.str.len_bytes() != text.str.len_chars()).then(text).str.replace_all(r"\p{Cf}", "")
    return pl.coalesce(other, text)
