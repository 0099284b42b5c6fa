"""Frames between stages, as Parquet files in a private folder, replaced whole.

Dagster's default would pickle them, and the public polars integration writes sample rows into the event log; neither
may happen to customer data. What a run records here is a row count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import polars as pl

from resources.failures import failures_for_people
from resources.places import Places, private_folder, replaced, replaced_together
from schemas.errors import BugError, MistakeError

MONTH_FORMAT = "%Y-%m-01"
"""Key of a month's partition, as Dagster's monthly partitions write it."""


@dataclass(frozen=True)
class FrameStore:
    """The frames of one declaration, by asset name."""

    folder: Path

    def write(self, name: str, frame: pl.LazyFrame | pl.DataFrame) -> int:
        """Replace a frame; returns its rows."""
        with replaced(self.path(name)) as fresh:
            frame.lazy().sink_parquet(fresh, compression="zstd", compression_level=1)
            return int(pl.scan_parquet(fresh).select(pl.len()).collect().item())

    def write_months(self, name: str, frame: pl.DataFrame, months: Sequence[str]) -> None:
        """Replace the frames of these months, by `created`, all or none; a month without rows is an empty frame."""
        by_month = frame.with_columns(_month=pl.col("created").dt.strftime(MONTH_FORMAT)).partition_by(
            "_month", as_dict=True, include_key=False
        )
        if surplus := by_month.keys() - {(month,) for month in months}:
            raise BugError(f"{name} has rows of months that were not asked for: {sorted(surplus)}.")
        with replaced_together([self.month_path(name, month) for month in months]) as fresh:
            for path, month in zip(fresh, months, strict=True):
                by_month.get((month,), frame.clear()).write_parquet(path, compression="zstd", compression_level=1)

    def read(self, name: str) -> pl.LazyFrame:
        """A frame that was written.

        Raises:
            MistakeError: it never was.
        """
        if not self.path(name).exists():
            raise MistakeError(f"{name} has not been materialized yet; materialize it first.")
        return pl.scan_parquet(self.path(name), glob=False)

    def read_months(self, name: str, months: Sequence[str]) -> pl.LazyFrame:
        """The rows of those of these months that were written, in the order of months.

        Raises:
            MistakeError: no month was written, or some were written with other columns than the newest.
        """
        present = self.months_present(name, months)
        if not present:
            raise MistakeError(f"No month of {name} has been materialized yet; materialize it first.")
        schemas = {month: pl.read_parquet_schema(self.month_path(name, month)) for month in present}
        outdated = [month[:7] for month, schema in schemas.items() if schema != schemas[present[-1]]]
        if outdated:
            raise MistakeError(
                f"{len(outdated)} months of {name}, {outdated[0]} the first, were read under an older declaration; "
                "materialize all months again."
            )
        return pl.scan_parquet([self.month_path(name, month) for month in present], glob=False)

    def months_present(self, name: str, months: Sequence[str]) -> list[str]:
        """Those of these months that were written."""
        return [month for month in months if self.month_path(name, month).exists()]

    def path(self, name: str) -> Path:
        """The file of an unpartitioned frame."""
        return self.folder / f"{name}.parquet"

    def month_path(self, name: str, month: str) -> Path:
        """The file of one month of a partitioned frame."""
        return self.folder / name / f"{month}.parquet"


class ParquetIOManager(dg.IOManager):
    """Hands frames from asset to asset. An asset key is `[declaration, name]`; months are split by `created`."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def handle_output(self, context: dg.OutputContext, obj: pl.LazyFrame | pl.DataFrame) -> None:
        """Write the frame that an asset returned."""
        store, name = self._store(context.asset_key)
        if context.has_asset_partitions:
            store.write_months(name, obj.lazy().collect(), context.asset_partition_keys)
        else:
            context.add_output_metadata({"dagster/row_count": store.write(name, obj)})

    def load_input(self, context: dg.InputContext) -> pl.LazyFrame:
        """Scan the frame that an upstream asset wrote; of a partitioned one, all months that there are."""
        store, name = self._store(context.asset_key)
        with failures_for_people():
            if context.has_asset_partitions:
                return store.read_months(name, context.asset_partition_keys)
            return store.read(name)

    def _store(self, key: dg.AssetKey) -> tuple[FrameStore, str]:
        declaration, name = key.path
        return FrameStore(private_folder(self._places.frames(declaration))), name
