"""A small world for the tests of the report: a Stripe customer per outcome, and a second one that is linked.

Every frame has the shape that its model promises; a test changes only what it is about.
"""

from dataclasses import replace
from datetime import UTC, datetime

import polars as pl

from assets.matching import link_table
from assets.no_values import PLACEHOLDERS
from assets.report.inputs import Check, Header, ReportInputs
from schemas.customers import NetsuiteCustomers, StripeCustomers
from schemas.link_fields import fields_of
from schemas.matches import Matches
from schemas.paired_plan import PairedPlan

MATCHES = (
    ("cus_1", "linked", 10, "metadata", 1, "10", "the metadata names record 10"),
    ("cus_2", "linked", 20, "stripe_id", 1, "20", "the Stripe-id field of record 20 names the customer"),
    ("cus_3", "matched", 30, "email = email", 1, "30", "e-mail equals"),
    ("cus_4", "ambiguous", 40, "email = email", 2, "40 41", "e-mail equals; 1 other record shares it: 41"),
    ("cus_5", "unmatched", None, None, 0, None, "no record has this e-mail"),
    ("cus_6", "conflict", None, "metadata", 2, "10 60", "the links name 2 records: 10, 60"),
    ("cus_7", "broken", None, "metadata", 0, None, "the metadata names 999, which is no NetSuite customer"),
    ("cus_8", "held", None, "metadata", 0, None, "netsuite_block_integration is true"),
)

LINKS = {"cus_1": "10", "cus_6": "10", "cus_7": "999"}
MONTHS = ("2024-01", "2024-01", "2024-02", "2024-02", "2024-05", "2024-05", "2024-05", "2025-01")


def stripe() -> pl.DataFrame:
    rows = [
        {
            "id": match[0],
            "created": datetime.fromisoformat(f"{month}-17T12:30+00:00"),
            "email": f"billing@{match[0].removeprefix('cus_')}.example",
            "name": f"Company {match[0]}",
            "description": None,
            "phone": None,
            "livemode": None,
            "metadata.netsuite_customer_id": LINKS.get(match[0]),
            "metadata.netsuite_block_integration": None,
            "metadata.netsuite_allow_integration": None,
        }
        for match, month in zip(MATCHES, MONTHS, strict=True)
    ]
    return StripeCustomers.validate(pl.DataFrame(rows, schema=STRIPE))


def netsuite() -> pl.DataFrame:
    rows = [
        (10, True, "cus_1", "cus_1", "old\ncus_1"),
        (20, True, "cus_2", "CRM-7", "cus_2 since spring"),
        (30, True, None, None, "Net 30."),
        (40, True, None, None, None),
        (41, True, None, None, None),
        (60, True, "cus_6", None, None),
        (70, False, "cus_9", "cus_7", "cus_7"),
    ]
    blank = {"email": None, "phone": None, "stage": None, "inactive": False}
    records = [
        dict(zip(("internal_id", "is_customer", "stripe_id", "external_id", "comments"), row, strict=True))
        | blank
        | {"company_name": f"Record {row[0]}"}
        for row in rows
    ]
    return NetsuiteCustomers.validate(pl.DataFrame(records, schema=NETSUITE))


def matches() -> pl.DataFrame:
    return Matches.validate(pl.DataFrame(MATCHES, schema=MATCH, orient="row"))


def plan() -> pl.DataFrame:
    rows = [
        ("c1", "stripe", "cus_2", "metadata.netsuite_customer_id", "set", None, "20", "empty", "cus_2", 20),
        ("c2", "stripe", "cus_3", "metadata.netsuite_customer_id", "set", None, "30", "empty", "cus_3", 30),
        ("c3", "netsuite", "30", "stripe_id", "set", None, "cus_3", "empty", "cus_3", 30),
        ("c4", "netsuite", "30", "comments", "append", "Net 30.", "\ncus_3", "not named", "cus_3", 30),
        ("c5", "netsuite", "40", "external_id", "set", None, "cus_4", "empty", "cus_4", 40),
    ]
    return pl.DataFrame(rows, schema=PLAN, orient="row")


