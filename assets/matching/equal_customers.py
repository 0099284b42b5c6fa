"""Customers of Stripe with an equal value by a rule: whose record comes first, where one is to get a new one."""

from collections.abc import Iterator
from typing import Final

import polars as pl

from assets.matching.comparison import Comparison
from assets.matching.equal_keys import Rule
from assets.matching.global_customer import HAS_RECORD
from assets.matching.settings import MatchSettings
from assets.matching.side_keys import side_keys
from schemas.repeated import may_be_among

TIED, WAITS, DECIDED, NEW = range(4)
"""How a customer stands, the first that counts first: it has a record; it waits for a decision; a person has decided
for a new record; it gets a new one as nothing was found."""

_FIRST: Final = pl.Schema({"position": pl.UInt32(), "id": pl.String(), "rank": pl.Int32(), "record": pl.Int64()})


def is_twin(doubt: pl.Expr) -> pl.Expr:
    """Whether a customer waits for nothing but the new record of another one."""
    return doubt.str.starts_with("twin: ")


def first_with_equal_value(
    new: pl.DataFrame,
    stripe: pl.LazyFrame,
    matches: pl.DataFrame,
    settings: MatchSettings,
    most: int | None = None,
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Give for each rule the new customers that another one comes before.

    Whoever is held comes before nobody. A customer that waits hears only of those with a record, and whom a person has
    decided to make a record for, of nobody else either.

    Args:
        new: rows of `schemas.customers.StripeCustomers` that are to get a new record, with their `position`.
        stripe: rows of `schemas.customers.StripeCustomers`.
        matches: rows of `schemas.matches.Matches`, with doubts, of those among whom they are looked for.
        settings: what the declaration says.
        most: customers that a value may have, which says nothing else; None: any number.

    Yields:
        The rule, and of each of these customers `position`, and `id`, `rank` and `record` of the first of the others.
    """
    customers = stripe.with_row_index("other")
    for rule in settings.rules:
        if not isinstance(rule, Rule):
            continue
        mine = side_keys(new.lazy(), rule.stripe_side, pl.col("position"), Comparison(), settings.no_key)
        every = side_keys(customers, rule.stripe_side, pl.col("other"), Comparison())
        keys = every.filter(may_be_among(pl.col("hash"), mine.get_column("hash")))
        shared = keys.filter(keys.get_column("hash").is_duplicated())
        if most is not None:
            shared = shared.filter(pl.len().over("hash") <= most)
        standing = _standing(shared.get_column("other").unique(), customers, matches)
        ranked = shared.join(standing, on="other").sort("rank", "created", "id")
        first = ranked.unique("key", keep="first", maintain_order=True)
        own = new.select("position", own="id").join(standing.select(own="id", own_rank="rank"), on="own")
        met = mine.join(first, on="key").join(own, on="position").filter(pl.col("own") != pl.col("id"))
        yield (
            str(rule),
            met.filter((pl.col("rank") == TIED) | (pl.col("own_rank") == NEW)).select(*_FIRST).cast(_FIRST),
        )


def _standing(rows: pl.Series, customers: pl.LazyFrame, matches: pl.DataFrame) -> pl.DataFrame:
    """How some customers stand: `other`, `id`, `created` to the minute, `rank`, `record`; none of those held."""
    minute = pl.col("created").dt.truncate("1m")
    some = (
        customers.filter(pl.col("other").is_in(rows.implode()))
        .select("other", "id", minute)
        .collect(engine="streaming")
    )
    is_new = pl.col("outcome") == "unmatched"
    is_waiting = ~is_new | pl.col("doubt").is_not_null()
    is_decided = pl.col("evidence") == "override"
    rank = pl.when(HAS_RECORD).then(TIED).when(is_waiting).then(WAITS).when(is_decided).then(DECIDED).otherwise(NEW)
    told = matches.lazy().filter(
        may_be_among(pl.col("stripe_customer_id"), some.get_column("id")) & (pl.col("outcome") != "held")
    )
    standing = told.select(rank=rank, record="netsuite_internal_id", id="stripe_customer_id").collect()
    return some.join(standing, on="id")
