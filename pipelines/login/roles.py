"""What a person may do in the UI, and what a job asks of whoever starts it. Pure: jobs import this.

Whoever may `look` reads; whoever may `plan` also starts what writes nothing into Stripe or NetSuite; `approve` is all.
"""

from collections.abc import Mapping
from typing import Final, Literal

from assets.reconciliation import Reconciliation

Role = Literal["look", "plan", "approve"]
ROLES: Final[tuple[Role, ...]] = ("look", "plan", "approve")
NEEDS: Final = "needed_role"
"""The metadata of a job that says who may start it where the UI has a login; without it: who may approve."""


def may(role: Role, needed: Role) -> bool:
    """Whether a role is enough.

    >>> may("plan", "look"), may("plan", "approve")
    (True, False)
    """
    return ROLES.index(role) >= ROLES.index(needed)


def needs(role: Role) -> Mapping[str, str]:
    """The metadata of a job that this role may start."""
    return {NEEDS: role}


def to_decide(sync: Reconciliation) -> Role:
    """Who may decide about customers: whoever plans, unless something writes what follows without an approval."""
    declared = sync.declaration
    return "approve" if declared.writes.mode == "auto" or declared.syncs_one else "plan"


def role_named(text: str) -> Role | None:
    """The role of this name; None where there is none."""
    return next((role for role in ROLES if role == text), None)
