"""What a run is asked to write: which plan, which part of it, and whether it may; and what that means for its rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import dagster as dg
from pydantic import Field

from assets.plan_history import History, made_at, plans_made
from assets.planning.brakes import results_of
from assets.reconciliation import Reconciliation
from assets.write_back.run import Part
from assets.write_back.selection import Filters
from resources.ledger import Request, Requests
from schemas.change import Change
from schemas.errors import UserError
from schemas.link_fields import fields_of
from schemas.plan import changes_of
from schemas.words import StripeId, System

FIELDS: Final = tuple(field.name for field in (*fields_of("netsuite"), *fields_of("stripe")))
_SYSTEMS: Final[Mapping[str, System | None]] = {"": None, "netsuite": "netsuite", "stripe": "stripe"}


class PlanPart(dg.Config):
    """Which plan, and which part of it. What is left out does not narrow."""

    plan: str | None = Field(
        None, description="the hash of the plan, as its page and the report show it; the daily run needs none"
    )
    system: str = Field("", description="netsuite or stripe")
    fields: list[str] = Field(default_factory=list, description=f"some of {', '.join(FIELDS)}")
    months: list[str] = Field(default_factory=list, description="months in which customers were created, as 2024-03")
    ids: list[str] = Field(default_factory=list, description="Stripe ids, or internal ids of records")
    at_most: int | None = Field(None, description="so many changes, whole pairs as far as they go")


def request_to_apply(
    sync: Reconciliation, instance: dg.DagsterInstance, requests: Requests, run_id: str, asked: PlanPart
) -> tuple[Request, Part]:
    """What a run applies: the plan that a person names, or the one that this very run has made, if it may.

    Raises:
        UserError: there is no such plan, a word means nothing, or the plan may not be written unseen.
    """
    if asked.plan is None:
        if sync.declaration.writes.mode != "auto":
            by_hand = _by_hand(sync)
            raise UserError(f"{sync.name} writes only what a person has approved (writes: mode: review): {by_hand}")
        history = History.read(sync.name, plans_made(instance, sync), requests.approvals())
        _check_that_it_may(sync, history, run_id)
        request = Request(run_id, "apply", history.newest.plan, _narrowing(asked))
        return request, part_of(sync, request, history.newest.made_at)
    request = Request(run_id, "apply", asked.plan, _narrowing(asked))
    return request, part_of(sync, request, made_at(plans_made(instance, sync), request.plan))


def request_to_go_on(
    sync: Reconciliation, instance: dg.DagsterInstance, requests: Requests, run_id: str
) -> tuple[Request, Part]:
    """What a later step of a run applies: the same part of the same plan as its first.

    Raises:
        UserError: the run was asked nothing.
    """
    request = requests.of(run_id)
    if request is None:
        raise UserError(
            f"This run applies no plan; start {sync.name}_apply with the hash of one, which does both systems."
        )
    return request, part_of(sync, request, made_at(plans_made(instance, sync), request.plan))


def request_to_undo(sync: Reconciliation, run_id: str, asked: PlanPart) -> tuple[Request, Part]:
    """What a run takes back.

    Raises:
        UserError: no plan is named, there is none of this hash, or a word means nothing.
    """
    if asked.plan is None:
        raise UserError(f"{sync.name}_undo needs the hash of a plan, which the page of its apply shows.")
    request = Request(run_id, "undo", asked.plan, _narrowing(asked))
    return request, part_of(sync, request, None)


def part_of(sync: Reconciliation, request: Request, moment: datetime | None) -> Part:
    """The rows that a request means, of a plan that was last made at a moment (UTC)."""
    changes = changes_of(sync.plans.read(request.plan))
    return Part(request.plan, changes, _filters(sync, request.filters, changes), moment)


def _narrowing(asked: PlanPart) -> dict[str, object]:
    return asked.model_dump(exclude={"plan"})


def _check_that_it_may(sync: Reconciliation, history: History, run_id: str) -> None:
    """See that this run's own plan may be written unseen, whichever checks were selected with it."""
    if history.newest.run_id != run_id:
        raise UserError(f"This run has made no plan: {_by_hand(sync)}")
    stopped = [result for result in results_of(sync, history) if not result.passed]
    if stopped:
        sentences = " ".join(f"{result.name}: {result.sentence}" for result in stopped)
        raise UserError(f"The brakes stop this run. {sentences} To go on by hand: {_by_hand(sync)}")


def _by_hand(sync: Reconciliation) -> str:
    return f"look at the report, then start {sync.name}_apply with the plan's hash."


def _filters(sync: Reconciliation, asked: Mapping[str, object], changes: Sequence[Change]) -> Filters:
    """A person's words as filters."""
    part = PlanPart.model_validate(asked)
    if part.system not in _SYSTEMS:
        raise UserError(f"There is no system {part.system!r}; expected netsuite or stripe, or nothing for both.")
    if unknown := sorted(set(part.fields) - set(FIELDS)):
        raise UserError(f"There is no field {unknown[0]!r}; expected some of {', '.join(FIELDS)}.")
    if part.at_most is not None and part.at_most < 1:
        raise UserError(f"at_most must be 1 or more, not {part.at_most}.")
    named = _named(sync, part, changes)
    customers = None if named is None else frozenset(c.stripe_customer_id for c in named if c.stripe_customer_id)
    records = frozenset(c.netsuite_internal_id for c in named or () if c.netsuite_internal_id)
    return Filters(_SYSTEMS[part.system], frozenset(part.fields), customers, records, part.at_most)


def _named(sync: Reconciliation, part: PlanPart, changes: Sequence[Change]) -> Sequence[Change] | None:
    """The changes whose customers a person named by id or month; None where nobody is named."""
    if not part.ids and not part.months:
        return None
    ids, named = set(part.ids), changes
    if ids:
        named = [c for c in named if {c.stripe_customer_id, str(c.netsuite_internal_id)} & ids]
    if part.months:
        created = _created_in(sync, part.months)
        named = [c for c in named if c.stripe_customer_id in created]
    return named


def _created_in(sync: Reconciliation, months: Sequence[str]) -> set[StripeId]:
    keys = {key[:7]: key for key in sync.month_keys()}
    if unknown := sorted(set(months) - keys.keys()):
        raise UserError(f"There is no month {unknown[0]!r}; expected months from {min(keys)} to {max(keys)}.")
    created = sync.frames.read_months("stripe_customers", [keys[month] for month in months])
    return {StripeId(customer) for customer in created.select("id").collect().to_series()}
