"""New customers whose record another customer of Stripe has or gets: by an equal value, or nearly equal ones; pure."""

from typing import Final

import polars as pl

from assets.matching.equal_customers import DECIDED, NEW, WAITS, first_with_equal_value
from assets.matching.said_of_new import SAID
from assets.matching.settings import MatchSettings
from assets.near_misses.near_misses import SAME_CUSTOMER, find_near_misses

_STANDS: Final = {
    WAITS: "waits for a decision itself",
    DECIDED: "gets a record of its own first",
    NEW: "gets a record first",
}
_AS_RECORD: Final = {
    "company_name": "name",
    "email": "email",
    "phone": "phone",
    "tax_id": "tax_id",
    "postal_code": "address.postal_code",
    "address1": "address.line1",
}
"""The columns of a record that near misses look at, and which of a customer would be them."""


def of_others(
    new: pl.DataFrame,
    stripe: pl.LazyFrame,
    matches: pl.DataFrame,
    settings: MatchSettings,
    most: int | None = None,
) -> pl.DataFrame:
    """Customers of whom another one has an equal value by a rule: its record, present or to come, may be theirs."""
    found, of_twin = [SAID.to_frame()], pl.col("rank") >= DECIDED
    kind = pl.when(of_twin).then(pl.lit("twin")).otherwise(pl.lit("equal_customer"))
    says = pl.col("rank").replace_strict(_STANDS, default=pl.format("has record {}", "record"), return_dtype=pl.String)
    shown = pl.when(pl.col("record").is_null()).then(pl.lit([], pl.List(pl.Int64))).otherwise(pl.concat_list("record"))
    for rule, first in first_with_equal_value(new, stripe, matches, settings, most):
        said = pl.format("{}: {} has an equal value, and {}", pl.lit(rule), "id", says)
        rows = first.with_columns(kind=kind, said=said, shown=shown)
        found.append(rows.with_columns(candidates=pl.col("shown").list.len()).select(*SAID).cast(SAID))
    return pl.concat(found)


def near_new(new: pl.DataFrame, settings: MatchSettings) -> pl.DataFrame:
    """New customers with values nearly equal to those of an older new one, which gets its record first."""
    by_age = new.with_columns(pl.col("created").dt.truncate("1m")).sort("created", "id").with_row_index("age")
    columns = {theirs: ours for theirs, ours in _AS_RECORD.items() if ours in new.columns}
    age = pl.col("age").cast(pl.Int64)
    records = by_age.lazy().select(internal_id=age, **{theirs: pl.col(ours) for theirs, ours in columns.items()})
    nobody = pl.LazyFrame(schema={"internal_id": pl.Int64})
    near = find_near_misses(new.lazy().drop("position"), records, nobody, settings.no_key, SAME_CUSTOMER)
    ages = pl.col("suggested_ids").str.split(" ").cast(pl.List(pl.UInt32))
    oldest = near.select(ages.list.min().alias("oldest"), stripe_customer_id="stripe_customer_id")
    own = by_age.select("position", "age", stripe_customer_id="id")
    both = oldest.join(own, on="stripe_customer_id").filter(pl.col("oldest") < pl.col("age"))
    named = both.join(by_age.select("id", oldest="age"), on="oldest")
    said = pl.format("nearly equal is {}, which is new, too, and older", "id")
    nothing = {"candidates": pl.lit(0), "shown": pl.lit([], pl.List(pl.Int64))}
    return named.select("position", kind=pl.lit("near_miss"), said=said, **nothing).cast(SAID)
