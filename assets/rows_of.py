"""Where the rows of ids are: one side looked up in the other by a table of numbers, for a part of the price of a join.

A join of a million texts builds a table of texts, and goes to memory for each. Here a table has the row of each number,
which is the id itself where ids are numbers close together, or else some bits of its hash; texts are compared after.
"""

from typing import Final

import polars as pl

from schemas.repeated import are_distinct

_ROOM: Final = 8
"""Places of a table for each id, so that two ids seldom have the same; more would save no time and take memory."""
_SPARSEST: Final = 16
"""Numbers for each id that is one."""
_MOST: Final = 1 << 25


def rows_of(ids: pl.Series, among: pl.Series) -> pl.Series:
    """Return the row of each id in another column, whose ids are distinct; null for one that is not there.

    >>> rows_of(pl.Series(["b", "d", "a"]), pl.Series(["a", "b", "c"])).to_list()
    [1, None, 0]
    """
    ids, among = ids.rechunk().alias("row"), among.rechunk()
    if among.is_empty():
        return _joined(ids, among)
    if among.dtype.is_integer() and (rows := _by_number(ids, among)) is not None:
        return rows
    if not are_distinct(among):
        return _joined(ids, among)
    size = min(1 << (_ROOM * among.len()).bit_length(), _MOST)
    offered = _places(among, size)
    table = _table(offered, size)
    rows = table.gather(_places(ids, size))
    is_found = (ids == among.gather(rows)).fill_null(value=False)
    rows = rows.set(~is_found, None)
    lost = (table.gather(offered) != pl.int_range(among.len(), eager=True)).arg_true()  # another id has their place
    if lost.is_empty():
        return rows
    left = (~is_found).arg_true()
    return rows.scatter(left, lost.gather(_joined(ids.gather(left), among.gather(lost))))


def _by_number(ids: pl.Series, among: pl.Series) -> pl.Series | None:
    """Return the rows by a table with a place for each number, if that is not much larger, and none is there twice."""
    span = among.to_frame("id").select(low=pl.col("id").min(), high=pl.col("id").max()).row(0)
    low, high = span if among.null_count() == 0 else (0, _MOST)
    size = high - low + 1
    if size > min(_SPARSEST * among.len(), _MOST):
        return None
    places = (among - low).cast(pl.UInt32)
    table = _table(places, size)
    if (table.gather(places) != pl.int_range(among.len(), dtype=pl.UInt32, eager=True)).any():
        return None
    is_within = pl.col("row").is_between(low, high)
    wanted = ids.to_frame().select(pl.when(is_within).then(pl.col("row") - low).cast(pl.UInt32)).to_series()
    return table.gather(wanted)


def _table(places: pl.Series, size: int) -> pl.Series:
    rows = pl.int_range(places.len(), dtype=pl.UInt32, eager=True)
    return pl.repeat(None, size, dtype=pl.UInt32, eager=True).alias("row").scatter(places, rows)


def _places(ids: pl.Series, size: int) -> pl.Series:
    return (ids.hash() % size).cast(pl.UInt32)


def _joined(ids: pl.Series, among: pl.Series) -> pl.Series:
    there = among.alias("id").to_frame().with_row_index("row")
    return ids.alias("id").to_frame().join(there, on="id", how="left", maintain_order="left").get_column("row")
