"""Which customers get their record by a guess: several fit equally well, or a doubt speaks against it; pure.

A guess stays one after it was written, when it looks like any other link, until a person decides about the customer.
"""

from typing import Final, get_args

import polars as pl

from resources.ledger import GUESSES, PAIR
from schemas.paired_plan import PairedPlan
from schemas.words import System

_GUESS: Final = "guess"


def guesses(matches: pl.LazyFrame, known: pl.LazyFrame) -> pl.LazyFrame:
    """Return the customers whose record is a guess, with why, as `resources.ledger.GUESSES`, one row each.

    Args:
        matches: `schemas.matches.Matches`.
        known: guesses of before: `resources.ledger.Guesses.known`.
    """
    is_doubted = pl.col("outcome").is_in(["linked", "matched"]) & _doubt(matches).is_not_null()
    is_guess = (pl.col("outcome") == "ambiguous") | is_doubted
    now = matches.filter(is_guess & pl.col(PAIR[1]).is_not_null()).select(
        *PAIR, why=pl.coalesce(_doubt(matches), "reason")
    )
    rest = unconfirmed(matches, known).join(now, on=list(PAIR), how="anti")
    return pl.concat([now, rest]).select(pl.col(name).cast(kind) for name, kind in GUESSES.items())


def unconfirmed(matches: pl.LazyFrame, known: pl.LazyFrame) -> pl.LazyFrame:
    """Return the customers that are linked to a record by a guess of before, about which nobody has decided.

    One of which the same can be said today is no guess of before: it is seen as before it was written.
    """
    is_link = (pl.col("outcome") == "linked") & pl.col("evidence").ne_missing("override")
    links = matches.filter(is_link).select(*PAIR, now=_doubt(matches))
    return links.join(known, on=list(PAIR)).filter(pl.col("why").ne_missing(pl.col("now"))).select(*GUESSES)


def with_unconfirmed(matches: pl.LazyFrame, known: pl.LazyFrame) -> pl.LazyFrame:
    """Return the matches with a column `guessed`: why a link is a guess that nobody has confirmed, or null."""
    guessed = unconfirmed(matches, known).select(PAIR[0], guessed="why")
    return matches.join(guessed, on=PAIR[0], how="left")


def settled(matches: pl.LazyFrame, known: pl.LazyFrame) -> pl.LazyFrame:
    """Return the known pairs that are no guess any more: a rule finds one record, undoubted, or a person said so."""
    is_settled = (pl.col("outcome") == "matched") & _doubt(matches).is_null()
    return matches.filter(is_settled).select(*PAIR).join(known, on=list(PAIR), how="semi", maintain_order="left")


def of_plan(plan: PairedPlan, found: pl.DataFrame) -> PairedPlan:
    """Return the part of a plan that is guesses."""
    return plan.where(_is_of(found) if found.height else pl.lit(value=False)).of(found)


def planned(plan: PairedPlan, found: pl.DataFrame) -> pl.DataFrame:
    """Return those of some guesses for which a plan has a change."""
    changed = of_plan(plan, found).changed_in(*get_args(System))
    return found.join(pl.concat([found.clear().select(PAIR), *changed]), on=list(PAIR), how="semi")


def customers_in(plan: PairedPlan) -> int:
    """Return how many customers a plan, or a part of one, is about."""
    ids = [rows.get_column(PAIR[0]) for rows in plan.changed_in(*get_args(System))]
    return pl.concat(ids).n_unique() if ids else 0


def with_guesses(rows: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Return some rows of a plan with a last column `guess`: why one is a guess, or null."""
    return rows.join(found.rename({"why": _GUESS}), on=list(PAIR), how="left", maintain_order="left")


def _is_of(found: pl.DataFrame) -> pl.Expr:
    """Whether a row is of a record with a guess: few are, only those need be joined, and numbers are soon compared."""
    return pl.col(PAIR[1]).is_in(found.get_column(PAIR[1]).drop_nulls().implode())


def _doubt(matches: pl.LazyFrame) -> pl.Expr:
    return pl.col("doubt") if "doubt" in matches.collect_schema() else pl.lit(None, pl.String)
