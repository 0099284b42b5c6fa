"""An extract that is too large for memory: its rows wait on the disk, and are looked at by column or by block.

Held are ids, and what is made of one column of all rows. What is found and refused is what would be in memory.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polars as pl

from resources.extracts.unique import RowSource, refuse_differing, repeated_ids
from schemas.repeated import at_rows

_OF_A_TEXT: Final = 16  # bytes of a text in a frame, beside its letters
_AT_WORK: Final = 1.6
"""So much of all text is in memory while it gets its types: some columns, and what is made of them."""

_BLOCK: Final = 1 << 18
_ROW: Final = "row number"  # as no column is called, for the space


@dataclass(frozen=True)
class OnDisk:
    """Rows in a file of a scratch folder.

    Attributes:
        rows: a scan of them, perhaps with constants beside.
        height: how many there are.
    """

    rows: pl.LazyFrame
    height: int

    def lazy(self) -> pl.LazyFrame:
        """As a frame in memory gives it."""
        return self.rows

    def blocks(self) -> Iterator[pl.DataFrame]:
        """The rows in their order, some at a time."""
        for start in range(0, self.height, _BLOCK):
            yield self.rows.slice(start, _BLOCK).collect()


@dataclass
class Disk:
    """A scratch folder for rows, and how much of them may be in memory instead.

    Attributes:
        folder: private to the user; it must outlive what is kept there.
        bound: bytes.
        writing: what writing happens in, such as `resources.storage.disk.disk_in_words`.
    """

    folder: Path
    bound: int
    writing: Callable[[Path], AbstractContextManager[object]] = nullcontext
    _taken: int = field(default=0, init=False)
    _files: int = field(default=0, init=False)

    def is_needed(self, letters: int, columns: int, rows: int) -> bool:
        """Whether so much text does not fit, beside that for which it was not needed before."""
        needed = round(_AT_WORK * (letters + _OF_A_TEXT * columns * rows))
        if self._taken + needed > self.bound:
            return True
        self._taken += needed
        return False

    def kept(self, rows: pl.LazyFrame) -> OnDisk:
        """Write rows to a file of their own."""
        self._files += 1
        path = self.folder / f"{self._files}.parquet"
        with self.writing(self.folder):
            rows.sink_parquet(path, compression="lz4", statistics=False)
        scan = pl.scan_parquet(path, glob=False)
        return OnDisk(scan, int(scan.select(pl.len()).collect().item()))

    def laid(self, frame: pl.DataFrame) -> pl.DataFrame | pl.LazyFrame:
        """One of the frames that come one after the other: as it is, if it fits, and else a scan of its own file."""
        if not self.is_needed(int(frame.estimated_size()), frame.width, frame.height):
            return frame
        return self.kept(frame.lazy()).rows

    @property
    def is_used(self) -> bool:
        """Whether anything lies there."""
        return self._files > 0

    def unique_by_id(self, rows: OnDisk, id_column: str, source: RowSource) -> OnDisk:
        """Drop rows that repeat another one, and raise, as `resources.extracts.unique.unique_by_id` does.

        Rows whose ids are there again may be many: they are compared some ids at a time.
        """
        ids = rows.rows.select(id_column).collect().get_column(id_column)
        repeated = repeated_ids(ids)
        if repeated is None:
            return rows
        places, firsts = repeated.arg_true(), []
        count = 1 + places.len() // _BLOCK
        bucket_of = ids.gather(places).hash() % count
        numbered = rows.rows.with_row_index(_ROW)

        def parts() -> Iterator[pl.DataFrame]:
            for bucket in range(count):
                asked = places.filter(bucket_of == bucket).implode()
                some = numbered.filter(pl.col(_ROW).is_in(asked)).collect()
                first = some.unique(some.columns[1:], keep="first")
                firsts.append(first.get_column(_ROW))
                yield first.drop(_ROW)

        refuse_differing(parts(), id_column, source)
        stays = (~repeated | at_rows(pl.concat(firsts), rows.height)).alias(_ROW).to_frame().lazy()
        return self.kept(pl.concat([rows.rows, stays], how="horizontal").filter(_ROW).drop(_ROW))
