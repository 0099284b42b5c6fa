"""What the report is made of. Only the shapes: where they come from is the business of the asset."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Literal

import polars as pl
from markupsafe import Markup

from assets.next_step.forms import USUAL_UI
from resources.ledger import GUESSES
from schemas.paired_plan import PairedPlan
from schemas.words import MatchOutcome


@dataclass(frozen=True)
class Check:
    """The result of one data-quality check. `counts` are numbers by name, never customer data."""

    name: str
    passed: bool
    severity: Literal["WARN", "ERROR"]
    description: str
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class FieldProgress:
    """One field of the last plan: how many changes are there now, not yet, or turned out otherwise, and where."""

    system: str
    field: str
    done: int
    not_yet: int
    otherwise: int
    records: tuple[str, ...]


@dataclass(frozen=True)
class Workplace:
    """What a person needs to compare and to look further.

    `fields` are pairs of a Stripe column and a NetSuite column, `stripe` and `netsuite` the beginnings of the addresses
    under which the two systems show a customer; the second is empty where the account is not known. `creates` are the
    outcomes for which a person can decide to make a new record.
    """

    fields: tuple[tuple[str, str], ...] = (("name", "company_name"), ("email", "email"), ("phone", "phone"))
    stripe: str = "https://dashboard.stripe.com/"
    netsuite: str = ""
    creates: tuple[MatchOutcome, ...] = ()


@dataclass(frozen=True)
class Header:
    """What the page says of the run itself.

    `when` is an aware time; it is shown in UTC. `missing_months` are months (`2024-03`) that were never loaded, and
    `months_elsewhere` sentences on those of them that were read from another account or with other columns, or whose
    files are damaged, or empty.
    `files` are names of files beside the page. `traces` is one sentence on customers that leave no trace in NetSuite
    (W5), or empty. `previous_plan` is the hash of the plan before this one, or empty, `progress` what became of it.
    `decisions` are what persons decided (M8), one line each: customer, what, who, when, why. `alerts` are
    sentences that a person should read first. `stopped` says, from *because* on, why this run wrote nothing, where it
    would have; else it is empty. `next_step` is the section that says how to go on. `run_id` is the run that made the
    page. `import_notes` are what a person has to know before importing by hand. `netsuite_unmatched` is how many
    NetSuite customers no Stripe customer is tied to, `unpaid` how many Stripe customers get no record before they have
    paid. `workplace` is how a person compares and looks further, `ui` the address of the UI.
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
    previous_plan: str = ""
    progress: Sequence[FieldProgress] = ()
    decisions: Sequence[str] = ()
    alerts: Sequence[str] = ()
    stopped: str = ""
    next_step: Markup | None = None
    run_id: str = ""
    import_notes: Sequence[str] = ()
    netsuite_unmatched: int = 0
    unpaid: int = 0
    workplace: Workplace = field(default_factory=Workplace)
    ui: str = USUAL_UI


@dataclass(frozen=True)
class ReportInputs:
    """Everything that `render_report` reads.

    Attributes:
        stripe: As `schemas.customers.StripeCustomers`. Of this frame, and the next three, what is asked for is read.
        netsuite: As `schemas.customers.NetsuiteCustomers`.
        links: The `assets.matching.link_table` of the two.
        matches: As `schemas.matches.Matches`.
        plan: The plan.
        review: What waits for a person, one row each: stripe_customer_id, outcome, reason, what_to_do and what else
            there is to know; every further column is shown under its name where it is not null.
        guesses: The pairs of the plan that are guesses, as `resources.ledger.GUESSES`.
        checks: The results of the checks.
        header: The run itself.
        to_stripe: As `schemas.stripe_matches.StripeMatches`, where NetSuite customers go to Stripe.
        customers: The row of the customer of each match in `stripe`, where it is known already.
        preflight: What each service would say of the new customers of the plan: its weight, of what, a sentence.
    """

    stripe: pl.LazyFrame
    netsuite: pl.LazyFrame
    links: pl.LazyFrame
    matches: pl.LazyFrame
    plan: PairedPlan
    review: pl.DataFrame
    checks: tuple[Check, ...]
    header: Header
    to_stripe: pl.DataFrame | None = None
    guesses: pl.DataFrame = field(default_factory=partial(pl.DataFrame, schema=GUESSES))
    preflight: Mapping[str, tuple[tuple[str, str, str], ...]] = field(default_factory=dict)
    customers: pl.Series | None = None
