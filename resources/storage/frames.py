"""Frames between stages, as Parquet files, replaced whole: which of them are there, ours, and undamaged."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import polars as pl

from resources.extracts.extract import Known
from resources.storage.atomic import replaced, replaced_together
from resources.storage.disk import disk_in_words
from resources.storage.frame_seal import SEAL, UNSEALED, is_whole, seal
from schemas.errors import InternalError, UserError

READ_AT = "read_at"
"""Metadata of an asset, and of its file: the moment whose state the frame is."""

ORIGIN = "origin"
"""Metadata of an asset, and of its file: a short hash of where its frame comes from (`SourceIdentity`)."""

MONTH_FORMAT = "%Y-%m-01"
"""Key of a month's partition, as Dagster's monthly partitions write it."""

OF_ANOTHER_ORIGIN = "read from another account or with other columns"
"""What is to be said of a frame when the declaration has come to name another account or other columns."""

DAMAGED = "damaged on disk"
"""What is to be said of a frame whose file was cut, emptied, overwritten or changed since it was written."""

_Standing = Literal["missing", "ours", "elsewhere", "damaged"]


def _anywhere(_: str) -> str:
    return ""


@dataclass(frozen=True)
class FrameStore:
    """The frames of one declaration, by asset name.

    Attributes:
        folder: where they lie.
        origin: of a frame, by asset name, as it is now. What was written with another one counts as not there.

    It is a cache: a file that is not what was written counts as not there, too.
    """

    folder: Path
    origin: Callable[[str], str] = _anywhere

    def write(self, name: str, frame: pl.LazyFrame | pl.DataFrame, read_at: datetime | None = None) -> int:
        """Replace a frame; returns its rows. `read_at` is the moment whose state it is, where there is one."""
        with disk_in_words(self.folder), replaced(self.path(name)) as fresh:
            stamp = self._stamp(name, read_at)
            frame.lazy().sink_parquet(fresh, compression="zstd", compression_level=1, metadata=stamp)
            seal(fresh)
            return int(pl.scan_parquet(fresh).select(pl.len()).collect().item())

    def write_months(
        self, name: str, frame: pl.DataFrame, months: Sequence[str], read_at: datetime | None = None
    ) -> None:
        """Replace the frames of these months, by `created`, all or none; a month without rows is an empty frame."""
        by_month = frame.with_columns(_month=pl.col("created").dt.strftime(MONTH_FORMAT)).partition_by(
            "_month", as_dict=True, include_key=False
        )
        if surplus := by_month.keys() - {(month,) for month in months}:
            raise InternalError(f"{name} has rows of months that were not asked for: {sorted(surplus)}.")
        stamp = self._stamp(name, read_at)
        paths = [self.month_path(name, month) for month in months]
        with disk_in_words(self.folder), replaced_together(paths) as fresh:
            for path, month in zip(fresh, months, strict=True):
                rows = by_month.get((month,), frame.clear())
                rows.write_parquet(path, compression="zstd", compression_level=1, metadata=stamp)
                seal(path)

    def read(self, name: str) -> pl.LazyFrame:
        """A frame that was written.

        Raises:
            UserError: it never was, is of another origin, or damaged.
        """
        match self._standing(name, self.path(name)):
            case "missing":
                raise UserError(f"{name} has not been materialized yet; materialize it first.")
            case "elsewhere":
                raise UserError(f"{name} was {OF_ANOTHER_ORIGIN}; materialize it again.")
            case "damaged":
                raise UserError(f"{name} was {DAMAGED}; materialize it again.")
        return pl.scan_parquet(self.path(name), glob=False)

    def read_months(self, name: str, months: Sequence[str]) -> pl.LazyFrame:
        """The rows of those of these months that were written, in the order of months.

        Raises:
            UserError: no month was written, or some were written with other columns than the newest.
        """
        present = self.months_present(name, months)
        if not present and self.months_elsewhere(name, months):
            raise UserError(f"All months of {name} were {OF_ANOTHER_ORIGIN}; materialize them again.")
        if not present and self.months_damaged(name, months):
            raise UserError(f"All months of {name} were {DAMAGED}; materialize them again.")
        if not present:
            raise UserError(f"No month of {name} has been materialized yet; materialize it first.")
        schemas = {month: pl.read_parquet_schema(self.month_path(name, month)) for month in present}
        outdated = [month[:7] for month, schema in schemas.items() if schema != schemas[present[-1]]]
        if outdated:
            raise UserError(
                f"{len(outdated)} months of {name}, {outdated[0]} the first, were read under an older declaration; "
                "materialize all months again."
            )
        return pl.scan_parquet([self.month_path(name, month) for month in present], glob=False)

    def known(self, name: str) -> Known | None:
        """A frame that was written with a moment; None where there is none, or one of another origin, or damaged."""
        [read_at] = self.moments(name)
        return Known(self.read(name).collect(), read_at) if read_at else None

    def known_months(self, name: str, months: Sequence[str]) -> Known | None:
        """The rows of all these months, at the moment of the oldest; None where a month is missing that it needs.

        A month that begins after that moment need not be there: it is what a later read will find new.
        """
        present = self.months_present(name, months)
        moments = [_read_at(self.month_path(name, month)) for month in present]
        known = [moment for moment in moments if moment is not None]
        if not known or len(known) < len(moments):
            return None
        read_at = min(known)
        if any(_first_instant(month) <= read_at for month in set(months) - set(present)):
            return None
        return Known(self.read_months(name, present).collect(), read_at)

    def months_present(self, name: str, months: Sequence[str]) -> list[str]:
        """Those of these months that were written, are not of another origin, and can be read."""
        return self._months(name, months, "ours")

    def months_elsewhere(self, name: str, months: Sequence[str]) -> list[str]:
        """Those of these months that were written and are of another origin."""
        return self._months(name, months, "elsewhere")

    def months_damaged(self, name: str, months: Sequence[str]) -> list[str]:
        """Those of these months that were written, and whose files are no longer what was written."""
        return self._months(name, months, "damaged")

    def is_damaged(self, name: str) -> bool:
        """Whether an unpartitioned frame was written, and its file is no longer what was."""
        return self._standing(name, self.path(name)) == "damaged"

    def moments(self, name: str, months: Sequence[str] | None = None) -> list[datetime | None]:
        """The moment whose state a frame is, or each of its months that was written; None for one that has none."""
        if months is None:
            is_ours = self._standing(name, self.path(name)) == "ours"
            return [_read_at(self.path(name)) if is_ours else None]
        return [_read_at(self.month_path(name, month)) for month in self.months_present(name, months)]

    def path(self, name: str) -> Path:
        """The file of an unpartitioned frame."""
        return self.folder / f"{name}.parquet"

    def month_path(self, name: str, month: str) -> Path:
        """The file of one month of a partitioned frame."""
        return self.folder / name / f"{month}.parquet"

    def _months(self, name: str, months: Sequence[str], standing: _Standing) -> list[str]:
        return [month for month in months if self._standing(name, self.month_path(name, month)) == standing]

    def _standing(self, name: str, path: Path) -> _Standing:
        if not path.exists():
            return "missing"
        try:
            if not is_whole(path):
                return "damaged"
            origin = pl.read_parquet_metadata(path).get(ORIGIN, "")
        except (pl.exceptions.PolarsError, OSError):
            return "damaged"
        return "ours" if origin == self.origin(name) else "elsewhere"

    def _stamp(self, name: str, read_at: datetime | None) -> dict[str, str]:
        return {SEAL: UNSEALED, ORIGIN: self.origin(name), **({READ_AT: read_at.isoformat()} if read_at else {})}


def _first_instant(month: str) -> datetime:
    return datetime.strptime(month, MONTH_FORMAT).replace(tzinfo=UTC)


def _read_at(path: Path) -> datetime | None:
    text = pl.read_parquet_metadata(path).get(READ_AT)
    return datetime.fromisoformat(text) if text else None
