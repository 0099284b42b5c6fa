"""Which matches a plan changes something for: by the numbers that its pairs carry, where these are proved to be right.

To find pairs among matches by their ids would compare a million texts with another million, once for each question.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

import polars as pl

from assets.report.few_rows import column_of, height_of
from schemas.pair_texts import CUSTOMER, MATCH, RECORD_ID, is_changed
from schemas.paired_plan import PairedPlan, Part
from schemas.repeated import are_among, are_distinct, at_rows
from schemas.words import System


def held_against(plan: PairedPlan, matches: pl.LazyFrame) -> PairedPlan:
    """Return a plan whose pairs have the number of their match among these, or none where that is not sure."""
    if plan.pairs is None or MATCH not in plan.pairs.columns:
        return plan
    rows = plan.pairs.get_column(MATCH)
    is_within = rows.is_empty() or (rows.null_count() == 0 and int(rows.max() or 0) < height_of(matches))  # type: ignore[arg-type] # numbers
    is_right = is_within and all(
        bool((column_of(matches, name).gather(rows) == plan.pairs.get_column(name)).all())
        for name in (RECORD_ID, CUSTOMER)
    )
    return plan if is_right else replace(plan, pairs=plan.pairs.drop(MATCH))


def rows_of_pairs(plan: PairedPlan, systems: Sequence[System]) -> pl.Series | None:
    """Return the number of the match of each pair with a change in some systems; None where they have no numbers."""
    if plan.pairs is None or MATCH not in plan.pairs.columns:
        return None
    flags = [pl.col(is_changed(field)) for field in plan.fields if field.system in systems]
    return plan.pairs.select(pl.col(MATCH).filter(pl.any_horizontal(flags))).to_series() if flags else None


def have_changes(customers: pl.Series, plan: PairedPlan) -> pl.Series:
    """Return which customers, each of one match, have a row in a plan of these matches.

    Ids are told apart by their hashes, where those differ.
    """
    rows = rows_of_pairs(plan, get_args(System))
    others = plan if rows is None else replace(plan, pairs=None)
    is_planned = at_rows(pl.Series([], dtype=pl.UInt32) if rows is None else rows, customers.len())
    parts = [part.get_column(CUSTOMER) for part in others.changed_in(*get_args(System))]
    planned = pl.concat(parts).drop_nulls() if parts else customers.clear()
    if planned.is_empty():
        return is_planned
    return is_planned | _are_among(customers, planned)


def records_of(part: Part) -> pl.Series:
    """The record of each change: of those of pairs no text is made of its number."""
    key, kind = (CUSTOMER, pl.String) if part.system == "stripe" else (RECORD_ID, pl.Int64)
    ids = part.rows.select(pl.col("record_id").cast(kind)) if part.pairs is None else part.pairs.select(key)
    return ids.collect().to_series().alias(key)


def _are_among(customers: pl.Series, planned: pl.Series) -> pl.Series:
    if are_distinct(customers):
        return customers.hash().is_in(planned.hash().implode())
    return are_among(customers, planned)
