"""What a person decided of a customer: never to link it, to link it to one record, or to make it a new one.

The first two win over all evidence. The third wins over the rules alone: once the record is made, links show it.
"""

from collections.abc import Iterator
from typing import Final

import polars as pl

from assets.matching.findings import OF_A_LEAD, Findings, among, say_alike, say_broken

TO_BE_MADE: Final = "a person said to make a record of its own for this customer"


def with_kinds(overrides: pl.LazyFrame) -> pl.LazyFrame:
    """Say what each decision is, where that was not kept: there was none to create then."""
    if "kind" in overrides.collect_schema():
        return overrides
    is_never = pl.col("netsuite_internal_id").is_null()
    return overrides.with_columns(kind=pl.when(is_never).then(pl.lit("never")).otherwise(pl.lit("link")))


def hold_forbidden(customers: pl.LazyFrame, overrides: pl.LazyFrame) -> Iterator[Findings]:
    """Hold whom a person said never to link."""
    never = overrides.filter(pl.col("kind") == "never")
    rows = customers.join(never, left_on="id", right_on="stripe_customer_id", how="semi")
    yield say_alike(
        rows.select("position").collect(engine="streaming"),
        "held",
        "override",
        "override: a person said never to link this customer",
    )


def match_overridden(
    customers: pl.LazyFrame, records: pl.LazyFrame, others: pl.LazyFrame, overrides: pl.LazyFrame
) -> Iterator[Findings]:
    """Match each customer to the record that a person chose for it; `others` are leads and prospects."""
    links = overrides.filter(pl.col("kind") == "link")
    chosen = customers.join(links, left_on="id", right_on="stripe_customer_id")
    known = records.select("internal_id", record="internal_id")
    rows = chosen.join(known, left_on="netsuite_internal_id", right_on="internal_id", how="left")
    found = rows.select("position", "record", named="netsuite_internal_id").collect(engine="streaming")
    yield say_alike(found.drop_nulls("record"), "matched", "override", "override: a person chose this record")
    chose = "override: a person chose record {}, "
    leads = among(others, found.filter(pl.col("record").is_null()).get_column("named"))
    gone = pl.format(f"{chose}and NetSuite has no such customer", "named")
    reason = pl.when(pl.col("named").is_in(leads.implode())).then(pl.format(chose + OF_A_LEAD, "named")).otherwise(gone)
    yield say_broken(found, "override", reason)


def leave_to_be_made(customers: pl.LazyFrame, overrides: pl.LazyFrame) -> Iterator[Findings]:
    """Leave without a record whom a person said to make one for; no rule is asked about them."""
    new = overrides.filter(pl.col("kind") == "create")
    rows = customers.join(new, left_on="id", right_on="stripe_customer_id").select("position")
    yield say_alike(rows.collect(engine="streaming"), "unmatched", "override", f"override: {TO_BE_MADE}")
