"""Frames between stages, as Parquet files, replaced whole: which of them are there, ours, and undamaged."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

import polars as pl

from resources.extracts.extract import Known
from resources.extracts.on_disk import OnDisk
from resources.storage.frame_seal import SEAL, UNSEALED, seal
from resources.storage.frame_standing import ORIGIN, READ_AT, FrameFiles, Looked, frame_file, ours_of, read_at_of
from resources.storage.held_frames import Held, held, hold, metadata_of, narrowed, scanned, scanned_months
from resources.storage.month_rows import MONTH_FORMAT, of_months
from resources.storage.protocol import Storage
from schemas.errors import UserError
from schemas.paired_plan import PairedPlan, unpacked_rows

PLAN_HASH: Final = "plan_hash"
"""Metadata of the plan, and of its frame's file: the hash under which it is kept."""

INPUTS: Final = "inputs"
"""Metadata of the matches, and of their frame's file: the hash under which what they were made from is kept."""

OF_ANOTHER_ORIGIN = "read from another account or with other columns"
"""What is to be said of a frame when the declaration has come to name another account or other columns."""

DAMAGED = "damaged on disk"
"""What is to be said of a frame whose file was cut, emptied, overwritten or changed since it was written."""

_PACKED: Final = "packed"
"""Metadata of the file of a plan that is not kept as its rows."""

_NONE: Final[Mapping[str, str]] = {}

OnFiles = Callable[[Mapping[str, Path]], None]
"""Is shown files that were just written, by the names of their frames."""


def _nothing(_: Mapping[str, Path]) -> None:
    return


def _anywhere(_: str) -> str:
    return ""


