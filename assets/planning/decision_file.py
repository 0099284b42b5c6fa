"""Many decisions at once, from the review's file (X16): each row held against the present picture, all kept or none.

What single cells say is in `decision_cells`, what a row may decide in `decision_rows`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

import dagster as dg
import polars as pl
from pydantic import Field

from assets.planning.decision_cells import Refused, Row
from assets.planning.decision_picture import picture_of
from assets.planning.decision_rows import decision_of, refuse_twice
from assets.reconciliation import Reconciliation, failures_for_people
from assets.signed_in import BY_LOGIN, name_of, see_that_it_may_be_read
from resources.exports.decisions import DecisionsFile, open_decisions
from resources.ledger import Decisions, NewDecision
from schemas.errors import UserError
from schemas.review import DECISION

_KINDS: Final = (".csv", ".xlsx")
_REFUSALS_SHOWN: Final = 10
_JOB_OF: Final = r"\bjob (\S+)_override[;)]"


class DecisionFile(dg.Config):
    """The decisions of a file, and whose they are."""

    file: str = Field(description="the path of review.csv or review.xlsx with its column `decision` filled in")
    who: str = Field(description=f"who decides; {BY_LOGIN}")
    why: str = Field(default="", description="why, for the rows without a `why` of their own")
    encoding: str = Field(default="", description="the encoding of a file that is not UTF-8, as `cp1252`")


@dataclass(frozen=True)
class Decided:
    """What a file decides, and what that stands on.

    Attributes:
        new: what is to be kept, a customer each, in the order of the file.
        already: rows that say what stands already.
        later: rows that decide nothing yet.
        seen: `Decisions.number_of_last` when it was checked.
        silent: how many rows have a `why` and no decision, so that nothing is kept of them.
        undecided: where the decisions of the first of them are missing.
    """

    new: Sequence[NewDecision]
    already: int
    later: int
    seen: int
    silent: int = 0
    undecided: Sequence[str] = ()


def decide_file(sync: Reconciliation, context: dg.OpExecutionContext, config: DecisionFile) -> None:
    """Keep all decisions of a file, or raise `dg.Failure` with a sentence that names the cells and keep none."""
    with failures_for_people():
        who = name_of(context.run, config.who).strip()
        if not who:
            raise UserError("who is empty; a decision needs who decides.")
        see_that_it_may_be_read(context.run, sync.folders, config.file, _KINDS)
        decided = decisions_in(sync, config)
        with sync.ledger() as ledger:
            decisions = Decisions(ledger, sync.name)
            if decided.new:
                decisions.decide_all(decided.new, who, seen=decided.seen)
            standing = decisions.standing().height
    kept = len(decided.new)
    counts = {"decided": kept, "already_so": decided.already, "later": decided.later, "overrides_standing": standing}
    counts |= {"why_without_decision": decided.silent} if decided.silent else {}
    context.add_output_metadata(counts)


def decisions_in(sync: Reconciliation, config: DecisionFile) -> Decided:
    """What a file decides, checked against the present picture; keeps nothing.

    Raises:
        UserError: cells cannot be meant, or the file is of another declaration.
        ExportError: the file is none of decisions.
    """
    path = sync.folders.root / Path(config.file.strip()).expanduser()
    with open_decisions(path, config.encoding.strip() or None) as file:
        _refuse_other_declaration(sync, file, path)
        whole = [Row.of(*each) for each in zip(count(), file.rows.iter_rows(named=True), strict=False)]
        rows = [row for row in whole if row.decision]
        seen, picture = picture_of(sync, rows, shows_decided=file.has_decided)
        found: list[NewDecision | None] = []
        refusals: list[Refused] = []
        for row in rows:
            try:
                found.append(decision_of(row, picture, config.why.strip()))
            except Refused as refused:
                refusals.append(refused)
        refusals += refuse_twice(rows)
        if refusals:
            raise UserError(_sentence(refusals, file, path))
        silent = [row.number for row in whole if row.why and not row.decision]
        undecided = [file.cell(row, DECISION) for row in silent[:_REFUSALS_SHOWN]]
    new = {each.customer: each for each in reversed(found) if each is not None}
    later = sum(row.is_later for row in rows)
    already = sum(each is None for each in found) - later
    return Decided(list(reversed(new.values())), already, later, seen, len(silent), undecided)


def _refuse_other_declaration(sync: Reconciliation, file: DecisionsFile, path: Path) -> None:
    jobs = file.rows.select(job=pl.col("what_to_do").str.extract(_JOB_OF)).to_series()
    others = (jobs != sync.name).fill_null(value=False).arg_true()
    if others.len():
        raise UserError(
            f"{path} is the review of {jobs[others[0]]}, not of {sync.name} ({file.cell(others[0], 'what_to_do')}); "
            f"nothing was recorded."
        )


def _sentence(refusals: Sequence[Refused], file: DecisionsFile, path: Path) -> str:
    def told() -> Iterator[str]:
        for refused in sorted(refusals, key=lambda each: each.row)[:_REFUSALS_SHOWN]:
            yield f"{file.cell(refused.row, refused.column)}{refused.whose}: {refused.why}"

    more = len(refusals) - _REFUSALS_SHOWN
    others = f"; and {more:,} more" if more > 0 else ""
    return f"Nothing was recorded from {path}: {'; '.join(told())}{others}."
