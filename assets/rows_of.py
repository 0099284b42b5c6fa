"""Where the rows of ids are: one side looked up in the other by sorted hashes, for a part of the price of a join.

A join of a million texts builds a table of texts, and goes to memory for each; sorting numbers does not.
"""

import polars as pl

from schemas.repeated import are_distinct


def rows_of(ids: pl.Series, among: pl.Series) -> pl.Series:
    """Return the row of each id in another column, whose ids are distinct; null for one that is not there.

    >>> rows_of(pl.Series(["b", "d", "a"]), pl.Series(["a", "b", "c"])).to_list()
    [1, None, 0]
    """
    ids, among = ids.rechunk(), among.rechunk()
    if among.is_empty() or not are_distinct(among):
        there = among.alias("id").to_frame().with_row_index("row")
        return ids.alias("id").to_frame().join(there, on="id", how="left", maintain_order="left").get_column("row")
    wanted, offered = ids.hash(), among.hash()
    order, places = wanted.arg_sort(), offered.arg_sort()
    # Looked up in order, one after the other, which reads memory from front to back.
    found = offered.gather(places).search_sorted(wanted.gather(order)).clip(upper_bound=among.len() - 1)
    rows = order.scatter(order, places.gather(found))
    return pl.select(pl.when(ids == among.gather(rows)).then(rows)).to_series().alias("row")
