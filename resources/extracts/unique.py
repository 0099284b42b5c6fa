"""One row an id: the same row again is dropped, and two different ones are a person's to tell apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import polars as pl

from schemas.errors import ExportError, UserError
from schemas.repeated import are_distinct, is_repeated


@dataclass(frozen=True)
class RowSource:
    """Who gave the rows, as an error says it.

    Attributes:
        name: the subject of the sentence, such as the path of a file.
        if_differing: what a person may do when two rows of one id differ, as the end of the sentence.
        error: the kind of error.
    """

    name: str
    if_differing: str
    error: type[UserError] = ExportError


def unique_by_id(frame: pl.DataFrame, id_column: str, source: RowSource) -> pl.DataFrame:
    """Drop rows that repeat another one in every column; the others stay in their order.

    Raises:
        UserError: of the kind of `source`: two rows of one id differ; the sentence names the id and the columns in
            which they do.
    """
    repeated = repeated_ids(frame.get_column(id_column))
    if repeated is None:
        return frame
    numbered = frame.with_row_index(_ROW)
    first = numbered.filter(repeated).unique(frame.columns, keep="first")
    refuse_differing([first.drop(_ROW)], id_column, source)
    return pl.concat([numbered.filter(~repeated), first]).sort(_ROW).drop(_ROW)


_ROW: Final = "row number"  # as no column is called, for the space


def repeated_ids(ids: pl.Series) -> pl.Series | None:
    """Return which ids are there more than once; none where all are distinct."""
    if are_distinct(ids):
        return None
    repeated = is_repeated(ids)
    return repeated if repeated.any() else None


def refuse_differing(parts: Iterable[pl.DataFrame], id_column: str, source: RowSource) -> None:
    """Refuse rows of one id; each part has all rows of some ids, none of them twice.

    Raises:
        UserError: as `unique_by_id`.
    """
    ids, firsts = 0, []
    for rows in parts:
        repeated = rows.filter(pl.col(id_column).is_duplicated())
        if repeated.height:
            ids += repeated.get_column(id_column).n_unique()
            firsts.append(repeated.filter(pl.col(id_column) == repeated.get_column(id_column).min()))
    if not firsts:
        return
    first = min(firsts, key=lambda rows: rows.item(0, id_column))
    columns = [name for name in first.columns if first.get_column(name).n_unique() > 1]
    others = f" ({ids - 1:,} other ids likewise)" if ids > 1 else ""
    raise source.error(
        f"{source.name} has {first.height} rows of the id {first.item(0, id_column)} that differ in "
        f"{', '.join(columns)}{others}: {source.if_differing}."
    )
