"""What a run is asked to write: which plan, which part of it, and whether it may; and what that means for its rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import dagster as dg
from pydantic import Field

from assets.plan_history import PlanMade
from assets.planning.brakes import BrakeResult, why_stopped
from assets.reconciliation import Reconciliation
from assets.signed_in import BY_LOGIN
from assets.write_back.selection import Filters, Part
from schemas.change import Change
from schemas.errors import UserError
from schemas.link_fields import written_fields
from schemas.words import StripeId, System, and_more

FIELDS: Final = tuple(field.name for field in (*written_fields("netsuite"), *written_fields("stripe")))
_SYSTEMS: Final[Mapping[str, System | None]] = {"": None, "netsuite": "netsuite", "stripe": "stripe"}


class _Named(dg.Config):
    plan: str = Field(
        description="the hash of the plan, 64 characters: the page of write_plan, report.html and `make plans` show it"
    )
    who: str = Field(
        description=f"your name: it is kept with what you ask for, and shown in outcomes.csv and the report; {BY_LOGIN}"
    )


class _Narrowed(dg.Config):
    at_most: int | None = Field(None, description="begin with so many changes, whole pairs as far as they go")
    system: str = Field("", description="netsuite or stripe; nothing for both")
    fields: list[str] = Field(default_factory=list, description=f"some of {', '.join(FIELDS)}; nothing for all")
    months: list[str] = Field(default_factory=list, description="months in which customers were created, as 2024-03")
    ids: list[str] = Field(default_factory=list, description="Stripe ids, or internal ids of records, of the plan")


class PlanPart(_Narrowed, _Named):
    """Which plan, which part of it, and who asks. What is left out does not narrow."""

    @property
    def filters(self) -> dict[str, object]:
        """The part alone."""
        return self.model_dump(include=set(_Narrowed.model_fields))


def signature(who: str) -> str:
    """A name as it is kept.

    Raises:
        UserError: it is none.
    """
    name = " ".join(who.split())
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise UserError(f"who must be a name of at most {_LONGEST_NAME} characters: it is kept with the approval.")
    return name


_LONGEST_NAME: Final = 100


def check_that_it_may(sync: Reconciliation, run_id: str, newest: PlanMade, brakes: Sequence[BrakeResult]) -> None:
    """See that the newest plan may be written unseen: this very run has made it, and the brakes let it go on.

    Raises:
        UserError: it may not.
    """
    by_hand = f"look at the report, then start {sync.name}_apply with the plan's hash."
    if newest.run_id != run_id:
        raise UserError(f"This run has made no plan: {by_hand}")
    if because := why_stopped(brakes):
        raise UserError(f"Stopped before anything was written, {because} To go on by hand: {by_hand}")


def part_of(
    sync: Reconciliation, plan: str, asked: Mapping[str, object], changes: Sequence[Change], made_at: datetime | None
) -> Part:
    """The rows that a person means, of all of a plan that was last made then (UTC).

    Raises:
        UserError: a word means nothing.
    """
    return Part(plan, changes, _filters(sync, asked, changes), made_at)


def _filters(sync: Reconciliation, asked: Mapping[str, object], changes: Sequence[Change]) -> Filters:
    """A person's words as filters."""
    part = _Narrowed.model_validate(asked)
    if part.system not in _SYSTEMS:
        raise UserError(f"There is no system {part.system!r}; expected netsuite or stripe, or nothing for both.")
    known = {*FIELDS, *(change.field for change in changes)}
    if unknown := sorted(set(part.fields) - known):
        raise UserError(f"There is no field {unknown[0]!r}; expected some of {', '.join(FIELDS)}.")
    if part.at_most is not None and part.at_most < 1:
        raise UserError(f"at_most must be 1 or more, not {part.at_most}.")
    named = _named(sync, part, changes)
    customers = None if named is None else frozenset(c.stripe_customer_id for c in named if c.stripe_customer_id)
    records = frozenset(c.netsuite_internal_id for c in named or () if c.netsuite_internal_id)
    return Filters(_SYSTEMS[part.system], frozenset(part.fields), customers, records, part.at_most)


def _named(sync: Reconciliation, part: _Narrowed, changes: Sequence[Change]) -> Sequence[Change] | None:
    """The changes whose customers a person named by id or month; None where nobody is named."""
    if not part.ids and not part.months:
        return None
    ids, named = set(part.ids), changes
    if ids:
        known = {name for change in changes for name in _names(change)}
        if unknown := [name for name in part.ids if name not in known]:
            raise UserError(
                f"No change of this plan is about {unknown[0]!r}{and_more(len(unknown) - 1)}; ids are Stripe ids, "
                "or internal ids of records, as plan.csv has them."
            )
        named = [change for change in changes if _names(change) & ids]
    if part.months:
        created = _created_in(sync, part.months)
        named = [c for c in named if c.stripe_customer_id in created]
    return named


def _names(change: Change) -> set[str]:
    record = change.netsuite_internal_id
    return {str(name) for name in (change.stripe_customer_id, record) if name is not None}


def _created_in(sync: Reconciliation, months: Sequence[str]) -> set[StripeId]:
    keys = {key[:7]: key for key in sync.month_keys()}
    if unknown := sorted(set(months) - keys.keys()):
        raise UserError(f"There is no month {unknown[0]!r}; expected months from {min(keys)} to {max(keys)}.")
    created = sync.frames.read_months("stripe_customers", [keys[month] for month in months])
    return {StripeId(customer) for customer in created.select("id").collect().to_series()}
