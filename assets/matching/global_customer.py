"""The one NetSuite customer that stands for all Stripe customers without a record (`on_none: global`, C1).

It is found by the id that a declaration sets, else by the external id that Tieout gives it, else by its name. Its
customers are not linked to it, and nothing is written for them: their id would beat every later match (M7).
"""

from typing import Final

import polars as pl

from assets.keys import key, key_expr
from schemas.errors import UserError
from schemas.words import GLOBAL_KEY, GLOBAL_NAME, InternalId

HAS_RECORD: Final = pl.col("netsuite_internal_id").is_not_null() & (pl.col("outcome") != "global")
"""Of a match: there is a record that is this customer's own."""

_SHOWN: Final = 10
_NAMES: Final = ("company_name", "entity_id")
_STANDS: Final = pl.col("is_customer") & ~pl.col("inactive")


def find_global(netsuite: pl.LazyFrame, internal_id: int | None) -> InternalId | None:
    """The record that stands for all, None if there is none yet.

    Args:
        netsuite: `schemas.customers.NetsuiteCustomers`.
        internal_id: the one that is declared.

    Raises:
        UserError: the declared one is not there, several have the name, or what has it cannot be booked on.
    """
    if internal_id is not None:
        return _declared(netsuite, internal_id)
    if (made := _rows(netsuite, pl.col("external_id").str.strip_chars() == GLOBAL_KEY)).height:
        return _the_one(made, f"has the external id {GLOBAL_KEY}")
    names = [name for name in _NAMES if name in netsuite.collect_schema()]
    is_called = pl.any_horizontal(key_expr(pl.col(name)) == key(GLOBAL_NAME) for name in names)
    called = _rows(netsuite, is_called)
    return _the_one(called, f"is called {GLOBAL_NAME}") if called.height else None


def count_to_global(matches: pl.DataFrame, record: InternalId | None) -> pl.DataFrame:
    """Give the customers without a record the outcome `global`, with the record that stands for all.

    Args:
        matches: `schemas.matches.Matches`.
        record: null while it is still to be made.
    """
    is_without = pl.col("outcome") == "unmatched"
    which = f"{GLOBAL_NAME}, which is still to be made" if record is None else f"record {record}, {GLOBAL_NAME}"
    said = pl.col("reason") + f"; counted to {which} (on_none: global), and nothing is written for this customer"
    return matches.with_columns(
        outcome=pl.when(is_without).then(pl.lit("global")).otherwise("outcome"),
        netsuite_internal_id=pl.when(is_without).then(pl.lit(record, pl.Int64)).otherwise("netsuite_internal_id"),
        reason=pl.when(is_without).then(said).otherwise("reason"),
    )


def stands_for_all(columns: list[str]) -> pl.Expr:
    """Whether a record is the one of `on_none: global`, as Tieout makes it or as it is called."""
    is_made = pl.col("external_id").str.strip_chars() == GLOBAL_KEY
    called = [key_expr(pl.col(name)) == key(GLOBAL_NAME) for name in _NAMES if name in columns]
    return pl.any_horizontal(is_made, *called).fill_null(value=False)


def without_global(matches: pl.LazyFrame) -> pl.LazyFrame:
    """Who is counted to the one record that stands for all has none of its own (`on_none: global`)."""
    is_global = pl.col("outcome") == "global"
    return matches.select(
        "stripe_customer_id",
        pl.when(is_global).then(pl.lit("unmatched")).otherwise("outcome").alias("outcome"),
        pl.when(~is_global).then("netsuite_internal_id").alias("netsuite_internal_id"),
        "evidence",
        "candidate_ids",
    )


def _declared(netsuite: pl.LazyFrame, internal_id: int) -> InternalId:
    found = _rows(netsuite, pl.col("internal_id") == internal_id)
    if not found.height:
        raise UserError(
            f"global_customer is {internal_id}, and the saved search shows no such record: give the internal id of a "
            f"customer that it shows, or take the setting out, so that the one called {GLOBAL_NAME} is taken."
        )
    if not found.item(0, "stands"):
        raise UserError(
            f"global_customer is {internal_id}, which is inactive or no customer, so that nothing can be booked on it: "
            "make it an active customer, or give the internal id of one."
        )
    return InternalId(internal_id)


def _the_one(found: pl.DataFrame, why: str) -> InternalId:
    standing = found.filter("stands").get_column("internal_id")
    if standing.len() == 1:
        return InternalId(standing.item())
    if standing.len() > 1:
        shown = ", ".join(map(str, standing.head(_SHOWN))) + (" …" if standing.len() > _SHOWN else "")
        raise UserError(
            f"{standing.len():,} active NetSuite customers could stand for the customers without a record, as each "
            f"{why}: {shown}. Set global_customer to the internal id of the right one."
        )
    raise UserError(
        f"Record {found.item(0, 'internal_id')} {why}, but is inactive or no customer, so that nothing can be booked "
        "on it: make it an active customer, or set global_customer to the internal id of another."
    )


def _rows(netsuite: pl.LazyFrame, condition: pl.Expr) -> pl.DataFrame:
    return (
        netsuite.filter(condition).select("internal_id", stands=_STANDS).sort("internal_id").collect(engine="streaming")
    )
