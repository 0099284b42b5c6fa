"""Work that few rows need, done for these alone: most customers are plain, and what costs is touching all of them."""

from collections.abc import Callable, Sequence

import polars as pl

_TEXT = "text"


def altered(column: pl.Expr, where: pl.Expr, act: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    """Return a column of text with another one in some rows; the others are not even looked at.

    Args:
        column: String, one value a row.
        where: which rows, null for no.
        act: gives the texts of these rows instead; elementwise.

    >>> frame = pl.DataFrame({"name": ["Acme", "a", None]})
    >>> frame.select(altered(pl.col("name"), pl.col("name") == "a", lambda few: few + "!")).to_series().to_list()
    ['Acme', 'a!', None]
    """

    def alter(parts: Sequence[pl.Series]) -> pl.Series:
        texts, rows = parts[0], parts[1].arg_true()
        if rows.is_empty():
            return texts
        return put(texts, rows, texts.gather(rows).to_frame(_TEXT).select(act(pl.col(_TEXT))).to_series())

    return pl.map_batches([column, where], alter, return_dtype=pl.String)


def put(texts: pl.Series, rows: pl.Series, others: pl.Series) -> pl.Series:
    """Return texts with others in some rows, in the order of the rows."""
    return texts.clone().scatter(rows, others) if len(rows) else texts