def review() -> pl.DataFrame:
    waiting = {"ambiguous": "Choose a record.", "conflict": "Empty one link.", "broken": "Link it anew."}
    rows = [(m[0], m[1], m[6], f"Company {m[0]}", waiting[m[1]]) for m in MATCHES if m[1] in waiting]
    return pl.DataFrame(rows, schema=["stripe_customer_id", "outcome", "reason", "name", "what_to_do"], orient="row")


_READ_LATER = {"stripe", "netsuite", "matches"}


def world(**changes: object) -> ReportInputs:
    """Return the whole world, with the named parts replaced; a plan by its rows."""
    whole = {"plan": plan(), **changes}
    of_plan = PairedPlan(first=whole.pop("plan"))  # type: ignore[arg-type]
    sides = (stripe().lazy(), netsuite().lazy(), pl.LazyFrame(), matches().lazy())
    inputs = ReportInputs(*sides, of_plan, review(), CHECKS, HEADER)
    lazy = {name: whole[name].lazy() for name in _READ_LATER & whole.keys()}  # type: ignore[attr-defined]
    return with_links(replace(inputs, **whole | lazy))  # type: ignore[arg-type]


def with_links(inputs: ReportInputs) -> ReportInputs:
    return replace(inputs, links=link_table(inputs.stripe, inputs.netsuite, PLACEHOLDERS))


def empty_world() -> ReportInputs:
    """Return a run over two extracts without a customer."""
    full = world(plan=plan().clear())
    frames = {name: getattr(full, name).clear() for name in ("stripe", "netsuite", "matches", "review")}
    return with_links(replace(full, checks=(), **frames))


STRIPE = dict.fromkeys(
    (
        *("id", "created", "email", "name", "description", "phone", "livemode", "metadata.netsuite_customer_id"),
        *("metadata.netsuite_block_integration", "metadata.netsuite_allow_integration"),
    ),
    pl.String(),
) | {"created": pl.Datetime("us", "UTC"), "livemode": pl.Boolean()}

NETSUITE = {
    "internal_id": pl.Int64,
    "is_customer": pl.Boolean,
    "inactive": pl.Boolean,
    **dict.fromkeys((field.name for field in fields_of("netsuite")), pl.String),
    **dict.fromkeys(("email", "company_name", "phone", "stage"), pl.String),
}

MATCH = {
    "stripe_customer_id": pl.String,
    "outcome": pl.String,
    "netsuite_internal_id": pl.Int64,
    "evidence": pl.String,
    "candidates": pl.UInt32,
    "candidate_ids": pl.String,
    "reason": pl.String,
}

PLAN = dict.fromkeys(
    (
        *("change_id", "system", "record_id", "field", "action", "old_value", "new_value", "reason"),
        *("stripe_customer_id", "netsuite_internal_id"),
    ),
    pl.String(),
) | {"netsuite_internal_id": pl.Int64()}

CHECKS = (
    Check("unique_ids", passed=True, severity="ERROR", description="Every id occurs once.", counts={"stripe": 8}),
    Check("email_form", passed=False, severity="WARN", description="Some are no addresses.", counts={"stripe": 1234}),
    Check("sum_of_outcomes", passed=False, severity="ERROR", description="The sum is wrong."),
)

HEADER = Header(
    declaration="acme",
    when=datetime(2026, 3, 4, 5, 6, tzinfo=UTC),
    stripe_source="stripe.csv",
    netsuite_source="netsuite.csv",
    plan_hash="0123456789abcdef",
    missing_months=("2024-03",),
    files=("matches.csv", "netsuite_import_2.csv"),
    traces="1 customer leaves no trace in NetSuite.",
)
