"""Plans fields that hold one value: set where they are empty, and nothing that is there is replaced.

The one exception is a person's override, where the field follows one.
"""

import polars as pl

from assets.planning.pairs import is_empty, is_first_of_record
from schemas.link_fields import LinkField
from schemas.pair_texts import CUSTOMER, value_of
from schemas.repeated import are_among, is_repeated
from schemas.words import STRIPES_OWN


def set_values(pairs: pl.DataFrame, netsuite: pl.LazyFrame, field: LinkField) -> pl.Series:
    """Say of which pairs one field is set (W1, W2, W4, W6).

    A record has one such field, and its oldest customer claims it; of Stripe's side each customer has its own.

    Args:
        pairs: `assets.planning.pairs.pairs_to_plan`.
        netsuite: `schemas.customers.NetsuiteCustomers`.
        field: what it is about.
    """
    is_wanted = is_empty(field) | _is_replaced(field) if field.by_override else is_empty(field)
    if field.system == "netsuite":
        is_wanted &= is_first_of_record()
    if field.foreign_values:  # there an imported id, `1001` or `paid`, could be anybody's own number
        is_wanted &= pl.col(CUSTOMER).str.starts_with(STRIPES_OWN)
    wanted = pairs.select(is_wanted.fill_null(value=False)).to_series()
    return _without_taken(wanted, pairs, netsuite, field) if field.unique_in_account else wanted


def _is_replaced(field: LinkField) -> pl.Expr:
    return (pl.col("evidence") == "override") & (pl.col(field.name).str.strip_chars() != value_of(field))


def _without_taken(wanted: pl.Series, pairs: pl.DataFrame, netsuite: pl.LazyFrame, field: LinkField) -> pl.Series:
    """Leave out the customers whose id some row has in this field already, be it a lead, or is to have.

    NetSuite refuses an external id that another entity has, whatever its case (DUP_RCRD). Of two customers whose ids
    differ in case alone neither gets one, as it would stand for both.
    """
    rows = wanted.arg_true()
    if rows.is_empty():  # as in most runs, and the ids of a whole account need not be compared then
        return wanted
    held = netsuite.select(pl.col(field.name).str.strip_chars().str.to_lowercase().drop_nulls()).collect().to_series()
    as_held = pairs.get_column(CUSTOMER).gather(rows).str.strip_chars().str.to_lowercase()
    return wanted.scatter(rows.filter(are_among(as_held, held) | is_repeated(as_held)), False)
