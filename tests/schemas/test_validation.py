"""What is wrong with a frame is said by column and rule, in counts and at most twenty ids."""

from datetime import UTC, datetime

import polars as pl
import pytest

from schemas.customers import StripeCustomers
from schemas.matches import Matches
from schemas.validation import Violation, violations, violations_in

TEXTS = ("email", "name", "description", "phone", "metadata.netsuite_customer_id")


def stripe(*ids: str | None, email: str | None = "secret@example.com") -> pl.DataFrame:
    frame = pl.DataFrame({"id": ids}, {"id": pl.String})
    created = pl.lit(datetime(2024, 5, 1, tzinfo=UTC)).cast(pl.Datetime("us", "UTC")).alias("created")
    texts = [pl.lit(email if name == "email" else None, pl.String).alias(name) for name in TEXTS]
    return frame.with_columns(created, *texts, livemode=pl.lit(None, pl.Boolean))


def matches(*outcomes: str) -> pl.DataFrame:
    count = len(outcomes)
    return pl.DataFrame(
        {
            "stripe_customer_id": [f"cus_{i:03}" for i in range(count)],
            "outcome": outcomes,
            "netsuite_internal_id": pl.Series([None] * count, dtype=pl.Int64),
            "evidence": pl.Series([None] * count, dtype=pl.String),
            "candidates": pl.Series([0] * count, dtype=pl.UInt32),
            "candidate_ids": pl.Series([None] * count, dtype=pl.String),
            "reason": ["secret@example.com"] * count,
        }
    )


def test_good_frame_breaks_nothing() -> None:
    assert violations(StripeCustomers, stripe("cus_1", "cus_2"), "id") == []
    assert violations(StripeCustomers, stripe(), "id") == []
    assert violations(Matches, matches("linked", "held"), "stripe_customer_id") == []


def test_repeated_id_is_one_violation_with_its_rows() -> None:
    [found] = violations(StripeCustomers, stripe("cus_1", "cus_2", "cus_1"), "id")
    assert (found.column, found.count, found.ids) == ("id", 2, ["cus_1", "cus_1"])


def test_unknown_word_is_grouped_and_its_value_is_not_told() -> None:
    [found] = violations(Matches, matches("linked", "secret", "secret"), "stripe_customer_id")
    assert (found.column, found.count, found.ids) == ("outcome", 2, ["cus_001", "cus_002"])
    assert "secret" not in repr(found)


def test_most_frequent_rule_comes_first_and_ids_are_capped() -> None:
    broken = matches(*["linked"] * 100).with_columns(
        reason=pl.lit(None, pl.String),
        outcome=pl.when(pl.int_range(pl.len()) == 0).then(pl.lit("secret")).otherwise("outcome"),
    )
    reason, outcome = violations(Matches, broken, "stripe_customer_id")
    assert (reason.column, reason.rule, reason.count) == ("reason", "not_nullable", 100)
    assert reason.ids == [f"cus_{i:03}" for i in range(20)]
    assert (outcome.column, outcome.count, outcome.ids) == ("outcome", 1, ["cus_000"])


@pytest.mark.parametrize("column", ["email", "id", "created"])
def test_missing_column_is_a_violation(column: str) -> None:
    found = violations(StripeCustomers, stripe("cus_1").drop(column), "id")
    assert any(column in (v.column, v.rule) or "dataframe" in v.rule for v in found)
    assert "secret" not in repr(found)


def test_wrong_type_is_a_violation() -> None:
    found = violations(StripeCustomers, stripe("cus_1").with_columns(email=pl.lit(7)), "id")
    assert [v.column for v in found] == ["email"]


def test_null_id_is_a_violation() -> None:
    found = violations(StripeCustomers, stripe("cus_1", None), "id")
    assert {v.column for v in found} == {"id"}
    assert all(isinstance(v, Violation) for v in found)


def test_in_blocks_a_frame_breaks_what_it_breaks_as_a_whole() -> None:
    broken = matches(*["linked"] * 30, *["secret"] * 5).with_columns(
        reason=pl.when(pl.int_range(pl.len()) % 10 > 0).then(pl.lit("a reason"))
    )
    blocks = [broken.slice(start, 8) for start in range(0, broken.height, 8)]
    assert violations_in(Matches, blocks, "stripe_customer_id") == violations(Matches, broken, "stripe_customer_id")
    assert len(violations_in(Matches, blocks, "stripe_customer_id")) == 2
    many = matches(*["secret"] * 30)
    [whole], [parts] = (
        violations(Matches, many, "stripe_customer_id"),
        violations_in(Matches, [many.head(7), many.tail(23)], "stripe_customer_id"),
    )
    assert parts == whole
    assert len(parts.ids) == 20
