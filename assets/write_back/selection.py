"""Which rows of a plan a run takes on. Pure: the plan, what the journal says of it, and what a person asked for."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from resources.ledger import LastDecision
from schemas.attempts import Entry
from schemas.change import REMOVALS, Change
from schemas.errors import UserError
from schemas.words import Action, InternalId, StripeId, System

Latest = Mapping[str, Entry]
"""The last attempt at each change, by change id."""


@dataclass(frozen=True)
class Step:
    """What is written at one go: some kinds of changes in one system."""

    system: System
    kinds: frozenset[Action]

    def takes(self, change: Change) -> bool:
        """Whether a change is written in it."""
        return change.system == self.system and change.action in self.kinds


CREATES: Final[frozenset[Action]] = frozenset({"create"})
EDITS: Final[frozenset[Action]] = frozenset({"set", "append"})
NETSUITE_REMOVALS: Final = Step("netsuite", REMOVALS)
NETSUITE_CREATES: Final = Step("netsuite", CREATES)
NETSUITE_EDITS: Final = Step("netsuite", EDITS)
STRIPE_EDITS: Final = Step("stripe", EDITS | REMOVALS)
STRIPE_CREATES: Final = Step("stripe", CREATES)
STEPS: Final = (NETSUITE_REMOVALS, NETSUITE_CREATES, STRIPE_CREATES, NETSUITE_EDITS, STRIPE_EDITS)
"""The order in which a plan is applied: what is taken away comes first, as its id may go into another record, then what
is made, and then what names it. It is taken back in the other order."""


@dataclass(frozen=True)
class Filters:
    """The part of a plan that a person wants to begin with; what is left empty does not narrow.

    Attributes:
        system: `netsuite` or `stripe`.
        fields: the fields.
        customers: the Stripe customers, as ids and months of creation name them.
        records: the NetSuite records of changes that have no Stripe customer yet, where customers are named.
        at_most: so many rows, whole pairs as far as they go.
    """

    system: System | None = None
    fields: frozenset[str] = field(default_factory=frozenset)
    customers: frozenset[StripeId] | None = None
    records: frozenset[InternalId] = field(default_factory=frozenset)
    at_most: int | None = None

    def take(self, change: Change) -> bool:
        """Whether a row passes, the number of rows aside."""
        return (
            self.system in {None, change.system}
            and (not self.fields or change.field in self.fields)
            and (self.customers is None or self._names(change, self.customers))
        )

    def _names(self, change: Change, customers: frozenset[StripeId]) -> bool:
        if change.stripe_customer_id is None:
            return change.netsuite_internal_id in self.records
        return change.stripe_customer_id in customers


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


def rows_to_apply(
    part: Part, step: Step, latest: Latest, decisions: Mapping[StripeId, LastDecision], run_id: str
) -> tuple[list[Change], Latest]:
    """The rows of a step that a run tries, and the attempts that tell how things stand.

    Raises:
        UserError: a person has decided otherwise about a customer since the plan was made (M8).
    """
    standing = since_made(latest, part.made_at, run_id)
    taken = to_apply(part.changes, standing, part.filters, run_id)
    if customers := decided_otherwise(taken, decisions, part.made_at):
        raise UserError(
            f"Since this plan was made, a person has decided otherwise about {len(customers):,} of its customers, "
            f"{customers[0]} the first: reconcile, and apply the plan that comes of it."
        )
    return not_done_by(run_id, [change for change in taken if step.takes(change)], standing), standing


def rows_to_undo(part: Part, latest: Latest, run_id: str) -> list[Change]:
    """The rows that a run takes back."""
    return not_done_by(run_id, to_undo(part.changes, latest, part.filters, run_id), latest)


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
    it, or decided then for a new record, and it links another one. Against what takes traces of a former record away it
    is a decision for that record.
    """

    def is_contrary(customer: StripeId, change: Change) -> bool:
        last = decisions.get(customer)
        if last is None:
            return False
        if last.kind in {"withdrawn", "create"}:
            is_for_new = last.kind == "create" and change.netsuite_internal_id is None
            return not is_for_new and made_at is not None and last.decided_at > made_at
        is_of_it = last.kind == "link" and last.netsuite_internal_id == change.netsuite_internal_id
        return is_of_it == (change.action in REMOVALS)

    chosen = {last.netsuite_internal_id: customer for customer, last in decisions.items() if last.kind == "link"}
    found = set[StripeId]()
    for change in changes:
        if change.stripe_customer_id is not None:
            found |= {change.stripe_customer_id} if is_contrary(change.stripe_customer_id, change) else set()
        elif change.netsuite_internal_id in chosen:  # its record was to get a new customer
            found.add(chosen[change.netsuite_internal_id])
    return sorted(found)


def not_done_by(run_id: str, changes: Iterable[Change], latest: Latest) -> list[Change]:
    """Of the selected rows those that this run has not brought to a result yet; being stopped is none."""

    def is_done(entry: Entry | None) -> bool:
        return entry is not None and entry.run_id == run_id and entry.status != "stopped"

    return [change for change in changes if not is_done(latest.get(change.change_id))]


def _is_open(entry: Entry | None, run_id: str) -> bool:
    if entry is None:
        return True
    if entry.attempt.direction == "undo":
        return entry.status in {"undone", "already"}
    return entry.status in {"failed", "stopped"} or entry.run_id == run_id


def _narrowed(changes: Sequence[Change], filters: Filters, is_wanted: Callable[[Change], bool]) -> list[Change]:
    taken = [change for change in changes if filters.take(change) and is_wanted(change)]
    if filters.at_most is None:
        return taken
    chosen = {change.change_id for change, _ in zip(_group_by_group(taken), range(filters.at_most), strict=False)}
    return [change for change in taken if change.change_id in chosen]


def _group_by_group(changes: Sequence[Change]) -> Iterator[Change]:
    """Group by group, each in the order of the steps, so that a short cut makes whole links."""
    order = {(step.system, kind): at for at, step in enumerate(STEPS) for kind in step.kinds}
    group_of = _groups(changes)
    groups: dict[Hashable, list[Change]] = {}
    for change in changes:
        groups.setdefault(group_of(change), []).append(change)
    for members in groups.values():
        yield from sorted(members, key=lambda change: order[change.system, change.action])


def _groups(changes: Sequence[Change]) -> Callable[[Change], Hashable]:
    """What tells the group of a change: its pair, joined with those of the changes that it needs."""
    pairs = {change.change_id: change.pair for change in changes}
    joined: dict[Hashable, Hashable] = {}

    def root(group: Hashable) -> Hashable:
        while group in joined:
            group = joined[group]
        return group

    for change in changes:
        for needed in (*change.references, *(change.requires or ())):
            here, there = root(change.pair), root(pairs.get(needed, change.pair))
            if here != there:
                joined[here] = there
    return lambda change: root(change.pair)
