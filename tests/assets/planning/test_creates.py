"""The rows by which a plan makes new NetSuite customers, told by one order: equal inputs are one plan."""

from datetime import UTC, datetime

import polars as pl
import pytest

from assets.mapping.to_netsuite import CreateSettings
from assets.planning.creates import plan_creates
from schemas.words import LINK_KEY, NEAR_KEYS

CUSTOMERS = 5_000
"""So many that a join without an order mixes them."""


@pytest.mark.rule("X1")
def test_the_oldest_customer_comes_first_whatever_the_order_of_the_rows() -> None:
    numbers = pl.DataFrame({"number": range(CUSTOMERS)})
    stripe = numbers.select(
        id=pl.format("cus_{}", "number"),
        created=pl.lit(datetime(2024, 1, 1, tzinfo=UTC)) + pl.duration(minutes=CUSTOMERS - pl.col("number")),
        name=pl.format("Company {}", "number"),
    ).with_columns(pl.lit(None, pl.String).alias(f"metadata.{LINK_KEY}"))
    matches = stripe.select(stripe_customer_id="id", outcome=pl.lit("unmatched"))
    shuffled = stripe.sample(fraction=1, shuffle=True, seed=1)
    nobody = pl.LazyFrame(schema={"internal_id": pl.Int64})
    for rows in (
        creates.collect() for creates in plan_creates(shuffled.lazy(), nobody, matches.lazy(), CreateSettings())
    ):
        oldest_first = [f"cus_{number}" for number in reversed(range(CUSTOMERS))]
        assert rows.get_column("stripe_customer_id").to_list() == oldest_first


@pytest.mark.rule("X1")
def test_whose_metadata_may_name_a_record_by_a_key_that_is_not_read_gets_none() -> None:
    created = pl.lit(datetime(2024, 1, 1, tzinfo=UTC))
    names = pl.DataFrame({"id": ["cus_1", "cus_2"], NEAR_KEYS: [None, "netsuite_id"], "name": ["Acme", "Bloom"]})
    stripe = names.with_columns(pl.lit(None, pl.String).alias(f"metadata.{LINK_KEY}"), created=created)
    matches = stripe.select(stripe_customer_id="id", outcome=pl.lit("unmatched"))
    nobody = pl.LazyFrame(schema={"internal_id": pl.Int64})
    for rows in plan_creates(stripe.lazy(), nobody, matches.lazy(), CreateSettings()):
        assert rows.collect().get_column("stripe_customer_id").to_list() == ["cus_1"]
