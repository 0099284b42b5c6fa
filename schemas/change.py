"""One change of a link, and what becomes of it: the words that planning, writing and the ledger share.

A change is a row of a plan, as an object. An attempt carries it out or takes it back; an entry of the journal is an
attempt with its outcome. Light on purpose: no polars, no SQL.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from schemas.words import Action, InternalId, StripeId, System

Direction = Literal["apply", "undo"]
"""Carry a change out, or take it back."""

Status = Literal["intended", "applied", "already", "conflict", "failed", "stopped", "undone"]
"""What an attempt ended in; `intended` while nobody knows.

`applied`, `undone`: done by us. `already`: what was wanted stood there, put by somebody else. `conflict`: another value
stands there and was left alone. `failed`: refused; nothing was done. `stopped`: the run ended first, and its target
showed afterwards that nothing was done.
"""

EXTERNAL_ID_TAKEN: Final = "DUP_RCRD"
"""NetSuite's code for an external id that another entity has, be it a contact or a vendor."""


@dataclass(frozen=True)
class Change:
    """One row of a plan: `schemas.plan.Plan`, without its reason."""

    change_id: str
    system: System
    record_id: str
    field: str
    action: Action
    old_value: str | None
    new_value: str
    stripe_customer_id: StripeId
    netsuite_internal_id: InternalId

    @property
    def pair(self) -> tuple[StripeId, InternalId]:
        """The two customers that the change ties together."""
        return self.stripe_customer_id, self.netsuite_internal_id


@dataclass(frozen=True)
class Attempt:
    """One try at one change of one plan.

    Attributes:
        plan: the hash of the plan.
        number: counts the attempts at this change of this plan, undoing included, from 1.
        cycle: counts how often the change was begun anew: an attempt that goes on after a crash has the same cycle, one
            that applies again after an undo, or because the plan was made again, has the next.
        is_uncertain: an earlier attempt of this cycle may still have taken effect, so that finding the work done
            means that we did it.
    """

    plan: str
    change: Change
    direction: Direction
    number: int = 1
    cycle: int = 0
    is_uncertain: bool = False


@dataclass(frozen=True)
class ChangeResult:
    """What became of an attempt: with a conflict the value `found`, with a failure a short code and a sentence."""

    status: Status
    found: str | None = None
    code: str | None = None
    error: str | None = None


@dataclass(frozen=True)
class Entry:
    """An attempt in the journal: its outcome, the run that made it, and when (UTC)."""

    attempt: Attempt
    outcome: ChangeResult
    run_id: str
    intended_at: datetime
    settled_at: datetime | None = None

    @property
    def status(self) -> Status:
        """The status of the outcome."""
        return self.outcome.status

    @property
    def is_in_effect(self) -> bool:
        """Whether the change stands in its system and is ours: applied, and not taken back."""
        if self.attempt.direction == "apply":
            return self.status == "applied"
        return self.status in {"failed", "stopped"}

    @property
    def may_have_taken_effect(self) -> bool:
        """Whether the change may stand there as ours: it is in effect, or the run that tried it was stopped."""
        was_stopped = self.attempt.direction == "apply" and self.status == "stopped"
        return self.is_in_effect or was_stopped
