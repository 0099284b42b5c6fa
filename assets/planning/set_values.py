"""Plans fields that hold one value: set where they are empty, and nothing that is there is replaced.

The one exception is a person's override, where the field follows one.
"""

import polars as pl

from assets.planning.pairs import is_empty, oldest, value_of
from assets.planning.rows import change_rows
from schemas.link_fields import LinkField
from schemas.words import STRIPES_OWN


def set_values(pairs: pl.LazyFrame, netsuite: pl.LazyFrame, field: LinkField) -> pl.LazyFrame:
    """Plan one field of all pairs (W1, W2, W4, W6).

    A record has one such field, and its oldest customer claims it; of Stripe's side each customer has its own.

    Args:
        pairs: `assets.planning.pairs.pairs_to_plan`.
        netsuite: `schemas.customers.NetsuiteCustomers`.
        field: what it is about.

    Returns:
        `schemas.plan.Plan`.
    """
    claiming = oldest(pairs) if field.system == "netsuite" else pairs
    is_wanted = is_empty(field) | _is_replaced(field) if field.by_override else is_empty(field)
    if field.foreign_values:  # there an imported id, `1001` or `paid`, could be anybody's own number
        is_wanted &= pl.col("stripe_customer_id").str.starts_with(STRIPES_OWN)
    wanted = claiming.filter(is_wanted)
    free = _without_taken(wanted, netsuite, field) if field.unique_in_account else wanted
    return change_rows(free, field)


def _is_replaced(field: LinkField) -> pl.Expr:
    return (pl.col("evidence") == "override") & (pl.col(field.name).str.strip_chars() != value_of(field))


def _without_taken(pairs: pl.LazyFrame, netsuite: pl.LazyFrame, field: LinkField) -> pl.LazyFrame:
    """Leave out the customers whose id some row has in this field already, be it a lead.

    NetSuite refuses an external id that another entity has, whatever its case (DUP_RCRD).
    """
    some = pairs.collect()
    if some.is_empty():  # as in most runs, and the ids of a whole account need not be compared then
        return some.lazy()
    held = netsuite.select(held=pl.col(field.name).str.strip_chars().str.to_lowercase())
    as_held = pl.col("stripe_customer_id").str.strip_chars().str.to_lowercase()
    return some.lazy().join(held, left_on=as_held, right_on="held", how="anti", maintain_order="left")
