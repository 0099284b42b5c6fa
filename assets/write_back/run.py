"""What one run does, from first to last: alone, settle, select, write, count. Applying is a few steps, undoing one."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from assets.write_back.attempts import to_take_back, to_try
from assets.write_back.executor import WriteBack, carry_out, settle
from assets.write_back.readiness import readiness, takeable
from assets.write_back.selection import (
    STEPS,
    Filters,
    Step,
    decided_otherwise,
    not_done_by,
    since_made,
    to_apply,
    to_undo,
)
from schemas.attempts import Entry
from schemas.change import Change
from schemas.errors import UserError


@dataclass(frozen=True)
class Part:
    """The part of a plan that a run writes.

    Attributes:
        plan: the hash of the plan.
        changes: all of its rows.
        filters: which of them.
        made_at: when the plan was last made (UTC), so that what was done before counts as wanted again; None: unknown.
    """

    plan: str
    changes: Sequence[Change]
    filters: Filters = field(default_factory=Filters)
    made_at: datetime | None = None


@dataclass(frozen=True)
class Tally:
    """What a run did in a step.

    Attributes:
        entries: the attempts that it made, with their results.
        waiting: changes that were left because what they require does not stand yet.
    """

    entries: list[Entry]
    waiting: list[Change]

    def counts(self) -> Counter[str]:
        """How many changes ended in which status."""
        return Counter({"waiting": len(self.waiting)}) + Counter(entry.status for entry in self.entries)

    def of_fields(self, names: Collection[str]) -> "Tally":
        """The same of some fields."""
        entries = [entry for entry in self.entries if entry.attempt.change.field in names]
        return Tally(entries, [change for change in self.waiting if change.field in names])


def apply_step(work: WriteBack, part: Part, step: Step) -> Tally:
    """Apply the rows of one step, as far as the filters take them; the steps come in the order of `STEPS`.

    Raises:
        UserError: another run is writing for this declaration, a person has decided otherwise since the plan was
            made, or must act.
        TransientError: a system could not be asked; what was done is in the journal, and the next run goes on.
    """
    with _alone(work) as alone:
        settle(alone)
        latest = work.journal.latest(part.plan)
        standing = since_made(latest, part.made_at, work.run_id)
        taken = to_apply(part.changes, standing, part.filters, work.run_id)
        _refuse_decided_otherwise(work, taken, part.made_at)
        parted = readiness([change for change in taken if step.takes(change)], part.changes, standing)
        todo = not_done_by(work.run_id, parted.ready, standing)
        carry_out(alone, to_try(part.plan, todo, latest, standing))
    return _tally(work, part, [step], parted.waiting)


def undo_part(work: WriteBack, part: Part) -> Tally:
    """Take back what was applied of a part, where it still stands (W10), the last step first.

    Raises:
        UserError, TransientError: as `apply_step`.
    """
    waiting: list[Change] = []
    with _alone(work) as alone:
        settle(alone)
        latest = work.journal.latest(part.plan)
        todo = not_done_by(work.run_id, to_undo(part.changes, latest, part.filters, work.run_id), latest)
        for step in reversed(STEPS):
            parted = takeable([change for change in todo if step.takes(change)], part.changes, latest)
            carry_out(alone, to_take_back(part.plan, parted.ready, latest))
            waiting += parted.waiting
            latest = work.journal.latest(part.plan) if parted.ready else latest
    return _tally(work, part, STEPS, waiting)


@contextmanager
def _alone(work: WriteBack) -> Iterator[WriteBack]:
    """The same with the one right to write, which is looked at before each write."""
    with work.journal.ledger.alone(work.journal.declaration, work.run_id) as lease:
        yield replace(work, journal=work.journal.under(lease))


def _refuse_decided_otherwise(work: WriteBack, changes: Sequence[Change], made_at: datetime | None) -> None:
    decisions = work.decisions.last() if work.decisions else {}
    if customers := decided_otherwise(changes, decisions, made_at):
        raise UserError(
            f"Since this plan was made, a person has decided otherwise about {len(customers):,} of its customers, "
            f"{customers[0]} the first: reconcile, and apply the plan that comes of it."
        )


def _tally(work: WriteBack, part: Part, steps: Sequence[Step], waiting: list[Change]) -> Tally:
    entries = [entry for entry in work.journal.latest(part.plan).values() if entry.run_id == work.run_id]
    return Tally([e for e in entries if any(step.takes(e.attempt.change) for step in steps)], waiting)
