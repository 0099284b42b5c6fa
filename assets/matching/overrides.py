"""What a person decided of a customer: never to link it, or to link it to one record. It wins over all evidence."""

from collections.abc import Iterator

import polars as pl

from assets.matching.findings import Findings, say_alike, say_broken


def hold_forbidden(customers: pl.LazyFrame, overrides: pl.LazyFrame) -> Iterator[Findings]:
    """Hold whom a person said never to link."""
    never = overrides.filter(pl.col("netsuite_internal_id").is_null())
    rows = customers.join(never, left_on="id", right_on="stripe_customer_id", how="semi")
    yield say_alike(
        rows.select("position").collect(engine="streaming"),
        "held",
        "override",
        "override: a person said never to link this customer",
    )


def match_overridden(customers: pl.LazyFrame, records: pl.LazyFrame, overrides: pl.LazyFrame) -> Iterator[Findings]:
    """Match each customer to the record that a person chose for it."""
    chosen = customers.join(overrides, left_on="id", right_on="stripe_customer_id")
    known = records.select("internal_id", record="internal_id")
    rows = chosen.join(known, left_on="netsuite_internal_id", right_on="internal_id", how="left")
    found = rows.select("position", "record", named="netsuite_internal_id").collect(engine="streaming")
    yield say_alike(found.drop_nulls("record"), "matched", "override", "override: a person chose this record")
    reason = pl.format("override: a person chose record {}, and NetSuite has no such customer", pl.col("named"))
    yield say_broken(found, "override", reason)
