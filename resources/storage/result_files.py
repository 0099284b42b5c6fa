"""The files that a run leaves behind for a person, put in place together when all of them are written."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

import polars as pl

from resources.storage.atomic import same_file
from resources.storage.csv import write_for_people, write_literal, write_parts, write_slices
from resources.storage.generations import Generation, MadeBy, ResultStore
from resources.storage.once import written_once
from resources.storage.workbook import write_workbook
from schemas.paired_plan import PairedPlan

IMPORT_ROWS: Final = 25_000
"""Records that one file of NetSuite's CSV Import Assistant may hold (Oracle NetSuite help, section_N383794)."""

IMPORT_BYTES: Final = 50_000_000
"""Bytes that one such file may have; no page of the help was found that says so, people who import do."""


_Held = TypeVar("_Held")
_Digest = TypeVar("_Digest", str, None)


@dataclass
class ResultFiles:
    """Collects the files of one run; nothing is on disk before `put_in_place`, which can be done once."""

    results: ResultStore
    _writers: dict[str, Callable[[Path], str | None]] = field(default_factory=dict)

    def for_people(self, name: str, frame: pl.DataFrame, ours: Collection[str] = ()) -> None:
        """A CSV that a person opens in a spreadsheet: no cell is a formula.

        Args:
            name: the file's.
            frame: its rows.
            ours: columns whose every text begins with a word of ours, and so need not be looked at.
        """
        self._writers[name] = _once(frame, lambda held, path: write_for_people(held, path, ours))

    def for_people_in_parts(
        self, name: str, parts: Callable[[], Iterable[pl.DataFrame]], ours: Collection[str] = ()
    ) -> None:
        """The same of rows of which only a part is in memory at a time; they are made when the file is written."""
        self._writers[name] = _once(parts, lambda make, path: write_parts(make(), path, ours))

    def plan(self, name: str, plan: Callable[[], PairedPlan]) -> None:
        """A plan as such a CSV, of which only a part is in memory as text; it is asked for when the file is written."""
        self._writers[name] = _once(plan, lambda ask, path: _write_plan(ask(), path))

    def for_import(
        self,
        name: str,
        frame: pl.DataFrame,
        again: Callable[[], pl.DataFrame] | None = None,
        *,
        rows: int = IMPORT_ROWS,
        size: int = IMPORT_BYTES,
    ) -> None:
        """A literal CSV, split at so many rows or bytes into `name.csv`, `name_2.csv` and so on.

        Args:
            name: the first file's.
            frame: its rows.
            again: makes the same once more when they are written, so that they are not held until then.
            rows: records that a file may hold.
            size: bytes that it may have.
        """
        stem = name.removesuffix(".csv")
        parts = [*_parts(frame, rows, size)]
        made = _Made(again, len(parts)) if again else None
        for number, (start, length) in enumerate(parts, 1):
            write = made.writer(start, length) if made else _once(frame.slice(start, length), write_literal)
            self._writers[f"{stem}.csv" if number == 1 else f"{stem}_{number}.csv"] = write

    def workbook(self, name: str, frame: pl.DataFrame, choices: Mapping[str, pl.Series]) -> None:
        """The same as a workbook, with drop-downs in the cells of some columns: a list of texts for each row."""
        self._writers[name] = lambda path: write_workbook(frame, path, choices)

    def page(self, name: str, text: str) -> None:
        """A page."""
        self._writers[name] = lambda path: _write_text(text, path)

    def same(self, name: str, source: Path, digest: str) -> None:
        """A file that is there already, to the byte, and has this SHA-256: it gets a further name."""
        self._writers[name] = lambda path: _same(source, path, digest)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all files so far."""
        return tuple(self._writers)

    def put_in_place(self, made_by: MadeBy) -> Generation:
        """Write everything, and show it in place of the last run's files; parts that this run does not have go."""
        return self.results.publish(self._writers, made_by, instead_of=_PARTS)


@dataclass
class _Made:
    """Rows that are made when the first part of them is written, and let go after the last."""

    make: Callable[[], pl.DataFrame]
    left: int
    frame: pl.DataFrame | None = None

    def writer(self, start: int, length: int) -> Callable[[Path], None]:
        return lambda path: write_literal(self._part(start, length), path)

    def _part(self, start: int, length: int) -> pl.DataFrame:
        frame = self.make() if self.frame is None else self.frame
        self.left -= 1
        self.frame = frame if self.left else None
        return frame.slice(start, length)


def _parts(frame: pl.DataFrame, rows: int, size: int) -> Iterator[tuple[int, int]]:
    """Where the parts of a file begin, and how many rows each has; one part where there is nothing."""
    header = sum(len(column.encode()) + len('"",') for column in frame.columns)
    letters = pl.selectors.string().str.len_bytes()
    last = [*range(rows - 1, frame.height - 1, rows), frame.height - 1] if frame.height else []
    # As if each letter were a quote: hardly ever is it too much, and quotes need not be counted then.
    ends = _ends(frame, 2 * letters).gather(last)
    if not (ends - ends.shift(fill_value=0) > size - header).any():
        yield from ((start, min(rows, frame.height - start)) for start in range(0, max(frame.height, 1), rows))
        return
    ends = _ends(frame, letters + pl.selectors.string().str.count_matches('"', literal=True))
    start = 0
    while start == 0 or start < frame.height:
        before = ends[start - 1] if start else 0
        fitting = int(ends.search_sorted(before + size - header, side="right")) - start
        length = max(min(fitting, rows, frame.height - start), 1)
        yield start, length
        start += length


def _ends(frame: pl.DataFrame, letters: pl.Expr) -> pl.Series:
    """Where each row ends, in bytes, if all cells are quoted and have so many letters."""
    return frame.select(pl.sum_horizontal((letters + len('"",')).fill_null(1)).cast(pl.UInt64).cum_sum()).to_series()


_PARTS: Final = (
    "creations.csv",
    "guesses.csv",
    "netsuite_clear*.csv",
    "netsuite_create*.csv",
    "netsuite_import_*.csv",
    "netsuite_matches.csv",
    "review.xlsx",
    "stripe_creations.csv",
    "stripe_updates_*.csv",
)
"""Files that a run may have and the next one not; one that is not made anew goes."""


def _once(held: _Held, write: Callable[[_Held, Path], _Digest]) -> Callable[[Path], _Digest]:
    """Writes what is held, and holds it no longer: what is written after it has its memory."""
    there = [held]
    return lambda path: write(there.pop(), path)


def _write_plan(plan: PairedPlan, path: Path) -> str:
    with written_once(path) as (file, written):
        write_slices(plan.columns(), plan.slices(), file, for_people=True)
    return written.digest


def _same(source: Path, path: Path, digest: str) -> str:
    path.unlink()
    same_file(source, path)
    return digest


def _write_text(text: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8")
