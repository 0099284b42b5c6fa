"""The rows of a plan, field by field, without copying them.

A plan has the rows of one field together, millions of them: comparing each with its neighbour finds where a field
begins, and what is asked of single fields is asked of slices.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import polars as pl

from schemas.link_fields import LinkField
from schemas.paired_plan import PairedPlan, Part

Parts = dict[tuple[str, ...], pl.DataFrame]
"""Rows by what they have in common, in the order in which that first appears."""

KIND: Final = ("system", "field", "action")
_MOST_SLICES: Final = 1000


def parts_of(frame: pl.DataFrame, by: Sequence[str] = KIND) -> Parts:
    """Return the rows of a frame by some columns, each part in the frame's order.

    >>> parts = parts_of(pl.DataFrame({"field": ["a", "a", "b"], "row": [1, 2, 3]}), ["field"])
    >>> {field: part.get_column("row").to_list() for (field,), part in parts.items()}
    {'a': [1, 2], 'b': [3]}
    """
    if frame.is_empty():
        return {}
    begins = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift()) for name in by)
    starts = frame.select(pl.arg_where(begins | (pl.int_range(pl.len()) == 0))).to_series().to_list()
    if len(starts) > _MOST_SLICES:
        return frame.partition_by(by, maintain_order=True, as_dict=True)
    slices: dict[tuple[str, ...], list[pl.DataFrame]] = {}
    for start, end in zip(starts, [*starts[1:], frame.height], strict=True):
        key = frame.row(start, named=True)
        slices.setdefault(tuple(key[name] for name in by), []).append(frame.slice(start, end - start))
    return {key: pl.concat(parts) for key, parts in slices.items()}


def kinds_of(plan: PairedPlan) -> list[Part]:
    """Return the changes of a plan by system, field and action, in the order in which these first appear."""
    return plan.parts(_parts)


def _parts(rows: pl.DataFrame) -> Iterator[Part]:
    for (system, field, action), part in parts_of(rows).items():
        yield Part(system, field, action, part.height, part.lazy())


def changes_of(plan: PairedPlan, fields: Iterable[LinkField]) -> pl.LazyFrame:
    """Return the changes of some fields; those of others are not looked at again, row by row, by whoever uses them."""
    names = {field.name for field in fields}
    parts = [part.rows for part in kinds_of(plan) if part.field in names]
    return pl.concat(parts, how="diagonal") if parts else plan.lazy().clear()
