"""A check says counts and ids, at most twenty, and never another cell's value: no e-mail, no name."""

import dagster as dg
import polars as pl
import pytest

from assets.check_results import id_result, schema_result
from schemas.validation import Violation

KEY = dg.AssetKey(["acme", "stripe_customers"])


def values(result: dg.AssetCheckResult) -> dict[str, object]:
    return {name: value.value for name, value in result.metadata.items()}


def bad(count: int) -> pl.LazyFrame:
    ids = [f"cus_{i:03}" for i in reversed(range(count))]
    return pl.LazyFrame({"id": ids, "email": [f"{i}@example.com" for i in ids]}, schema_overrides={"id": pl.String})


def test_nothing_found_passes() -> None:
    result = id_result(KEY, "email_form", bad(0), "id", of=7)
    assert (result.passed, result.description, values(result)) == (True, "0 of 7", {"found": 0, "of": 7})


@pytest.mark.parametrize(("count", "shown"), [(1, 1), (20, 20), (21, 20), (1_000, 20)])
def test_first_ids_are_listed_in_order_and_no_more(count: int, shown: int) -> None:
    result = id_result(KEY, "email_form", bad(count), "id", of=2_000)
    ids = " ".join(f"cus_{i:03}" for i in range(shown)) + (" …" if count > shown else "")
    assert values(result) == {"found": count, "of": 2_000, "ids": ids}
    assert not result.passed
    assert "@" not in str(result)


def test_internal_ids_are_in_the_order_of_their_numbers() -> None:
    result = id_result(KEY, "unique_ids", pl.LazyFrame({"id": [100, 9, 9]}), "id", of=3)
    assert values(result)["ids"] == "9 100"


def test_further_counts_are_numbers_that_can_be_plotted() -> None:
    result = id_result(KEY, "duplicate_keys", bad(1), "id", of=1, counts={"sharing/email": 1})
    assert values(result)["sharing/email"] == 1


def test_broken_schema_is_a_row_per_rule_and_stops_the_run() -> None:
    result = schema_result([Violation("id", "field_uniqueness", 2, ["cus_1", "cus_1"])])
    assert (result.passed, result.severity) == (False, dg.AssetCheckSeverity.ERROR)
    table = result.metadata["broken"]
    assert isinstance(table, dg.TableMetadataValue)
    assert [record.data for record in table.records] == [
        {"column": "id", "rule": "field_uniqueness", "count": 2, "ids": "cus_1 cus_1"}
    ]


def test_table_of_broken_rules_is_capped() -> None:
    result = schema_result([Violation(f"metadata.{i}", "not_nullable", 1, []) for i in range(100)])
    table = result.metadata["broken"]
    assert isinstance(table, dg.TableMetadataValue)
    assert (values(result)["rules_broken"], len(table.records)) == (100, 20)


def test_sound_schema_passes() -> None:
    result = schema_result([])
    assert (result.passed, values(result)) == (True, {"rules_broken": 0})
