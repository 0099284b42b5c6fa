"""Proves that a value which everybody shares is counted, not multiplied: 400 million pairs would end this test."""

import polars as pl
import pytest

from assets.matching import NO_OVERRIDES, MatchSettings, Rule, by_customer, match_customers
from tests.assets.matching.worlds import NETSUITE_COLUMNS, STRIPE_COLUMNS

CROWD = 20_000


def crowd(*, one_to_one: bool = False) -> pl.DataFrame:
    at = pl.int_range(CROWD, eager=True)
    texts = {name: pl.lit(None, pl.String) for name in (*STRIPE_COLUMNS, *NETSUITE_COLUMNS)}
    shared = texts | {"email": pl.lit("ap@example.com"), "name": pl.lit(" "), "company_name": pl.lit("")}
    stripe = pl.LazyFrame({"at": at}).with_columns(**shared, created=pl.datetime(2024, 1, 1, time_zone="UTC"))
    netsuite = pl.LazyFrame({"internal_id": at + 1}).with_columns(
        **shared, is_customer=pl.lit(value=True), inactive=pl.lit(value=False)
    )
    stripe = stripe.with_columns(id=pl.format("cus_{}", "at"))
    settings = MatchSettings((Rule("name", "company_name"), Rule("email", "email")), one_to_one=one_to_one)
    return by_customer(match_customers(stripe, netsuite, NO_OVERRIDES, settings).collect())


@pytest.mark.rule("M5")
def test_a_crowd_on_both_sides_is_counted_exactly_and_listed_up_to_fifty() -> None:
    found = crowd().drop("stripe_customer_id").unique()
    shown = list(map(str, range(1, 51)))
    reason = (
        f"email = email: equal; 19999 other records share it: {', '.join(shown[1:])} and 19950 more; "
        "the lowest internal id is used"
    )
    assert found.rows() == [("ambiguous", 1, "email = email", CROWD, " ".join(shown), reason)]


def test_one_of_a_crowd_gets_the_record_under_one_to_one() -> None:
    found = crowd(one_to_one=True).group_by("outcome").agg(pl.len(), pl.col("netsuite_internal_id").max())
    assert sorted(found.rows()) == [("ambiguous", 1, 1), ("conflict", CROWD - 1, None)]
