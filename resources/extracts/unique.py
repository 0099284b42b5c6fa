"""One row an id: the same row again is dropped, and two different ones are a person's to tell apart."""

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
    ids = frame.get_column(id_column)
    if are_distinct(ids):
        return frame
    repeated = is_repeated(ids)
    if not repeated.any():
        return frame
    numbered = frame.with_row_index(_ROW)
    first = numbered.filter(repeated).unique(frame.columns, keep="first")
    unique = pl.concat([numbered.filter(~repeated), first]).sort(_ROW).drop(_ROW)
    if unique.get_column(id_column).is_unique().all():
        return unique
    raise _differing_rows(unique, id_column, source)


_ROW: Final = "row number"  # as no column is called, for the space


def _differing_rows(frame: pl.DataFrame, id_column: str, source: RowSource) -> UserError:
    repeated = frame.filter(pl.col(id_column).is_duplicated())
    ids = repeated.get_column(id_column).n_unique()
    first = repeated.filter(pl.col(id_column) == repeated.get_column(id_column).min())
    columns = [name for name in first.columns if first.get_column(name).n_unique() > 1]
    others = f" ({ids - 1:,} other ids likewise)" if ids > 1 else ""
    return source.error(
        f"{source.name} has {first.height} rows of the id {first.item(0, id_column)} that differ in "
        f"{', '.join(columns)}{others}: {source.if_differing}."
    )
