"""The one customer that stands for all without a record: how it is found, and who is counted to it."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from assets.matching.global_customer import count_to_global, find_global
from schemas.errors import UserError
from schemas.words import GLOBAL_KEY, GLOBAL_NAME, InternalId

SCHEMA = {
    "internal_id": pl.Int64,
    "is_customer": pl.Boolean,
    "inactive": pl.Boolean,
    "external_id": pl.String,
    "company_name": pl.String,
    "entity_id": pl.String,
}
NAMED = {"company_name": GLOBAL_NAME}


def records(*given: dict[str, object]) -> pl.LazyFrame:
    """One row each, with the internal ids 1, 2, …: active customers, unless they say otherwise."""
    usual = {"is_customer": True, "inactive": False}
    return pl.LazyFrame([usual | {"internal_id": n} | row for n, row in enumerate(given, 1)], schema=SCHEMA)


@pytest.mark.rule("C1")
@pytest.mark.parametrize(
    ("rows", "declared", "found"),
    [
        ([{}], None, None),
        ([{}, NAMED], None, 2),
        ([{}, {"company_name": "stripe  UNALLOCATED\u00a0charges"}], None, 2),
        ([{}, {"entity_id": GLOBAL_NAME}], None, 2),
        ([{"company_name": f"{GLOBAL_NAME} Ltd"}], None, None),
        ([NAMED, {"external_id": f" {GLOBAL_KEY} "}], None, 2),
        ([NAMED, NAMED], 2, 2),
        ([{"company_name": "Any name"}, NAMED], 1, 1),
        ([NAMED, NAMED | {"is_customer": False}, NAMED | {"inactive": True}], None, 1),
    ],
)
def test_it_is_the_declared_one_else_tieouts_own_else_the_one_with_the_name(
    rows: list[dict[str, object]], declared: int | None, found: int | None
) -> None:
    assert find_global(records(*rows), declared) == found


@pytest.mark.rule("C1")
@pytest.mark.parametrize(
    ("rows", "declared", "said"),
    [
        ([NAMED, {}, NAMED], None, r"^2 active NetSuite customers could stand for .*: 1, 3\. Set global_customer to"),
        ([NAMED | {"inactive": True}], None, f"^Record 1 is called {GLOBAL_NAME}, but is inactive or no customer"),
        ([{}, NAMED | {"is_customer": False}], None, f"^Record 2 is called {GLOBAL_NAME}, but is inactive or no cust"),
        ([{"external_id": GLOBAL_KEY, "is_customer": False}], None, f"^Record 1 has the external id {GLOBAL_KEY}, but"),
        ([NAMED], 9, "^global_customer is 9, and the saved search shows no such record"),
        ([NAMED | {"inactive": True}], 1, "^global_customer is 1, which is inactive or no customer"),
        ([NAMED | {"is_customer": False}], 1, "^global_customer is 1, which is inactive or no customer"),
    ],
)
def test_what_cannot_be_the_one_is_an_error_in_one_sentence(
    rows: list[dict[str, object]], declared: int | None, said: str
) -> None:
    with pytest.raises(UserError, match=said):
        find_global(records(*rows), declared)


@pytest.mark.rule("C1")
@pytest.mark.parametrize(("record", "which"), [(12, "record 12, {}"), (None, "{}, which is still to be made")])
def test_only_who_is_unmatched_is_counted_to_it(record: int | None, which: str) -> None:
    outcomes = ["linked", "matched", "ambiguous", "unmatched", "conflict", "broken", "held"]
    matches = pl.DataFrame(
        {"outcome": outcomes, "netsuite_internal_id": [1, 2, 3, None, None, None, None]}
    ).with_columns(reason=pl.lit("why"))
    counted = count_to_global(matches, None if record is None else InternalId(record))
    others = pl.col("outcome").is_in(["unmatched", "global"]).not_()
    assert_frame_equal(counted.filter(others), matches.filter(others))
    said = f"why; counted to {which.format(GLOBAL_NAME)} (on_none: global), and nothing is written for this customer"
    assert counted.filter(~others).rows() == [("global", record, said)]
