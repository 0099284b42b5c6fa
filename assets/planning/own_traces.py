"""Which traces of links are ours: what the journal says that we wrote, and of import files what our plans said.

What somebody else wrote, or has written anew after we had taken it away, is not ours and stays.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final

import dagster as dg
import orjson
import polars as pl

from assets.plan_history import plans_made
from assets.planning.settings import PlanSettings
from assets.planning.taken_back import KEY, traces_against
from assets.reconciliation import Reconciliation
from resources.ledger import Journal
from schemas.attempts import Entry
from schemas.change import REMOVALS
from schemas.errors import DamageError, UserError
from schemas.link_fields import LINK_FIELDS
from schemas.plan import completed
from schemas.words import System

_PLANS_LOOKED_AT: Final = 20
Place = tuple[System, str, str, str]
"""A trace as `KEY` has it."""


def own_traces(
    sync: Reconciliation,
    instance: dg.DagsterInstance,
    stripe: pl.LazyFrame,
    netsuite: pl.LazyFrame,
    matches: pl.LazyFrame,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What ties customers to other records than a person decided for: what is ours of it, and what is others'.

    Args:
        sync: of the declaration.
        instance: that knows which plans were made.
        stripe: `schemas.customers.StripeCustomers`.
        netsuite: `schemas.customers.NetsuiteCustomers`.
        matches: `schemas.matches.Matches`.

    Returns:
        Both as `assets.planning.taken_back.TRACES`.
    """
    found = traces_against(stripe, netsuite, matches, PlanSettings.of(sync.declaration).written)
    if found.is_empty():
        return found, found
    with sync.ledger() as ledger:
        records = set(found.get_column("record_id"))
        entries = Journal(ledger, sync.declared_accounts).of_records(records)
    ours = standing_values(entries, lambda entry: _of_create(sync, entry))
    if not sync.declaration.can_write:
        ours |= _planned(sync, instance, found)
    places = pl.DataFrame(sorted(ours), schema=dict.fromkeys(KEY, pl.String), orient="row")
    mine = found.join(places, on=KEY, how="semi", maintain_order="left")
    return mine, found.join(places, on=KEY, how="anti", maintain_order="left")


def standing_values(entries: Iterable[Entry], made: Callable[[Entry], Iterable[Place]]) -> set[Place]:
    """The values and words that stand as ours by what was done last, the first attempt first.

    Args:
        entries: of the journal.
        made: gives the traces in a record that an entry made.
    """
    ours: set[Place] = set()
    for entry in entries:
        change, status, is_undo = entry.attempt.change, entry.status, entry.attempt.direction == "undo"
        if change.action == "create":
            ours |= set(made(entry)) if status in {"applied", "unfit"} else set()
            continue
        value = change.old_value if change.action == "clear" else change.new_value
        place = (change.system, change.record_id or "", change.field, value or "")
        adds = (change.action in REMOVALS) == is_undo
        if adds and status in {"applied", "undone"}:
            ours.add(place)
        elif not adds and status in {"applied", "undone", "already"}:
            ours.discard(place)
    return ours


def _of_create(sync: Reconciliation, entry: Entry) -> Iterator[Place]:
    """The traces that were written with a whole record, as the plan that made it says."""
    try:
        plan = sync.plans.read(entry.attempt.plan)
    except (UserError, DamageError):  # without its plan nobody knows what was written, so that it stays
        return
    change, record = entry.attempt.change, entry.result.result_id or ""
    rows = completed(plan.filter(pl.col("change_id") == change.change_id))
    for text in rows.get_column("values").drop_nulls():
        values = orjson.loads(text)
        for field in LINK_FIELDS:
            if field.system == change.system:
                is_stripe = field.system == "stripe"
                held = values.get("metadata", {}) if is_stripe else values
                value = held.get(field.metadata_key if is_stripe else field.field_id(sync.declaration.netsuite))
                if value is not None:
                    yield change.system, record, field.name, str(value)


def _planned(sync: Reconciliation, instance: dg.DagsterInstance, found: pl.DataFrame) -> set[Place]:
    """The traces that a plan for import files had: whoever imported them, they are what Tieout made."""
    asked = found.select(KEY)
    ours: set[Place] = set()
    looked_at = dict.fromkeys(made.plan for made in plans_made(instance, sync) if made.numbers.changes)
    for digest in islice(looked_at, _PLANS_LOOKED_AT):
        if len(ours) == asked.height or not sync.plans.holds(digest):
            continue
        adds = pl.col("action").is_in(["set", "append"])
        named = sync.plans.read(digest).filter(adds).rename({"new_value": "value"})
        ours |= set(asked.join(named, on=KEY, how="semi").rows())
    return ours
