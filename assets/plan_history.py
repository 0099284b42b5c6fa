"""The plans that were made: which, when, by which run and from how much, newest first, as `write_plan` reported them.

A materialization that a person reported by hand made no plan: it has no hash, and is left out. So is one that only says
what became of a plan: it has no accounts.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from itertools import islice
from typing import Final

import dagster as dg

from assets.reconciliation import Reconciliation
from schemas.errors import UserError

GOOD_COMPARED: Final = 7
"""So many good plans are compared with at most."""

ACCOUNTS: Final = "accounts"
"""Metadata of a plan that was made: for which accounts. What is only said again of a plan has none."""

_A_PAGE: Final = 100
_LOOKED_AT: Final = 1_000


@dataclass(frozen=True)
class PlanNumbers:
    """What a plan was made from, and its size; metadata of `write_plan`, under these names.

    Attributes:
        changes: rows of the plan.
        relinks: how many of them replace a value that is there.
        stripe_customers: customers of Stripe.
        netsuite_customers: records that are customers.
        tied_to_a_record: customers of Stripe that have a record.
        creates: how many rows make a new NetSuite record.
        stripe_creates: how many make a new Stripe customer.
        guesses: how many rows are guesses.
        guessed_customers: how many customers those are about.
    """

    changes: int = 0
    relinks: int = 0
    stripe_customers: int = 0
    netsuite_customers: int = 0
    tied_to_a_record: int = 0
    creates: int = 0
    stripe_creates: int = 0
    guesses: int = 0
    guessed_customers: int = 0

    @classmethod
    def of(cls, metadata: Mapping[str, object]) -> "PlanNumbers":
        """Those that a materialization reported; a number that it lacks is 0."""
        values = {field.name: metadata.get(field.name) for field in fields(cls)}
        return cls(**{name: value for name, value in values.items() if isinstance(value, int)})

    def metadata(self) -> dict[str, int]:
        """For the materialization of a plan."""
        return asdict(self)

    @property
    def match_rate(self) -> float:
        """The share of Stripe customers that have a record once the plan stands: what it makes does not move it."""
        customers = self.stripe_customers + self.stripe_creates
        return (self.tied_to_a_record + self.creates + self.stripe_creates) / customers if customers else 0.0


@dataclass(frozen=True)
class PlanMade:
    """One making of a plan; the same content made again is another one.

    Attributes:
        plan: the hash.
        made_at: when (UTC).
        run_id: the run that made it.
        numbers: what `write_plan` counted.
    """

    plan: str
    made_at: datetime
    run_id: str
    numbers: PlanNumbers


@dataclass(frozen=True)
class History:
    """What the brakes need to know of the plans that were made, read once.

    Attributes:
        newest: the plan that was made last.
        good: those of before that were then approved, newest first.
    """

    newest: PlanMade
    good: tuple[PlanMade, ...]

    @classmethod
    def read(cls, name: str, made: Iterable[PlanMade], approvals: Iterable[tuple[str, datetime]]) -> "History":
        """Read as much as is needed of the plans that a declaration made, newest first; approvals as `approved` has.

        Raises:
            UserError: none was made.
        """
        plans = iter(made)
        newest = next(plans, None)
        if newest is None:
            raise UserError(f"{name} has no plan yet; start {name}_reconcile, which makes one.")
        earlier = [(digest, moment) for digest, moment in approvals if digest != newest.plan or moment < newest.made_at]
        return cls(newest, tuple(islice(approved(plans, earlier), GOOD_COMPARED)))


def last_made_at(made: Iterable[PlanMade], plan: str) -> datetime | None:
    """When a plan was last made (UTC), of those that were made, newest first; None where nobody knows."""
    return next((each.made_at for each in made if each.plan == plan), None)


def plans_made(instance: dg.DagsterInstance, sync: Reconciliation) -> Iterator[PlanMade]:
    """The plans of a declaration, newest first, the last thousand at most; fetched as far as they are looked at.

    What was planned under its name for other accounts is left out: it is no measure for these.
    """
    return islice(_plans_made(instance, sync.key("write_plan"), sync.accounts), _LOOKED_AT)


def approved(made: Iterable[PlanMade], approvals: Iterable[tuple[str, datetime]]) -> Iterator[PlanMade]:
    """Those of the plans made that a person, or a daily run, then asked to apply.

    Who gives a hash means the newest plan of that hash at that moment, and no other: the empty plan has the same hash
    every time, whatever it was made from.

    Args:
        made: newest first.
        approvals: hashes, and when it was asked to apply them.
    """
    moments: defaultdict[str, list[datetime]] = defaultdict(list)
    for plan, moment in approvals:
        moments[plan].append(moment)
    for plan_made in made:
        before = [moment for moment in moments[plan_made.plan] if moment < plan_made.made_at]
        if len(before) < len(moments[plan_made.plan]):
            yield plan_made
        moments[plan_made.plan] = before


def _plans_made(instance: dg.DagsterInstance, key: dg.AssetKey, accounts: str) -> Iterator[PlanMade]:
    cursor, has_more = None, True
    while has_more:
        page = instance.fetch_materializations(key, limit=_A_PAGE, cursor=cursor)
        cursor, has_more = page.cursor, page.has_more
        for record in page.records:
            event = record.asset_materialization
            values = {name: value.value for name, value in event.metadata.items()} if event else {}
            plan = values.get("plan_hash")
            if isinstance(plan, str) and values.get(ACCOUNTS) == accounts:
                made_at = datetime.fromtimestamp(record.timestamp, UTC)
                yield PlanMade(plan, made_at, record.run_id, PlanNumbers.of(values))
