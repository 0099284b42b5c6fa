"""What a value of a Stripe customer says about a wanted change of it: the compare of compare-and-set, for any field."""

from dataclasses import dataclass
from typing import Literal, Protocol

from resources.stripe_api.reading.pages import CustomerObject
from resources.stripe_api.session.refusals import StripeProblem
from schemas.stripe_parameters import text_at


@dataclass(frozen=True)
class FieldOutcome:
    """What became of one change.

    `applied`: the value was set now. `already`: it was there before. `conflict`: another value is there (`found`; null
    when there is none), and was left alone. `gone`: the customer is deleted or unknown. `refused`: Stripe does not take
    this value for this customer, and the old one still stands; `code` and `reason` are Stripe's.
    """

    status: Literal["applied", "already", "conflict", "gone", "refused"]
    found: str | None = None
    code: str | None = None
    reason: str | None = None


class Wanted(Protocol):
    """A change of one value: where, from what and to what (None or empty: there is none)."""

    @property
    def path(self) -> str:
        """The parameter, such as `email`, `address.city` or `metadata.tier`."""

    @property
    def expected_old(self) -> str | None:
        """What was there when the change was planned."""

    @property
    def new(self) -> str | None:
        """What is to be there."""


def value_at(row: CustomerObject, path: str) -> str | None:
    """The text at a path of a customer; None where none is, or an empty one."""
    return text_at(row, path) or None


def standing(row: CustomerObject | None, change: Wanted) -> FieldOutcome | None:
    """Return the outcome that the present value forces, None if the old one still stands."""
    if row is None:
        return FieldOutcome("gone")
    found = value_at(row, change.path)
    if found == (change.new or None):
        return FieldOutcome("already", found)
    return None if found == (change.expected_old or None) else FieldOutcome("conflict", found)


def written(row: CustomerObject | None, change: Wanted) -> FieldOutcome:
    """Say of a customer that was written to what became of the change."""
    if row is None or row.get("deleted"):
        return FieldOutcome("gone")
    found = value_at(row, change.path)
    return FieldOutcome("applied" if found == (change.new or None) else "conflict", found)


def refused(problem: StripeProblem) -> FieldOutcome:
    """Say what Stripe does not take."""
    return FieldOutcome("refused", code=problem.code or f"http_{problem.status}", reason=problem.reason)
