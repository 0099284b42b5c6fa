"""What one run does, from first to last: alone, settle, select, write, count. Applying is two steps, undoing one."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from assets.write_back.executor import WriteBack, carry_out, entries_of, settle
from assets.write_back.selection import (
    Filters,
    Latest,
    decided_otherwise,
    netsuite_holds,
    not_done_by,
    since_made,
    to_apply,
    to_take_back,
    to_try,
    to_undo,
)
from schemas.change import Change, Entry
from schemas.errors import UserError
from schemas.words import System


@dataclass(frozen=True)
class Tally:
    """What a run did in one system.

    Attributes:
        entries: the attempts that it made, with their outcomes.
        waiting: changes of Stripe that were left because the record's side does not hold yet.
    """

    entries: list[Entry]
    waiting: list[Change]

    def counts(self) -> Counter[str]:
        """How many changes ended in which status."""
        return Counter({"waiting": len(self.waiting)}) + Counter(entry.status for entry in self.entries)


def apply_side(
    work: WriteBack,
    plan: str,
    changes: Sequence[Change],
    filters: Filters,
    system: System,
    made_at: datetime | None = None,
) -> Tally:
    """Apply one system's rows of a plan, as far as the filters take them; NetSuite comes first, then Stripe.

    Args:
        work: what to write with.
        plan: the hash of the plan.
        changes: all of its rows.
        filters: the part of it to apply.
        system: whose rows.
        made_at: when the plan was last made, so that what was done before counts as wanted again; None: unknown.

    Raises:
        UserError: another run is writing for this declaration, a person has decided otherwise since the plan was
            made, or must act.
        TransientError: a system could not be asked; what was done is in the journal, and the next run goes on.
    """
    with _alone(work) as alone:
        settle(alone)
        latest = work.journal.latest(plan)
        standing = since_made(latest, made_at, work.run_id)
        taken = to_apply(changes, standing, filters, work.run_id)
        _refuse_decided_otherwise(work, taken, made_at)
        selected = [change for change in taken if change.system == system]
        ready = _ready(selected, changes, standing) if system == "stripe" else selected
        todo = not_done_by(work.run_id, ready, standing)
        carry_out(alone, system, to_try(plan, todo, latest, standing))
    kept = {change.change_id for change in ready}
    return _tally(work, plan, [system], [change for change in selected if change.change_id not in kept])


def undo_plan(work: WriteBack, plan: str, changes: Sequence[Change], filters: Filters) -> Tally:
    """Take back what was applied of a plan, where it still stands (W10): Stripe first, as its values point at records.

    Raises:
        UserError, TransientError: as `apply_side`.
    """
    both: tuple[System, System] = ("stripe", "netsuite")
    order = [system for system in both if system in work.writers]
    with _alone(work) as alone:
        settle(alone)
        latest = work.journal.latest(plan)
        todo = not_done_by(work.run_id, to_undo(changes, latest, filters, work.run_id), latest)
        for system in order:
            mine = [change for change in todo if change.system == system]
            carry_out(alone, system, to_take_back(plan, mine, latest))
    return _tally(work, plan, order, [])


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


def _ready(selected: Sequence[Change], changes: Sequence[Change], latest: Latest) -> list[Change]:
    holding = netsuite_holds(changes, latest)
    return [change for change in selected if change.pair in holding]


def _tally(work: WriteBack, plan: str, systems: Sequence[System], waiting: list[Change]) -> Tally:
    entries = entries_of(work.run_id, work.journal.latest(plan))
    return Tally([entry for entry in entries if entry.attempt.change.system in systems], waiting)
