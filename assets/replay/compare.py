"""Who would be linked otherwise by another declaration on the same inputs: customer by customer, with both reasons."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from assets.kept_inputs import NETSUITE, STRIPE
from assets.matching.customer_matches import matches_of
from assets.matching.directions import both_ways
from assets.matching.global_customer import HAS_RECORD
from assets.replay.inputs import found_in_stripe
from schemas.declaration import Declaration

CHANGES: Final[Mapping[str, str]] = {
    "other_record": "linked to another record",
    "newly_linked": "newly linked",
    "no_longer_linked": "no longer linked",
    "otherwise_decided": "the same record, or none, for another reason",
}
"""How a customer can be linked otherwise, in words, in the order in which they are shown."""

_ID: Final = "stripe_customer_id"
_SAID: Final = ("record", "outcome", "evidence", "reason")


def linked_by(declaration: Declaration, frames: Mapping[str, pl.LazyFrame], overrides: pl.LazyFrame) -> pl.LazyFrame:
    """What would become of every customer by a declaration, as `linked` gives it.

    Args:
        declaration: what it says.
        frames: the extracts, by asset, with the columns that it reads.
        overrides: `schemas.matches.Overrides`.
    """
    matches = matches_of(declaration, frames[STRIPE], frames[NETSUITE], overrides).lazy()
    return linked(matches, found_in_stripe(declaration, frames, matches), declaration).collect().lazy()


def linked(matches: pl.LazyFrame, found: pl.LazyFrame | None, declaration: Declaration) -> pl.LazyFrame:
    """What would become of every customer by a declaration: outcome, evidence, reason, and the record that is planned.

    Args:
        matches: `schemas.matches.Matches`, with doubts.
        found: `schemas.stripe_matches.StripeMatches`, where something goes to Stripe.
        declaration: what it was made by; under `on_doubt: refuse` a pair that is doubted is not linked.
    """
    both = matches if found is None else both_ways(matches, found)
    is_held = pl.col("doubt").is_not_null() & HAS_RECORD & pl.lit(declaration.on_doubt == "refuse")
    held = pl.col("reason") + "; held back, as it is doubted (on_doubt: refuse)"
    return both.select(
        _ID,
        "outcome",
        "evidence",
        record=pl.when(HAS_RECORD & ~is_held).then("netsuite_internal_id"),
        reason=pl.when(is_held).then(held).otherwise("reason"),
    )


def differences(before: pl.LazyFrame, after: pl.LazyFrame, customers: pl.LazyFrame) -> pl.DataFrame:
    """List the customers that two declarations link otherwise, each with what both say.

    Args:
        before: `linked` by the one declaration.
        after: `linked` by the other.
        customers: `schemas.customers.StripeCustomers`, for people to know them by.

    Returns:
        A row for each: `change` (a word of `CHANGES`), id, e-mail, name, and for each of record, outcome, evidence and
        reason two columns, `…_before` and `…_after`; ordered by change, then by id. Of a customer that only one of them
        knows, the columns of the other are null.
    """
    old, new = (
        side.rename({name: f"{name}_{when}" for name in _SAID}) for side, when in ((before, "before"), (after, "after"))
    )
    rows = old.join(new, on=_ID, how="full", coalesce=True)
    was, will = pl.col("record_before"), pl.col("record_after")
    is_same = pl.all_horizontal(
        pl.col(f"{name}_before").eq_missing(pl.col(f"{name}_after")) for name in ("record", "outcome", "evidence")
    )
    change = (
        pl.when(was.is_null() & will.is_not_null())
        .then(pl.lit("newly_linked"))
        .when(was.is_not_null() & will.is_null())
        .then(pl.lit("no_longer_linked"))
        .when(was != will)
        .then(pl.lit("other_record"))
        .otherwise(pl.lit("otherwise_decided"))
    )
    known = customers.select(pl.col("id").alias(_ID), "email", "name")
    order = pl.col("change").replace_strict(list(CHANGES), list(range(len(CHANGES))), return_dtype=pl.Int8)
    return (
        rows.filter(~is_same)
        .with_columns(change=change)
        .join(known, on=_ID, how="left")
        .sort(order, _ID)
        .select("change", _ID, "email", "name", *(f"{name}_{when}" for name in _SAID for when in ("before", "after")))
        .collect()
    )


def counts(rows: pl.DataFrame) -> dict[str, int]:
    """How many customers there are of each change, none included."""
    found = dict(rows.group_by("change").len().rows())
    return {change: found.get(change, 0) for change in CHANGES}
