"""A person's decision about one customer (M8), taken in with who and why; matching follows it from the next run on."""

import re
from typing import Final

import dagster as dg
import polars as pl
from pydantic import Field

from assets.reconciliation import Reconciliation, failures_for_people
from resources.ledger import Decisions
from schemas.errors import UserError
from schemas.words import InternalId, StripeId

_INTERNAL_ID: Final = re.compile(r"0*[1-9][0-9]{0,17}")  # more digits would not fit where ids are kept


class Override(dg.Config):
    """The decision: this customer belongs to that record, to none ever, or is left to the rules again."""

    customer: str = Field(description="the Stripe customer's id")
    record: str = Field(description="the record's internal id; or `never`; or `withdraw` to take the decision back")
    who: str = Field(description="who decides")
    why: str = Field(description="why; it is shown in the review queue and the report")


def decide(sync: Reconciliation, context: dg.OpExecutionContext, config: Override) -> None:
    """Keep a decision. Raises `dg.Failure` with a sentence for a decision that cannot be meant."""
    with failures_for_people(), sync.ledger() as ledger:
        _check(sync, config)
        decisions, customer = Decisions(ledger, sync.name), StripeId(config.customer.strip())
        who, why = config.who.strip(), config.why.strip()
        match config.record.strip().lower():
            case "never":
                decisions.decide(customer, "never", None, who, why)
            case "withdraw":
                decisions.decide(customer, "withdrawn", None, who, why)
            case number:
                decisions.decide(customer, "link", InternalId(int(number)), who, why)
        standing = decisions.standing().height
    context.add_output_metadata({"customer": customer, "record": config.record, "overrides_standing": standing})


def _check(sync: Reconciliation, config: Override) -> None:
    record = config.record.strip().lower()
    if record not in {"never", "withdraw"} and not _INTERNAL_ID.fullmatch(record):
        raise UserError(
            f"{config.record!r} is no decision; expected a record's internal id (a whole number of at most 18 digits), "
            "never, or withdraw."
        )
    for name in ("customer", "who", "why"):
        if not getattr(config, name).strip():
            raise UserError(f"{name} is empty; a decision needs a customer, who decides, and why.")
    months = sync.month_keys()
    if sync.frames.months_present("stripe_customers", months):
        known = sync.frames.read_months("stripe_customers", months).filter(pl.col("id") == config.customer.strip())
        if known.select(pl.len()).collect().item() == 0:
            raise UserError(
                f"Stripe has no customer {config.customer.strip()!r}, as far as it was read; check the id, or "
                "reconcile first."
            )
