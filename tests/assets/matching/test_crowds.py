"""Proves that a value which everybody shares is counted, not multiplied: 400 million pairs would end this test."""

import polars as pl
import pytest

from assets.matching import NO_OVERRIDES, MatchSettings, Rule, by_customer, match_customers
from assets.matching.equal_keys import find_equal_keys
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


HASHES = {
    "good": pl.col("key").hash(),
    "few": pl.col("key").hash() % 7,
    "one": pl.lit(5, pl.UInt64),
    "last bits alike": pl.col("key").hash() // 2**32 * 2**32,
}


@pytest.mark.parametrize("bad", HASHES)
def test_everybody_finds_all_equal_records_whatever_slots_these_lost(bad: str) -> None:
    numbers = pl.int_range(4_000, eager=True)
    # One, two or three records of a key, and keys that one side alone has.
    records = pl.DataFrame({"record": numbers, "key": (numbers // (numbers % 3 + 1)).cast(pl.String)})
    customers = pl.DataFrame({"position": numbers.cast(pl.UInt32), "key": (numbers // 2 * 3).cast(pl.String)})
    found = find_equal_keys(customers.with_columns(hash=HASHES[bad]), records.with_columns(hash=HASHES[bad]))
    several = found.shared.join(found.groups.with_row_index("group"), on="group").drop("group")
    one = found.single.select("position", "record", candidates=1, shown=pl.concat_list("record"))
    columns = pl.Schema(
        {"position": pl.UInt32(), "candidates": pl.UInt32(), "record": pl.Int64(), "shown": pl.List(pl.Int64())}
    )
    said = [
        frame.cast({name: columns[name] for name in frame.columns})
        for frame in (one, several.rename({"lowest": "record"}))
    ]
    shown = pl.col("record").sort()
    groups = records.group_by("key").agg(candidates=pl.len(), shown=shown, record=shown.first())
    expected = customers.join(groups, on="key").select(*columns).sort("position")
    assert pl.concat([frame.select(*columns) for frame in said]).sort("position").equals(expected)
