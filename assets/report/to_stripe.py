"""What the report says of NetSuite customers that go to Stripe: counts and reasons for the page, a table for people."""

from dataclasses import dataclass
from typing import Final

import polars as pl

from assets.report.figures import without_particulars
from schemas.words import OUTCOMES, MatchOutcome

NETSUITE_MATCHES_FILE: Final = "netsuite_matches.csv"
"""Every NetSuite customer of the search for Stripe, where a declaration has one."""

_REASONS_SHOWN: Final = 5


@dataclass(frozen=True)
class OutcomeToStripe:
    """How many NetSuite customers end in an outcome, and why: ids and numbers aside, the most frequent first."""

    outcome: MatchOutcome
    customers: int
    reasons: tuple[tuple[str, int], ...]


def to_stripe_figures(found: pl.DataFrame | None) -> list[OutcomeToStripe]:
    """Count the outcomes (`schemas.stripe_matches.StripeMatches`), in their order; nothing where there are none."""
    if found is None:
        return []
    counted = found.group_by("outcome", reason=without_particulars(pl.col("reason"))).len().sort("len", "reason")
    return [_outcome(outcome, counted.filter(pl.col("outcome") == outcome)) for outcome in OUTCOMES]


def netsuite_matches(found: pl.DataFrame, netsuite: pl.LazyFrame) -> pl.DataFrame:
    """The outcomes with the names of the records, sorted by internal id."""
    named = netsuite.select("internal_id", "company_name", "email")
    rows = found.lazy().join(
        named, left_on="netsuite_internal_id", right_on="internal_id", how="left", maintain_order="left"
    )
    return rows.collect()


def _outcome(outcome: MatchOutcome, counted: pl.DataFrame) -> OutcomeToStripe:
    reasons = counted.select("reason", "len").reverse().head(_REASONS_SHOWN).iter_rows()
    return OutcomeToStripe(outcome, int(counted["len"].sum()), tuple(reasons))
