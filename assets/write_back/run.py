"""What one run does, from first to last: alone, settle, select, write, count. Applying is a few steps, undoing one."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from assets.write_back.attempts import to_take_back, to_try
from assets.write_back.executor import WriteBack, carry_out, settle
from assets.write_back.readiness import readiness, takeable
from assets.write_back.selection import CREATES, STEPS, Part, Step, rows_to_apply, rows_to_undo
from schemas.attempts import Entry
from schemas.change import REMOVALS, Change
from schemas.words import System


@dataclass(frozen=True)
class Tally:
    """What a run did in a step.

    Attributes:
        entries: the attempts that it made, with their results.
        waiting: changes that were left because what they require does not stand yet.
        by_field: of each field of a system, how many changes ended in which status.
    """

    entries: list[Entry]
    waiting: list[Change]
    by_field: Mapping[tuple[System, str], Counter[str]]

    def counts(self) -> Counter[str]:
        """How many changes ended in which status."""
        return sum(self.by_field.values(), Counter[str]())


def apply_steps(work: WriteBack, part: Part, steps: Sequence[Step]) -> Tally:
    """Apply the rows of some steps, as far as the filters take them; the steps come in the order of `STEPS`.

    Raises:
        UserError: another run is writing for this declaration, a person has decided otherwise since the plan was
            made, or must act.
        TransientError: a system could not be asked; what was done is in the journal, and the next run goes on.
    """
    needed = [step for step in steps if step.kinds != REMOVALS or any(map(step.takes, part.changes))]
    waiting = [change for step in needed for change in _applied(work, part, step)]
    return _tally(work, part, steps, waiting)


def apply_step(work: WriteBack, part: Part, step: Step) -> Tally:
    """Apply the rows of one step; see `apply_steps`."""
    return apply_steps(work, part, [step])


def _applied(work: WriteBack, part: Part, step: Step) -> list[Change]:
    """Apply the rows of one step; give those that wait."""
    with _alone(work) as alone:
        settle(alone)
        latest = work.journal.latest(part.plan)
        decisions = work.decisions.last() if work.decisions else {}
        selected, standing = rows_to_apply(part, step, latest, decisions, work.run_id)
        parted = readiness(selected, part.changes, standing)
        carry_out(alone, to_try(part.plan, parted.ready, latest, standing))
    return parted.waiting


def undo_part(work: WriteBack, part: Part) -> Tally:
    """Take back what was applied of a part, where it still stands (W10), the last step first.

    Raises:
        UserError, TransientError: as `apply_steps`.
    """
    waiting: list[Change] = []
    with _alone(work) as alone:
        settle(alone)
        latest = work.journal.latest(part.plan)
        todo = rows_to_undo(part, latest, work.run_id)
        for step in reversed(STEPS):
            selected = [change for change in todo if step.takes(change)]
            names_stand = work.journal.latest(part.plan) if selected and step.kinds == CREATES else latest
            parted = takeable(selected, part.changes, names_stand)
            carry_out(alone, to_take_back(part.plan, parted.ready, latest))
            waiting += parted.waiting
    return _tally(work, part, STEPS, waiting)


@contextmanager
def _alone(work: WriteBack) -> Iterator[WriteBack]:
    """The same with the one right to write, which is looked at before each write."""
    with work.journal.ledger.alone(work.journal.declaration, work.run_id) as lease:
        yield replace(work, journal=work.journal.under(lease))


def _tally(work: WriteBack, part: Part, steps: Sequence[Step], waiting: list[Change]) -> Tally:
    of_run = (entry for entry in work.journal.latest(part.plan).values() if entry.run_id == work.run_id)
    entries = [entry for entry in of_run if any(step.takes(entry.attempt.change) for step in steps)]
    ended = [(entry.attempt.change, str(entry.status)) for entry in entries]
    ended += [(change, "waiting") for change in waiting]
    by_field: dict[tuple[System, str], Counter[str]] = {}
    for change, status in ended:
        by_field.setdefault((change.system, change.field), Counter())[status] += 1
    return Tally(entries, waiting, by_field)
