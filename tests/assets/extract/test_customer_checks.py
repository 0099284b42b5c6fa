"""The data-quality checks of the two extracts: what they find, in counts and ids, and which of them stop a run (D4)."""

import dagster as dg
import polars as pl
import pytest

from assets.extract.column_keys import flags_by_column
from assets.extract.customer_checks import quality_results
from assets.no_values import PLACEHOLDERS

KEY = dg.AssetKey(["acme", "stripe_customers"])


def customers(*rows: tuple[str, str | None, str | None]) -> pl.LazyFrame:
    return pl.LazyFrame(list(rows), {"id": pl.String, "email": pl.String, "name": pl.String}, orient="row")


def results(frame: pl.LazyFrame, *compared: str) -> dict[str, dg.AssetCheckResult]:
    found = list(quality_results(KEY, frame, "id", flags_by_column(frame, compared, PLACEHOLDERS)))
    assert {result.asset_key for result in found} == {KEY}
    return {str(result.check_name): result for result in found}


def numbers(result: dg.AssetCheckResult) -> dict[str, object]:
    return {name: value.value for name, value in result.metadata.items()}


@pytest.mark.rule("D4")
def test_good_customers_pass_every_check() -> None:
    found = results(customers(("cus_1", "a@example.com", "A"), ("cus_2", None, "B")), "email", "name")
    assert [name for name, result in found.items() if not result.passed] == []
    assert list(found) == ["unique_ids", "email_form", "empty_keys", "duplicate_keys"]


@pytest.mark.rule("D4")
def test_repeated_id_fails_and_stops_the_run() -> None:
    check = results(customers(("cus_1", None, "A"), ("cus_2", None, "B"), ("cus_1", None, "C")), "name")["unique_ids"]
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert numbers(check) == {"found": 1, "of": 3, "ids": "cus_1"}


@pytest.mark.rule("D4")
@pytest.mark.parametrize("email", ["ap@example.com", " AP+x@sub.example.co.uk ", "o'neil@example.com", "é@ü.example"])
def test_one_address_has_the_form_of_an_email(email: str) -> None:
    assert results(customers(("cus_1", email, None)))["email_form"].passed


@pytest.mark.rule("D4")
@pytest.mark.parametrize(
    "email",
    [
        "none",
        "ap@example",
        "@example.com",
        "a b@example.com",
        "ap@example.com, pay@example.com",
        "ap@example.com;pay@example.com",
        "ap@example.com;",
        "<ap@example.com>",
        "mailto:ap@example.com",
        "ap@example.com\npay@example.com",
    ],
)
def test_list_or_remark_has_not_the_form_of_an_email(email: str) -> None:
    check = results(customers(("cus_1", email, None), ("cus_2", "ok@example.com", None)))["email_form"]
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert numbers(check) == {"found": 1, "of": 2, "ids": "cus_1"}


@pytest.mark.parametrize("email", [None, "", " "])
def test_no_email_is_no_wrong_email(email: str | None) -> None:
    assert results(customers(("cus_1", email, None)))["email_form"].passed


@pytest.mark.rule("D4")
def test_empty_keys_are_customers_that_no_rule_can_match() -> None:
    frame = customers(("cus_1", None, " \u200b"), ("cus_2", "a@example.com", None), ("cus_3", "", "C"))
    assert numbers(results(frame, "email", "name")["empty_keys"]) == {"found": 1, "of": 3, "ids": "cus_1"}
    assert numbers(results(frame, "email")["empty_keys"])["found"] == 2
    assert results(frame)["empty_keys"].passed


@pytest.mark.rule("D4")
def test_duplicate_keys_are_counted_by_rule_and_once_over_all() -> None:
    frame = customers(
        ("cus_1", "A@example.com", "Acme"),
        ("cus_2", "a@EXAMPLE.com ", "B"),
        ("cus_3", None, "AC ME"),
        ("cus_4", None, None),
        ("cus_5", " ", None),
    )
    check = results(frame, "email", "name")["duplicate_keys"]
    assert numbers(check) == {
        "found": 3,
        "of": 5,
        "sharing/email": 2,
        "sharing/name": 2,
        "ids": "cus_1 cus_2 cus_3",
    }


def test_rule_on_the_id_itself_is_compared_too() -> None:
    assert results(customers(("cus_1", None, None)), "id")["empty_keys"].passed


def test_empty_side_passes_without_numbers_to_divide_by() -> None:
    found = results(customers(), "email", "name")
    assert all(result.passed for result in found.values())
    assert numbers(found["email_form"]) == {"found": 0, "of": 0}
