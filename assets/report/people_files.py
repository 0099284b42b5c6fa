"""The tables that a person opens in a spreadsheet, with what tells one customer from another; pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from assets.report.few_rows import column_of, rows_at
from assets.rows_of import rows_of
from schemas.link_fields import fields_of, in_plan_order

UNMATCHED_FILE: Final = "netsuite_unmatched.csv"
"""NetSuite customers without a Stripe customer."""

_AT_ONCE: Final = 1 << 16
"""Rows that are put together at a time."""

_TELLING: Final = ("company_name", "email", "phone", "inactive")
_IDS: Final = in_plan_order(fields_of("netsuite", "value"))


def matches_for_people(
    matches: pl.LazyFrame,
    stripe: pl.LazyFrame,
    netsuite: pl.LazyFrame,
    customers: pl.Series | None = None,
    rows: int | None = None,
) -> Iterator[pl.DataFrame]:
    """The matches with names: `schemas.matches.Matches`, then `stripe_name`, `stripe_email`, `netsuite_company_name`.

    Args:
        matches: `schemas.matches.Matches`, sorted by customer; the order stays.
        stripe: `schemas.customers.StripeCustomers`.
        netsuite: `schemas.customers.NetsuiteCustomers`.
        customers: the row of the customer of each match, if somebody knows it.
        rows: matches of which the names may be in memory at a time, if not those of all.

    Yields:
        Some rows after the other, an empty frame if there are none.
    """
    if customers is None:
        customers = rows_of(column_of(matches, "stripe_customer_id"), column_of(stripe, "id"))
    records = rows_of(column_of(matches, "netsuite_internal_id"), column_of(netsuite, "internal_id"))
    ours = stripe.select(stripe_name="name", stripe_email="email")
    theirs = netsuite.select(netsuite_company_name="company_name")
    count = customers.len()
    passes = -(-count // rows) if rows and count else 1
    at_once = max(-(-count // passes), 1)
    for start in range(0, max(count, 1), at_once):
        length = min(at_once, count - start)
        sides = [
            _Names.of(names, at.slice(start, length), are_all=length == count)
            for names, at in ((ours, customers), (theirs, records))
        ]
        for first in range(0, max(length, 1), _AT_ONCE):
            some = matches.slice(start + first, min(_AT_ONCE, length - first)).collect()
            yield some.hstack([column for side in sides for column in side.slice(first, some.height)])
        del sides  # the next names have their memory


@dataclass(frozen=True)
class _Names:
    """Texts of a side, and for each match in which row its own are."""

    texts: pl.DataFrame
    rows: pl.Series

    @classmethod
    def of(cls, side: pl.LazyFrame, rows: pl.Series, *, are_all: bool) -> "_Names":
        if are_all:
            return cls(side.collect().rechunk(), rows)
        wanted = rows.drop_nulls().unique().sort()
        # Written anew: as they were read they would keep the letters of all others. One text alone would stay as it is.
        anew = [pl.concat_str(name, pl.lit("")).alias(name) for name in side.collect_schema()]
        texts = rows_at(side, wanted).select(anew).rechunk()
        return cls(texts, wanted.search_sorted(rows).set(rows.is_null(), None))

    def slice(self, start: int, length: int) -> list[pl.Series]:
        return [column.gather(self.rows.slice(start, length)) for column in self.texts]


def unmatched_records(netsuite: pl.LazyFrame, matches: pl.LazyFrame) -> pl.DataFrame:
    """The NetSuite customers that no Stripe customer is linked or matched to, ordered by internal id.

    Leads and prospects are none. A record that is only a candidate of somebody who was given another one, or none, is
    here: nobody is tied to it.

    Args:
        netsuite: `schemas.customers.NetsuiteCustomers`.
        matches: `schemas.matches.Matches`.

    Returns:
        internal_id, company_name, email, phone, inactive, and the link fields that hold one id.
    """
    taken = matches.select(internal_id="netsuite_internal_id").drop_nulls()
    numbered = netsuite.select("internal_id", "is_customer").with_row_index("row").filter("is_customer")
    free = numbered.join(taken, on="internal_id", how="anti").select("row").collect()
    # Their numbers first, as most records are somebody's, and their texts need not be copied to be left out.
    shown = netsuite.select("internal_id", *_TELLING, *(field.name for field in _IDS))
    rows = rows_at(shown, free.to_series()).sort("internal_id")
    return rows.drop(field.name for field in _IDS if field.optional and not rows.get_column(field.name).count())
