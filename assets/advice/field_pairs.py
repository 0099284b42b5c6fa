"""What an exact rule on each pair of fields would link, counted over whole columns.

Every key becomes a 64-bit hash, and the hashes of all fields of a side lie in one column: one join finds all pairs at
once, and its price is that of the values, not of the pairs. Only hashes are compared: two of some million different
values have one hash in one of a million accounts, which is exact enough to count.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from assets.keys import folded_expr
from assets.no_values import is_no_value, may_have_form

_BITS: Final = 27  # 16 MB
_PARTS: Final = 4
"""The hashes are joined in so many parts, by their lowest bits, so that memory stays a part of it."""


@dataclass(frozen=True)
class FieldPairs:
    """What was counted.

    Attributes:
        counts: a row for each pair of fields in which some value is equal: `stripe`, `netsuite`, `links` (customers
            that find one record), `only` (of them those that no other pair links), `ambiguous` (customers that find
            several), `records` (about how many different ones are found), `agree` and `against` (of customers that are
            linked already: those that find their record, and those that find another), and the values that there are,
            `filled_stripe` and `filled_netsuite`.
        hits: `pair` (row of counts), `position` (of the customer) of each link.
        customers: how many there are.
    """

    counts: pl.DataFrame
    hits: pl.DataFrame
    customers: int


def count_pairs(
    stripe: pl.LazyFrame,
    netsuite: pl.LazyFrame,
    known: pl.DataFrame,
    stripe_fields: Sequence[str],
    netsuite_fields: Sequence[str],
    no_value: frozenset[str],
) -> FieldPairs:
    """Count what each pair of fields would link.

    Args:
        stripe: `schemas.customers.StripeCustomers`, and any further columns.
        netsuite: rows of `schemas.customers.NetsuiteCustomers` that a rule may find, and any further columns.
        known: `position` of a customer and `record` (internal id) of the links that exist.
        stripe_fields: columns to compare.
        netsuite_fields: columns to compare.
        no_value: keys that are none.
    """
    placeholders = pl.Series(sorted(no_value), dtype=pl.String).hash()
    columns = [
        _hashes(stripe, field, pl.int_range(pl.len(), dtype=pl.UInt32).alias("position")) for field in stripe_fields
    ]
    filled_stripe = [column.height for column in columns]
    customers = int(stripe.select(pl.len()).collect().item())
    in_stripe = _Seen(column.get_column("hash") for column in columns)
    heads, filled_netsuite = [], []
    is_odd = _MAY_BE_DAMAGED | may_have_form(pl.col("key"), no_value)
    for at, field in enumerate(netsuite_fields):
        values = _hashes(netsuite, field, pl.col("internal_id").alias("record"), is_odd=is_odd)
        filled_netsuite.append(values.height)
        shared = _without_odd(in_stripe.those_of(values), netsuite, field, no_value)
        heads.append(_heads(shared.drop("is_odd"), at, placeholders))
    records = pl.concat(heads)
    in_netsuite = _Seen([records.get_column("hash")])
    keys = pl.concat(
        in_netsuite.those_of(column).with_columns(s=pl.lit(at, pl.UInt8)) for at, column in enumerate(columns)
    )
    singles = pl.concat([_singles(keys, records, part) for part in range(_PARTS)])
    several = _several(keys, records)
    counts = _counts(singles, several, known, customers)
    named = counts.with_columns(
        stripe=_names("s", stripe_fields),
        netsuite=_names("n", netsuite_fields),
        filled_stripe=pl.col("s").replace_strict(dict(enumerate(filled_stripe)), return_dtype=pl.UInt32),
        filled_netsuite=pl.col("n").replace_strict(dict(enumerate(filled_netsuite)), return_dtype=pl.UInt32),
    ).sort("links", "ambiguous", "stripe", "netsuite", descending=[True, False, False, False])
    numbered = named.with_row_index("pair")
    places = numbered.select("pair", "s", "n")
    hits = singles.lazy().join(places.lazy(), on=["s", "n"]).select("pair", "position")
    order = ("pair", "stripe", "netsuite", *_COUNTS, "filled_stripe", "filled_netsuite")
    return FieldPairs(numbered.select(order), hits.collect(engine="streaming"), customers)


_COUNTS: Final = ("links", "only", "ambiguous", "records", "agree", "against")


class _Seen:
    """Tells of hashes which one may be among others, and never of one that is that it is not.

    Most values of an account are in no field of the other one: looking at single bits sorts them out at a tenth of the
    price of a join.
    """

    def __init__(self, hashes: Iterable[pl.Series]) -> None:
        bits = pl.repeat(value=False, n=1 << _BITS, dtype=pl.Boolean, eager=True)
        for those in hashes:
            bits = bits.scatter(self._places(those), True)
        self._bits = bits

    def those_of(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows whose `hash` may be among them."""
        return rows.filter(self._bits.gather(self._places(rows.get_column("hash"))))

    @staticmethod
    def _places(hashes: pl.Series) -> pl.Series:
        return (hashes % (1 << _BITS)).cast(pl.UInt32)


