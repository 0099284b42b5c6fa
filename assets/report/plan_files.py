"""The files made of a plan, which is read once more for each where it is not to be held while others are written.

Nothing that is made here outlives its file, or its count where the plan is read again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from assets.report.planned import held_against
from resources.storage.csv import has_formulas
from resources.storage.result_files import ResultFiles
from schemas.paired_plan import PairedPlan

Read = Callable[[], PairedPlan]
MakeImport = Callable[[PairedPlan], pl.DataFrame]


@dataclass(frozen=True)
class PlanFiles:
    """A plan, held against its matches, and how it is read once more; it is held itself where that is None."""

    plan: PairedPlan
    again: Read | None

    @classmethod
    def of(cls, plan: PairedPlan, again: Read | None, matches: pl.LazyFrame) -> "PlanFiles":
        """From a plan as it was kept."""
        return cls(held_against(plan, matches), partial(_held_again, again, matches) if again else None)

    def add_plan(self, files: ResultFiles, name: str, kept: Path, digest: str) -> None:
        """Add the plan itself, for people: the file under which it is kept, if no cell of that is a formula."""
        if has_formulas(self.plan):
            files.plan(name, self.again or partial(_as_it_is, self.plan))
        else:
            files.same(name, kept, digest)

    def add_import(self, files: ResultFiles, name: str, make: MakeImport, *, is_added: bool = True) -> int:
        """Add a file for importing, or only say how many rows it would have."""
        rows = make(self.plan)
        if is_added:
            files.for_import(name, rows, partial(_made_again, make, self.again) if self.again else None)
        return rows.height


def _held_again(read: Read, matches: pl.LazyFrame) -> PairedPlan:
    return held_against(read(), matches)


def _made_again(make: MakeImport, read: Read) -> pl.DataFrame:
    return make(read())


def _as_it_is(plan: PairedPlan) -> PairedPlan:
    return plan
