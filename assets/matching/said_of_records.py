"""What is said of a NetSuite record on its way to Stripe, as rows: `schemas.stripe_matches.StripeMatches`."""

from typing import Final

import polars as pl

from schemas.words import CANDIDATES_SHOWN, MatchOutcome

_ID: Final = "netsuite_internal_id"
NO_TEXT: Final = pl.lit(None, pl.String)


def of_group(group: str, name: str) -> pl.Expr:
    """A column of `grouped` that stands beside others of its kind, as a struct."""
    return pl.col(group).struct.field(name)


def grouped(pairs: pl.LazyFrame) -> pl.LazyFrame:
    """Of each record how many Stripe customers there are, the first 50, and the oldest; without times, by id."""
    order = [name for name in ("created", "stripe_customer_id") if name in pairs.collect_schema().names()]
    by_age = pairs.sort(order).group_by(_ID, maintain_order=True)
    ids = pl.col("stripe_customer_id")
    return by_age.agg(candidates=pl.len(), candidate_ids=ids.head(CANDIDATES_SHOWN).str.join(" "), first=ids.first())


def said(rows: pl.LazyFrame, outcome: MatchOutcome | None = None) -> pl.LazyFrame:
    """What is said of rows, with nothing in the columns that they have not."""
    names = rows.collect_schema().names()
    absent = {"candidates": pl.lit(0, pl.UInt32)} | dict.fromkeys(
        ("stripe_customer_id", "evidence", "candidate_ids"), NO_TEXT
    )
    given = rows if outcome is None else rows.with_columns(outcome=pl.lit(outcome))
    return given.with_columns(value.alias(name) for name, value in absent.items() if name not in names).with_columns(
        pl.col("candidates").fill_null(0)
    )
