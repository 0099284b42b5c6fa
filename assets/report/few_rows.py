"""What is asked of frames that may lie on disk: a column, or some rows, and nothing beside them in memory."""

import polars as pl

from schemas.repeated import at_rows


def column_of(frame: pl.LazyFrame, name: str) -> pl.Series:
    """Return a column, in one piece: to gather from many costs ten times as much."""
    return frame.select(name).collect().to_series().rechunk()


def height_of(frame: pl.LazyFrame) -> int:
    """Return how many rows there are."""
    return int(frame.select(pl.len()).collect().item())


def rows_at(frame: pl.LazyFrame, rows: pl.Series) -> pl.DataFrame:
    """Return some rows of a frame, in its order; those that are not asked for are let go as they are read.

    >>> rows_at(pl.LazyFrame({"id": ["a", "b", "c"]}), pl.Series([2, 0])).to_series().to_list()
    ['a', 'c']
    """
    wanted = at_rows(rows, height_of(frame))
    # A set of the rows would be made anew for each morsel.
    is_one = pl.col(_ROW).map_batches(wanted.gather, return_dtype=pl.Boolean, is_elementwise=True)
    return frame.with_row_index(_ROW).filter(is_one).drop(_ROW).collect(engine="streaming")


_ROW = "row of the frame"
