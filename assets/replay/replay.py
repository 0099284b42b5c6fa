"""A kept plan made again from its inputs: the same one, byte for byte, or what differs and why."""

import hashlib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from assets.extract.netsuite_sync import SYNC
from assets.extract.stripe_transactions import TRANSACTIONS
from assets.planning.portal_asset import PORTAL_LINKS
from assets.planning.to_stripe import ToStripe
from assets.planning.write_plan import Further, PlanInputs, plan_of
from assets.reconciliation import Reconciliation
from assets.replay.inputs import Inputs, found_in_stripe, inputs_of
from assets.rules_version import RULES_VERSION
from resources.storage.kept_inputs import Making, Picture
from resources.storage.plans import content_of, read_plan
from schemas.errors import UserError
from schemas.paired_plan import PairedPlan
from schemas.words import many, shortened

_CHANGES_NAMED: Final = 5


@dataclass(frozen=True)
class Replayed:
    """What came of it.

    Attributes:
        making: what was made again.
        changes: rows of the plan that was made now.
        differences: sentences on how it differs from the plan that was kept; none: it is identical.
        reasons: sentences on why.
    """

    making: Making
    changes: int
    differences: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


def replay(sync: Reconciliation, making: Making) -> Replayed:
    """Make a plan again, and write nothing.

    Args:
        sync: of the declaration; only what is kept of it is looked at.
        making: which plan, and from what.

    Raises:
        UserError: its inputs were removed, or another version of Tieout wrote them.
        DamageError: its inputs are no longer what they were.
    """
    matching = inputs_of(sync.kept_inputs, making, making.matching)
    planning = inputs_of(sync.kept_inputs, making, making.planning)
    plan = planned_again(matching, planning)
    content = content_of(plan)
    if hashlib.sha256(content).hexdigest() == making.plan:
        return Replayed(making, plan.height)
    differences = tuple(_differences(sync, making.plan, read_plan(content)))
    return Replayed(making, plan.height, differences, tuple(_reasons(matching, planning)))


def planned_again(matching: Inputs, planning: Inputs) -> PairedPlan:
    """The plan of these inputs: matches of the first, changes of the second."""
    frames, matches = planning.frames, matching.matches().lazy()
    found = found_in_stripe(planning.declaration, frames, matches)
    way = None if found is None else ToStripe(frames[SYNC], found)
    further = Further(frames.get(TRANSACTIONS), way, frames.get(PORTAL_LINKS))
    inputs = PlanInputs(planning.stripe, planning.netsuite, matches, further, planning.traces)
    return plan_of(planning.declaration, inputs, lambda: bool(planning.picture.months_missing)).plan


def _differences(sync: Reconciliation, digest: str, now: pl.DataFrame) -> Iterator[str]:
    try:
        before = sync.plans.read(digest)
    except UserError:
        yield f"the hash is another one, and the kept plan {shortened(digest)} is not there to tell which rows differ"
        return
    old, new = before.get_column("change_id").implode(), now.get_column("change_id").implode()
    gone = before.filter(~pl.col("change_id").is_in(old.list.set_intersection(new)))
    come = now.filter(~pl.col("change_id").is_in(old.list.set_intersection(new)))
    both = [name for name in before.columns if name in now.columns]
    changed = now.select(both).join(before.select(both), on=both, how="anti", nulls_equal=True)
    changed = changed.join(come, on="change_id", how="anti")
    for rows, what in ((gone, "no longer planned"), (come, "planned now and not then"), (changed, "planned otherwise")):
        if rows.height:
            named = ", ".join(rows.get_column("change_id").head(_CHANGES_NAMED))
            yield f"{what}: {many(rows.height, 'change')}, {named}{' …' if rows.height > _CHANGES_NAMED else ''}"
    if gone.is_empty() and come.is_empty() and changed.is_empty():
        yield "the same changes stand in another order, or have other columns"


def _reasons(matching: Inputs, planning: Inputs) -> Iterator[str]:
    pictures = (matching.picture, planning.picture)
    yield from dict.fromkeys(said for picture in pictures for said in _of_versions(picture))
    if changed := sorted({*matching.defaults_changed, *planning.defaults_changed}):
        yield f"these settings have another default now, and the declaration sets none: {', '.join(changed)}"


def _of_versions(picture: Picture) -> Iterator[str]:
    if picture.rules != RULES_VERSION:
        yield f"it was made by version {picture.rules} of the rules, and this is version {RULES_VERSION}"
    if picture.unicode != unicodedata.unidata_version:
        yield f"letters were folded by Unicode {picture.unicode}, and are by {unicodedata.unidata_version} here"
