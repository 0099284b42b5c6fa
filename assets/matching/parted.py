"""Rows parted into buckets on the disk: written some rows at a time, and read a bucket at a time.

What is parted by and why is the subject of who uses it. The files are uncompressed, as they are read once or twice.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count as numbers
from pathlib import Path
from typing import Final

import polars as pl

BUCKET: Final = "bucket"
"""The column that says into which bucket a row goes; it is not kept."""
ROWS_AT_ONCE: Final = 1 << 20
"""Of what is read in parts: rows that are in memory at a time."""
_LAST_BITS: Final = 1 << 32
"""What is found by the last bits of a hash is not parted by them."""


@dataclass(frozen=True)
class Buckets:
    """How rows are parted.

    Attributes:
        folder: of a stage alone, for what is in its buckets.
        count: into how many.
    """

    folder: Path
    count: int

    def by_hash(self, hashed: pl.Expr) -> pl.Expr:
        """Return the bucket of each hash."""
        return (hashed // _LAST_BITS % self.count).cast(pl.UInt8).alias(BUCKET)


@dataclass(frozen=True)
class Parted:
    """What lies in buckets: nothing at first.

    Attributes:
        buckets: where and how many; the folder is theirs alone.
        schema: of the rows.
    """

    buckets: Buckets
    schema: pl.Schema
    _numbers: Iterator[int] = field(default_factory=numbers)

    def put(self, rows: pl.LazyFrame) -> None:
        """Write rows, each with its `bucket`."""
        files = pl.PartitionBy(self.buckets.folder / str(next(self._numbers)), key=BUCKET, include_key=False)
        rows.select(*self.schema, BUCKET).sink_ipc(files, mkdir=True)

    @property
    def rows(self) -> pl.LazyFrame:
        """All rows."""
        return self._scanned("*")

    @property
    def parts(self) -> Iterator[pl.LazyFrame]:
        """The rows of each bucket."""
        return map(self.bucket, range(self.buckets.count))

    def bucket(self, number: int) -> pl.LazyFrame:
        """The rows of one bucket."""
        return self._scanned(str(number))

    def remove(self) -> None:
        """Give the disk back."""
        shutil.rmtree(self.buckets.folder, ignore_errors=True)

    def _scanned(self, number: str) -> pl.LazyFrame:
        files = sorted(self.buckets.folder.glob(f"*/{BUCKET}={number}/*.ipc"))
        if not files:
            return pl.LazyFrame(schema=self.schema)
        return pl.scan_ipc(files, hive_partitioning=False, glob=False)
