"""How a plan stands: how many changes it has, who asked for what, and what became of it since it was last made."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

import dagster as dg

from assets.plan_history import PlanMade, plans_made
from assets.reconciliation import Reconciliation
from resources.ledger import Journal, Request, Requests

PLANS_SHOWN: Final = 10

_TAKEN_BACK: Final = frozenset({"undone", "already"})


@dataclass(frozen=True)
class Why:
    """Changes that ended in one way: the status, the system's code where it gave one, and how many they are."""

    status: str
    code: str | None
    changes: int


@dataclass(frozen=True)
class Standing:
    """How a plan stands.

    Attributes:
        made: the plan, as it was last made.
        ended: what its changes ended in, the largest group first; those that were never tried are not in it. One that
            was taken back is `undone`; one that could not be taken back `kept`.
        asked: what was asked about it since it was last made, oldest first.
        replaced_by: the plan that was made last, if that is another one: what is open of this one waits for nobody.
        beside: what was asked last about another plan since this one was made.
    """

    made: PlanMade
    ended: tuple[Why, ...] = ()
    asked: tuple[Request, ...] = ()
    replaced_by: PlanMade | None = None
    beside: Request | None = None

    @property
    def counts(self) -> Counter[str]:
        """How many changes ended in which status."""
        counts = Counter[str]()
        for why in self.ended:
            counts[why.status] += why.changes
        return counts

    @property
    def untried(self) -> int:
        """How many changes nobody has tried yet."""
        return max(self.made.numbers.changes - self.counts.total(), 0)

    @property
    def open(self) -> int:
        """How many changes the next apply would try."""
        return self.untried + sum(self.counts[status] for status in ("failed", "stopped", "undone"))

    @property
    def in_effect(self) -> int:
        """How many changes stand as ours, so that they can be taken back."""
        return sum(self.counts[status] for status in ("applied", "unfit", "kept"))

    @property
    def last(self) -> Request | None:
        """What was asked last."""
        return self.asked[-1] if self.asked else None


def standing_of(sync: Reconciliation, made: PlanMade, newest: PlanMade) -> Standing:
    """How a plan stands since it was last made, beside the plan that was made last of all."""
    with sync.ledger() as ledger:
        journal, requests = Journal(ledger, sync.declared_accounts), Requests(ledger, sync.declared_accounts)
        asked = [each for each in requests.of_plan(made.plan) if each.at is None or each.at >= made.made_at]
        ended = tuple(_ended(journal, made.plan, made.made_at))
        newer = None if newest.plan == made.plan else newest
        return Standing(made, ended, tuple(asked), newer, requests.of_others(made.plan, made.made_at))


def standings(sync: Reconciliation, instance: dg.DagsterInstance) -> Iterator[Standing]:
    """The last plans, newest first, each once."""
    plans = list(islice(_each_once(plans_made(instance, sync)), PLANS_SHOWN))
    return (standing_of(sync, made, plans[0]) for made in plans)


def _ended(journal: Journal, plan: str, since: datetime) -> Iterator[Why]:
    counts = Counter[tuple[str, str | None]]()
    for tally in journal.tallies(plan, since):
        is_undo = tally.direction == "undo"
        undone = "undone" if tally.status in _TAKEN_BACK else "kept"
        status = undone if is_undo else tally.status
        counts[status, tally.code] += tally.changes
    for (status, code), changes in counts.most_common():
        yield Why(status, code, changes)


def _each_once(made: Iterable[PlanMade]) -> Iterator[PlanMade]:
    seen = set[str]()
    for each in made:
        if each.plan not in seen:
            seen.add(each.plan)
            yield each
