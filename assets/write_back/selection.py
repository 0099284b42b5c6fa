"""Which rows of a plan a run takes on. Pure: the plan, what the journal says of it, and what a person asked for."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from resources.ledger import LastDecision
from schemas.change import EXTERNAL_ID_TAKEN, Attempt, Change, Entry
from schemas.words import InternalId, StripeId, System

Latest = Mapping[str, Entry]
"""The last attempt at each change, by change id."""


@dataclass(frozen=True)
class Filters:
    """The part of a plan that a person wants to begin with; what is left empty does not narrow.

    Attributes:
        system: `netsuite` or `stripe`.
        fields: the fields.
        customers: the Stripe customers, as ids and months of creation name them.
        at_most: so many rows, whole pairs as far as they go.
    """

    system: System | None = None
    fields: frozenset[str] = field(default_factory=frozenset)
    customers: frozenset[StripeId] | None = None
    at_most: int | None = None

    def take(self, change: Change) -> bool:
        """Whether a row passes, the number of rows aside."""
        return (
            self.system in {None, change.system}
            and (not self.fields or change.field in self.fields)
            and (self.customers is None or change.stripe_customer_id in self.customers)
        )


def changes_of(plan: pl.DataFrame) -> list[Change]:
    """The rows of a plan (`schemas.plan.Plan`) as objects, in its order."""
    columns = list(Change.__dataclass_fields__)
    return [Change(**row) for row in plan.select(columns).iter_rows(named=True)]


def since_made(latest: Latest, made_at: datetime | None, run_id: str) -> Latest:
    """The attempts that tell how things stand: those of this run, and those after the plan was last made.

    A plan that is made anew says that its changes are wanted again, whatever had become of them before: somebody has
    cleared what was written, say. `made_at` is None where nobody knows when that was; then every attempt counts.
    """

    def counts(entry: Entry) -> bool:
        return made_at is None or entry.settled_at is None or entry.settled_at >= made_at or entry.run_id == run_id

    return {change_id: entry for change_id, entry in latest.items() if counts(entry)}


def to_apply(changes: Sequence[Change], latest: Latest, filters: Filters, run_id: str) -> list[Change]:
    """The rows that this run applies: those never tried, failed, stopped, or undone, as far as the filters take them.

    What is applied, or was there, or turned out otherwise, is left alone. The rows that this very run has tried count,
    so that its later step takes the same rows as its first.
    """
    return _narrowed(changes, filters, lambda change: _is_open(latest.get(change.change_id), run_id))


def to_undo(changes: Sequence[Change], latest: Latest, filters: Filters, run_id: str) -> list[Change]:
    """The rows that this run takes back: those that stand as ours, or may, as far as the filters take them."""

    def is_ours(change: Change) -> bool:
        entry = latest.get(change.change_id)
        return entry is not None and (
            entry.may_have_taken_effect or (entry.run_id == run_id and entry.attempt.direction == "undo")
        )

    return _narrowed(changes, filters, is_ours)


def decided_otherwise(
    changes: Iterable[Change], decisions: Mapping[StripeId, LastDecision], made_at: datetime | None
) -> list[StripeId]:
    """The customers about whom a person has decided something else than these changes say (M8).

    That is: another record, or none ever; or they took a decision back after the plan was made, which may have followed
    it.
    """

    def is_contrary(change: Change) -> bool:
        last = decisions.get(change.stripe_customer_id)
        if last is None:
            return False
        if last.kind == "withdrawn":
            return made_at is not None and last.decided_at > made_at
        return last.netsuite_internal_id != change.netsuite_internal_id

    return sorted({change.stripe_customer_id for change in changes if is_contrary(change)})


def not_done_by(run_id: str, changes: Iterable[Change], latest: Latest) -> list[Change]:
    """Of the selected rows those that this run has not brought to an outcome yet; being stopped is none."""

    def is_done(entry: Entry | None) -> bool:
        return entry is not None and entry.run_id == run_id and entry.status != "stopped"

    return [change for change in changes if not is_done(latest.get(change.change_id))]


def netsuite_holds(changes: Sequence[Change], latest: Latest) -> set[tuple[StripeId, InternalId]]:
    """The pairs of a plan whose NetSuite side holds, so that Stripe may point at the record.

    It holds when no row of the pair was refused, and at least one is there, or none was needed. An external id that
    another entity has is none of ours to give, so that its row says nothing either way.
    """
    needed = {change.pair: set[str]() for change in changes}
    for change in changes:
        entry = latest.get(change.change_id)
        if change.system == "netsuite" and not _is_taken(change, entry):
            needed[change.pair].add(_standing(entry))
    return {pair for pair, found in needed.items() if not found or ("holds" in found and "refused" not in found)}


def to_try(plan: str, changes: Iterable[Change], latest: Latest, standing: Latest) -> list[Attempt]:
    """The next attempt at each change, numbered on from the last one.

    Where the last one no longer stands (`since_made`), or was taken back, a new cycle begins: Stripe would answer the
    old one's key with the old answer. What it had written is still ours, if it turns out to be there after all.
    """

    def attempt(change: Change) -> Attempt:
        last = latest.get(change.change_id)
        if last is None:
            return Attempt(plan, change, "apply")
        was_undone = last.attempt.direction == "undo" and last.status in {"undone", "already"}
        cycle = last.attempt.cycle + (was_undone or change.change_id not in standing)
        return Attempt(plan, change, "apply", last.attempt.number + 1, cycle, last.may_have_taken_effect)

    return [attempt(change) for change in changes]


def to_take_back(plan: str, changes: Iterable[Change], latest: Latest) -> list[Attempt]:
    """The next attempt at taking each change back, numbered on from the last one."""

    def attempt(change: Change) -> Attempt:
        last = latest[change.change_id]
        was_stopped = last.attempt.direction == "undo" and last.status == "stopped"
        return Attempt(plan, change, "undo", last.attempt.number + 1, last.attempt.cycle, was_stopped)

    return [attempt(change) for change in changes]


def _is_open(entry: Entry | None, run_id: str) -> bool:
    if entry is None:
        return True
    if entry.attempt.direction == "undo":
        return entry.status in {"undone", "already"}
    return entry.status in {"failed", "stopped"} or entry.run_id == run_id


def _standing(entry: Entry | None) -> str:
    if entry is None or (entry.attempt.direction == "apply" and entry.status == "stopped"):
        return "untried"
    if entry.attempt.direction == "undo":
        return "holds" if entry.is_in_effect else "untried"
    return "holds" if entry.status in {"applied", "already"} else "refused"


def _is_taken(change: Change, entry: Entry | None) -> bool:
    return change.field == "external_id" and entry is not None and entry.outcome.code == EXTERNAL_ID_TAKEN


def _narrowed(changes: Sequence[Change], filters: Filters, is_wanted: Callable[[Change], bool]) -> list[Change]:
    taken = [change for change in changes if filters.take(change) and is_wanted(change)]
    if filters.at_most is None:
        return taken
    chosen = {change.change_id for change, _ in zip(_by_pair(taken), range(filters.at_most), strict=False)}
    return [change for change in taken if change.change_id in chosen]


def _by_pair(changes: Sequence[Change]) -> Iterator[Change]:
    """Pair by pair, NetSuite before Stripe, so that a short cut makes whole links."""
    pairs: dict[tuple[StripeId, InternalId], list[Change]] = {}
    for change in changes:
        pairs.setdefault(change.pair, []).append(change)
    for members in pairs.values():
        yield from sorted(members, key=lambda change: change.system)
