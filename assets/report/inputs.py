"""What the report is made of. Only the shapes: where they come from is the business of the asset."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

import polars as pl

Frame = pl.DataFrame | pl.LazyFrame


@dataclass(frozen=True)
class Check:
    """The result of one data-quality check. `counts` are numbers by name, never customer data."""

    name: str
    passed: bool
    severity: Literal["WARN", "ERROR"]
    description: str
    counts: Mapping[str, int] = field(default_factory=dict)


class Progress(Protocol):
    """What has become of one field of the last plan."""

    @property
    def system(self) -> str:
        """`stripe` or `netsuite`."""

    @property
    def field(self) -> str:
        """The field, as in a plan."""

    @property
    def done(self) -> int:
        """Changes that stand there now."""

    @property
    def not_yet(self) -> int:
        """Changes whose old value still stands."""

    @property
    def otherwise(self) -> int:
        """Changes in whose place something else is."""

    @property
    def records(self) -> tuple[str, ...]:
        """The first records of the last kind."""


@dataclass(frozen=True)
class Header:
    """What the page says of the run itself.

    `when` is an aware time; it is shown in UTC. `missing_months` are months (`2024-03`) that were never loaded, and
    `months_elsewhere` a sentence on those of them that were read from another account or with other columns, or empty.
    `files` are names of files beside the page. `traces` is one sentence on customers that leave no trace in NetSuite
    (W5), or empty. `last_plan` is the hash of the plan before this one, or empty, and `progress` what has become of it.
    `decisions` are what persons decided (M8), one line each: customer, what, who, when, why.
    """

    declaration: str
    when: datetime
    stripe_source: str
    netsuite_source: str
    plan_hash: str
    missing_months: tuple[str, ...] = ()
    months_elsewhere: str = ""
    files: tuple[str, ...] = ()
    traces: str = ""
    last_plan: str = ""
    progress: Sequence[Progress] = ()
    decisions: Sequence[str] = ()


@dataclass(frozen=True)
class ReportInputs:
    """Everything that `render_report` reads.

    Attributes:
        stripe: As `schemas.customers.StripeCustomers`.
        netsuite: As `schemas.customers.NetsuiteCustomers`.
        matches: As `schemas.matches.Matches`.
        plan: One row per planned change: change_id, system, record_id, field, action, old_value, new_value, reason,
            stripe_customer_id, netsuite_internal_id.
        review: One row per thing that waits for a person: stripe_customer_id, outcome, reason and what else there is to
            know; every further column is shown under its name where it is not null.
        checks: The results of the checks.
        header: The run itself.
    """

    stripe: Frame
    netsuite: Frame
    matches: Frame
    plan: Frame
    review: Frame
    checks: tuple[Check, ...]
    header: Header
