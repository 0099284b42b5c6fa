"""What a person asks of write-back: which plan, and which part of it; and what these words mean for its rows."""

from collections.abc import Mapping, Sequence
from typing import Final

import dagster as dg
from pydantic import Field

from assets.reconciliation import Reconciliation
from assets.write_back import Filters
from schemas.change import Change
from schemas.errors import UserError
from schemas.link_fields import fields_of
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


def filters_of(sync: Reconciliation, asked: Mapping[str, object], changes: Sequence[Change]) -> Filters:
    """A person's words as filters. Raises UserError for a word that means nothing."""
    part = PlanPart.model_validate(asked)
    if part.system not in _SYSTEMS:
        raise UserError(f"There is no system {part.system!r}; expected netsuite or stripe, or nothing for both.")
    if unknown := sorted(set(part.fields) - set(FIELDS)):
        raise UserError(f"There is no field {unknown[0]!r}; expected some of {', '.join(FIELDS)}.")
    if part.at_most is not None and part.at_most < 1:
        raise UserError(f"at_most must be 1 or more, not {part.at_most}.")
    return Filters(_SYSTEMS[part.system], frozenset(part.fields), _customers(sync, part, changes), part.at_most)


def _customers(sync: Reconciliation, part: PlanPart, changes: Sequence[Change]) -> frozenset[StripeId] | None:
    if not part.ids and not part.months:
        return None
    chosen = {change.stripe_customer_id for change in changes}
    if part.ids:
        chosen = {
            c.stripe_customer_id for c in changes if {c.stripe_customer_id, str(c.netsuite_internal_id)} & set(part.ids)
        }
    if part.months:
        chosen &= _created_in(sync, part.months)
    return frozenset(chosen)


def _created_in(sync: Reconciliation, months: Sequence[str]) -> set[StripeId]:
    keys = {key[:7]: key for key in sync.month_keys()}
    if unknown := sorted(set(months) - keys.keys()):
        raise UserError(f"There is no month {unknown[0]!r}; expected months from {min(keys)} to {max(keys)}.")
    created = sync.frames.read_months("stripe_customers", [keys[month] for month in months])
    return {StripeId(customer) for customer in created.select("id").collect().to_series()}
