"""The rows of a frame by month of creation: from memory, or from the disk as many months at a time as fit."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Final

import polars as pl

from resources.extracts.on_disk import OnDisk
from resources.storage.held_frames import MOST_HELD, fits, size_of
from schemas.errors import InternalError

MONTH_FORMAT: Final = "%Y-%m-01"
"""Key of a month's partition, as Dagster's monthly partitions write it."""

MonthRows = Iterator[tuple[str, pl.DataFrame]]
"""Of each month that was asked for its rows, once."""

_MONTH: Final = pl.col("created").dt.strftime(MONTH_FORMAT).alias("month")
_NO_ROWS: Final = pl.Series(dtype=pl.UInt32)
_LOOKED_AT: Final = 10_000
_PART: Final = 2
"""Months that are gathered at once take that part of what may be held: beside them is what each one becomes."""


def of_months(
    name: str, frame: pl.DataFrame | OnDisk, months: Sequence[str], most: int | None
) -> tuple[MonthRows, pl.DataFrame | None]:
    """Part a frame by months.

    Args:
        name: of the frame.
        frame: its rows.
        months: the keys of months, of which some may have no rows.
        most: bytes that may be held, if they are to be few.

    Returns:
        the rows of each month; and all of them in that order, if they are to be held.

    Raises:
        InternalError: there are rows of other months; from the disk, when the first are asked for.
    """
    if isinstance(frame, OnDisk):
        return _from_disk(name, frame, months, most), None
    rows_of = _rows_by_month(name, frame, months)
    present = [month for month in months if month in rows_of]
    # All at once if they are to be held, which takes no letter of a text anew, but as many views of them.
    if not (fits(frame, most) and _is_in_time(frame.get_column("created"))):
        return _one_by_one(frame, rows_of, months), None
    in_order = frame[pl.concat([rows_of[month] for month in present])] if present else frame.clear()
    return _slices(in_order, rows_of, months), in_order


def _one_by_one(frame: pl.DataFrame, rows_of: Mapping[str, pl.Series], months: Sequence[str]) -> MonthRows:
    for month in months:
        yield month, frame[rows_of.get(month, _NO_ROWS)]


def _slices(in_order: pl.DataFrame, rows_of: Mapping[str, pl.Series], months: Sequence[str]) -> MonthRows:
    begun = 0
    for month in months:
        count = rows_of.get(month, _NO_ROWS).len()
        yield month, in_order[begun : begun + count]
        begun += count


def _from_disk(name: str, frame: OnDisk, months: Sequence[str], most: int | None) -> MonthRows:
    counts: dict[str, int] = dict(frame.rows.group_by(_MONTH).len().collect().iter_rows())
    _refuse_others(name, counts.keys() - set(months))
    first = frame.rows.head(_LOOKED_AT).collect()
    most_rows = (MOST_HELD if most is None else min(most, MOST_HELD)) // _PART * first.height // (size_of(first) or 1)
    in_order = sorted(months)
    ends = accumulate(counts.get(month, 0) for month in in_order)
    turn_of = {month: end // (most_rows or 1) for month, end in zip(in_order, ends, strict=True)}
    for turn in sorted(set(turn_of.values())):
        some = [month for month in in_order if turn_of[month] == turn]
        rows = frame.rows.filter(_MONTH.is_between(pl.lit(some[0]), pl.lit(some[-1]))).collect()
        yield from _one_by_one(rows, _rows_by_month(name, rows, some), some)


def _rows_by_month(name: str, frame: pl.DataFrame, months: Sequence[str]) -> Mapping[str, pl.Series]:
    begun_on = pl.col("created").dt.date().dt.month_start().alias("month")  # a text is made of each month, not row
    found = frame.select(begun_on).with_row_index("row").group_by("month", maintain_order=True).agg("row")
    rows_of = dict(zip(found.get_column("month").dt.strftime(MONTH_FORMAT), found.get_column("row"), strict=True))
    _refuse_others(name, rows_of.keys() - set(months))
    return rows_of


def _refuse_others(name: str, surplus: set[str]) -> None:
    if surplus:
        raise InternalError(f"{name} has rows of months that were not asked for: {sorted(surplus)}.")


def _is_in_time(moments: pl.Series) -> bool:
    """Whether rows gathered by months lie as they did: to look at others again and again is dearer than reading."""
    return moments.is_sorted() or moments.is_sorted(descending=True)
