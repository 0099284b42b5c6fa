"""The files that a run leaves behind for a person, put in place together when all of them are written."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import polars as pl

from resources.csv_files import write_for_people, write_literal
from resources.results import MadeBy, Results


@dataclass
class HandOver:
    """Collects the files of one run; nothing is on disk before `put_in_place`."""

    folder: Path
    _writers: dict[str, Callable[[Path], None]] = field(default_factory=dict)

    def for_people(self, name: str, frame: pl.DataFrame) -> None:
        """A CSV that a person opens in a spreadsheet: no cell is a formula."""
        self._writers[name] = lambda path: write_for_people(frame, path)

    def for_import(self, name: str, frame: pl.DataFrame, *, rows: int) -> None:
        """A literal CSV, split at so many rows into `name.csv`, `name_2.csv` and so on."""
        stem = name.removesuffix(".csv")
        for number, start in enumerate(range(0, max(frame.height, 1), rows), 1):
            part = frame.slice(start, rows)
            self._writers[f"{stem}.csv" if number == 1 else f"{stem}_{number}.csv"] = _literal(part)

    def page(self, name: str, text: str) -> None:
        """A page."""
        self._writers[name] = lambda path: _write_text(text, path)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all files so far."""
        return tuple(self._writers)

    def put_in_place(self, made_by: MadeBy) -> Path:
        """Write everything, and show it in place of the last run's files; parts that this run does not have go.

        Returns:
            The folder of this run alone.
        """
        return Results(self.folder).publish(self._writers, made_by, instead_of=_PARTS)


_PARTS: Final = ("netsuite_import_*.csv", "stripe_updates_*.csv")


def _literal(frame: pl.DataFrame) -> Callable[[Path], None]:
    return lambda path: write_literal(frame, path)


def _write_text(text: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8")