def _hashes(rows: pl.LazyFrame, field: str, who: pl.Expr, **flags: pl.Expr) -> pl.DataFrame:
    """Return `who`, `hash` and flags of the `key` of each value of a column; no row for one that has no key."""
    made = rows.select(who, key=folded_expr(pl.col(field).cast(pl.String)))
    hashed = made.filter(pl.col("key").str.len_bytes() > 0).with_columns(hash=pl.col("key").hash(), **flags)
    return hashed.drop("key").collect(engine="streaming")


_MAY_BE_DAMAGED: Final = pl.col("key").str.contains("e+", literal=True)


def _without_odd(values: pl.DataFrame, netsuite: pl.LazyFrame, field: str, no_value: frozenset[str]) -> pl.DataFrame:
    """Leave out what is damaged, or none by its form; keys are made again of those few that may be."""
    odd = values.filter("is_odd").select("record").unique()
    if odd.is_empty():
        return values
    suspects = netsuite.select(pl.col("internal_id").alias("record"), text=pl.col(field).cast(pl.String))
    keys = suspects.join(odd.lazy(), on="record", how="semi").with_columns(key=folded_expr(pl.col("text")))
    none = keys.filter(is_no_value(pl.col("key"), no_value)).select("record").collect()
    return values.join(none, on="record", how="anti")


def _heads(values: pl.DataFrame, at: int, placeholders: pl.Series) -> pl.DataFrame:
    """Return each value once: a record that has it, and how many have."""
    grouped = values.lazy().group_by("hash").agg(pl.col("record").first(), n=pl.len())
    filled = grouped.filter(~pl.col("hash").is_in(placeholders.implode()))
    return filled.select("hash", "record", "n", f=pl.lit(at, pl.UInt8)).collect(engine="streaming")


def _singles(keys: pl.DataFrame, heads: pl.DataFrame, part: int) -> pl.DataFrame:
    """Return `s`, `n`, `position`, `record` of customers that find one record."""
    is_here = pl.col("hash") % _PARTS == part
    theirs = heads.lazy().filter(is_here & (pl.col("n") == 1)).select("hash", "record", n="f")
    return keys.lazy().filter(is_here).join(theirs, on="hash").drop("hash").collect(engine="streaming")


def _several(keys: pl.DataFrame, heads: pl.DataFrame) -> pl.DataFrame:
    """Return how many customers find several records: `s`, `n`, `ambiguous`. Those of one value are counted at once."""
    theirs = heads.lazy().filter(pl.col("n") > 1).select("hash", n="f").collect()
    ours = keys.lazy().join(theirs.lazy().select("hash").unique(), on="hash", how="semi")
    counted = ours.group_by("hash", "s").agg(customers=pl.len())
    met = counted.join(theirs.lazy(), on="hash").group_by("s", "n").agg(ambiguous=pl.col("customers").sum())
    return met.collect(engine="streaming")


def _counts(singles: pl.DataFrame, several: pl.DataFrame, known: pl.DataFrame, customers: int) -> pl.DataFrame:
    linked = pl.Series("linked", [None], pl.Int64).new_from_index(0, customers)
    linked = linked.scatter(known.get_column("position"), known.get_column("record"))
    ways = singles.lazy().group_by("position").len("ways").collect(engine="streaming")
    count = pl.Series("ways", [0], pl.UInt32).new_from_index(0, customers)
    count = count.scatter(ways.get_column("position"), ways.get_column("ways"))
    at = singles.get_column("position")
    looked = singles.with_columns(linked.gather(at), count.gather(at))
    found = (
        looked.lazy()
        .group_by("s", "n")
        .agg(
            links=pl.len(),
            only=(pl.col("ways") == 1).sum(),
            records=pl.col("record").approx_n_unique(),
            agree=(pl.col("record") == pl.col("linked")).sum(),
            against=(pl.col("record") != pl.col("linked")).sum(),
        )
    )
    joined = found.join(several.lazy(), on=["s", "n"], how="full", coalesce=True)
    return joined.with_columns(pl.col(_COUNTS).fill_null(0).cast(pl.UInt32)).collect(engine="streaming")


def _names(column: str, fields: Sequence[str]) -> pl.Expr:
    return pl.col(column).replace_strict(dict(enumerate(fields)), return_dtype=pl.String)
