"""The plans that were made: which, when, by which run and from how much, newest first, as `write_plan` reported them.

A materialization that a person reported by hand made no plan: it has no hash, and is left out.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Final

import dagster as dg

from assets.reconciliation import Reconciliation
from schemas.errors import UserError

_A_PAGE: Final = 100
_LOOKED_AT: Final = 1_000


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
    numbers: Mapping[str, int]


def plans_made(instance: dg.DagsterInstance, sync: Reconciliation) -> Iterator[PlanMade]:
    """The plans of a declaration, newest first, the last thousand at most; fetched as far as they are looked at.

    What was planned under its name for other accounts is left out: it is no measure for these.
    """
    return islice(_plans_made(instance, sync.key("write_plan"), sync.accounts), _LOOKED_AT)


def newest_plan(instance: dg.DagsterInstance, sync: Reconciliation) -> PlanMade:
    """The plan that was made last.

    Raises:
        UserError: there is none.
    """
    for made in plans_made(instance, sync):
        return made
    raise UserError(f"{sync.name} has no plan yet; start {sync.name}_reconcile, which makes one.")


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
            if isinstance(plan, str) and values.get("accounts") == accounts:
                numbers = {name: value for name, value in values.items() if isinstance(value, int)}
                yield PlanMade(plan, datetime.fromtimestamp(record.timestamp, UTC), record.run_id, numbers)