@dataclass(frozen=True)
class FrameStore:
    """The frames of one declaration, by asset name.

    Attributes:
        storage: where they lie.
        origin: of a frame, by asset name, as it is now. What was written with another one counts as not there.
        most_held: bytes of frames that are held in memory, if they are to be few.

    It is a cache: a file that is not what was written counts as not there, too.
    """

    storage: Storage
    origin: Callable[[str], str] = _anywhere
    most_held: int | None = None

    def write(
        self,
        name: str,
        frame: pl.LazyFrame | pl.DataFrame | OnDisk | PairedPlan,
        read_at: datetime | None = None,
        marks: Mapping[str, str] = _NONE,
        on_files: OnFiles = _nothing,
    ) -> int:
        """Replace a frame; returns its rows.

        Args:
            name: the asset.
            frame: its rows; or a plan, which is kept as it is, and read as its rows.
            read_at: the moment whose state it is, where there is one.
            marks: what else is to be known of it (`mark`).
            on_files: is shown the new file, under the frame's name, before anybody else can replace it.
        """
        kept = frame.packed() if isinstance(frame, PairedPlan) else frame
        with self.storage.replaced([frame_file(name)]) as [fresh]:
            stamp = {**marks, **self._stamp(name, read_at), **({_PACKED: "yes"} if kept is not frame else {})}
            # What was read is kept for months; what was made of it is made again, and need only be written fast.
            how: Literal["zstd", "uncompressed"] = "zstd" if read_at else "uncompressed"
            level = 1 if read_at else None
            kept.lazy().sink_parquet(fresh, compression=how, compression_level=level, statistics=False, metadata=stamp)
            seal(fresh)
            on_files({name: fresh})
            if isinstance(kept, pl.DataFrame):
                hold([fresh], kept, self.most_held)
            if isinstance(frame, PairedPlan):
                return frame.height
            return int(scanned(fresh).select(pl.len()).collect().item())

    def write_months(
        self,
        name: str,
        frame: pl.DataFrame | OnDisk,
        months: Sequence[str],
        read_at: datetime | None = None,
        on_files: OnFiles = _nothing,
    ) -> None:
        """Replace the frames of these months, by `created`, all or none; a month without rows is an empty frame.

        Further arguments as for `write`; the files are shown under the names that `files` gives them.
        """
        rows_by_month, in_order = of_months(name, frame, months, self.most_held)
        stamp = self._stamp(name, read_at)
        with self.storage.replaced([frame_file(name, month) for month in months]) as fresh:
            path_of = dict(zip(months, fresh, strict=True))
            for month, rows in rows_by_month:
                path = path_of[month]
                rows.write_parquet(path, compression="zstd", compression_level=1, statistics=False, metadata=stamp)
                seal(path)
            on_files({f"{name}/{month}": path for month, path in path_of.items()})
            if in_order is not None:
                hold(fresh, in_order, self.most_held)

    def read(self, name: str) -> pl.LazyFrame:
        """A frame that was written.

        Raises:
            UserError: it never was, is of another origin, or damaged.
        """
        match self._files.look(name):
            case Looked("ours", Path() as path):
                return unpacked_rows(scanned(path)) if _PACKED in metadata_of(path) else scanned(path)
            case Looked("elsewhere"):
                raise UserError(f"{name} was {OF_ANOTHER_ORIGIN}; materialize it again.")
            case Looked("damaged"):
                raise UserError(f"{name} was {DAMAGED}; materialize it again.")
            case _:
                raise UserError(f"{name} has not been materialized yet; materialize it first.")

    def read_plan(self, name: str) -> PairedPlan:
        """A plan that was written, as it was kept. Raises as `read` does."""
        path = self.files(name).get(name)
        return PairedPlan.unpacked(narrowed(self.read(name) if path is None else scanned(path)))

    def read_months(self, name: str, months: Sequence[str]) -> pl.LazyFrame:
        """The rows of those of these months that were written, in the order of months.

        Raises:
            UserError: no month was written, or some were written with other columns than the newest.
        """
        looked = self._files.look_at_months(name, months)
        present = ours_of(looked)
        standings = {found.standing for found in looked.values()}
        if not present and "elsewhere" in standings:
            raise UserError(f"All months of {name} were {OF_ANOTHER_ORIGIN}; materialize them again.")
        if not present and "damaged" in standings:
            raise UserError(f"All months of {name} were {DAMAGED}; materialize them again.")
        if not present:
            raise UserError(f"No month of {name} has been materialized yet; materialize it first.")
        return scanned_months(name, present, self.most_held)

    def mark(self, name: str, key: str) -> str | None:
        """What was said of a frame when it was written; None where it was not, or there is none."""
        path = self._files.ours(name)
        return metadata_of(path).get(key) if path else None

    def files(self, name: str, months: Sequence[str] | None = None) -> dict[str, Path]:
        """The file of a frame that `read` would give, or of each month that `read_months` would, by its name."""
        if months is None:
            path = self._files.ours(name)
            return {name: path} if path else {}
        return {f"{name}/{month}": path for month, path in self._files.our_months(name, months).items()}

    def held(self, name: str, months: Sequence[str] | None = None) -> Held | None:
        """The frame that `read`, or `read_months`, would give, and what was made of it; None where it is not held."""
        files = self.files(name, months)
        return held([*files.values()]) if files else None

    def known(self, name: str) -> Known | None:
        """A frame that was written with a moment; None where there is none, or one of another origin, or damaged."""
        [read_at] = self.moments(name)
        return Known(self.read(name).collect(), read_at) if read_at else None

    def known_months(self, name: str, months: Sequence[str]) -> Known | None:
        """The rows of all these months, at the moment of the oldest; None where a month is missing that it needs.

        A month that begins after that moment need not be there: it is what a later read will find new.
        """
        present = self._files.our_months(name, months)
        moments = [read_at_of(path) for path in present.values()]
        known = [moment for moment in moments if moment is not None]
        if not known or len(known) < len(moments):
            return None
        read_at = min(known)
        if any(_first_instant(month) <= read_at for month in set(months) - set(present)):
            return None
        return Known(self.read_months(name, list(present)).collect(), read_at)

    def months_present(self, name: str, months: Sequence[str]) -> list[str]:
        """Those of these months that were written, are not of another origin, and can be read."""
        return list(self._files.our_months(name, months))

    def months_elsewhere(self, name: str, months: Sequence[str]) -> list[str]:
        """Those of these months that were written and are of another origin."""
        return self._files.months_that_are("elsewhere", name, months)

    def months_damaged(self, name: str, months: Sequence[str]) -> list[str]:
        """Those of these months that were written, and whose files are no longer what was written."""
        return self._files.months_that_are("damaged", name, months)

    def is_damaged(self, name: str) -> bool:
        """Whether an unpartitioned frame was written, and its file is no longer what was."""
        return self._files.look(name).standing == "damaged"

    def moments(self, name: str, months: Sequence[str] | None = None) -> list[datetime | None]:
        """The moment whose state a frame is, or each of its months that was written; None for one that has none."""
        if months is None:
            path = self._files.ours(name)
            return [read_at_of(path) if path else None]
        return [read_at_of(path) for path in self._files.our_months(name, months).values()]

    @property
    def _files(self) -> FrameFiles:
        return FrameFiles(self.storage, self.origin)

    def _stamp(self, name: str, read_at: datetime | None) -> dict[str, str]:
        return {SEAL: UNSEALED, ORIGIN: self.origin(name), **({READ_AT: read_at.isoformat()} if read_at else {})}


def _first_instant(month: str) -> datetime:
    return datetime.strptime(month, MONTH_FORMAT).replace(tzinfo=UTC)
