"""The rows that the page shows are few, fair to each group, and the same for the same frames."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.report import excerpts
from schemas.words import OUTCOMES
from tests.assets.report.report_world import empty_world, matches, plan, world


def _many_matches(count: int) -> pl.DataFrame:
    """Return `count` linked customers and one unmatched, whose id comes last."""
    ids = pl.Series("stripe_customer_id", [f"cus_a{i:05}" for i in range(count)] + ["cus_z"])
    outcomes = pl.Series("outcome", ["linked"] * count + ["unmatched"])
    template = matches().head(1).drop("stripe_customer_id", "outcome")
    return pl.DataFrame([ids, outcomes]).join(template, how="cross").select(matches().columns)


@pytest.mark.rule("X4")
def test_a_match_is_shown_with_its_names_and_its_reason() -> None:
    row = excerpts.match_rows(world()).rows[0]
    assert row == {
        "stripe_customer_id": "cus_1",
        "outcome": "linked",
        "netsuite_internal_id": "10",
        "evidence": "metadata",
        "candidates": "1",
        "candidate_ids": "10",
        "reason": "the metadata names record 10",
        "name": "Company cus_1",
        "email": "billing@1.example",
        "livemode": None,
        "company_name": "Record 10",
    }


def test_rows_follow_the_order_of_outcomes_then_of_ids() -> None:
    rows = excerpts.match_rows(world()).rows
    assert [row["stripe_customer_id"] for row in rows] == [f"cus_{i}" for i in range(1, 9)]
    assert [row["outcome"] for row in rows] == ["linked", *(each for each in OUTCOMES if each != "global")]


def test_a_small_group_is_shown_however_large_the_others_are() -> None:
    excerpt = excerpts.match_rows(world(matches=_many_matches(1000)))
    assert excerpt.total == 1001
    assert len(excerpt.rows) == excerpts.ROWS_SHOWN
    assert excerpt.rows[-1]["stripe_customer_id"] == "cus_z"
    assert [row["stripe_customer_id"] for row in excerpt.rows[:2]] == ["cus_a00000", "cus_a00001"]


def test_the_order_of_input_rows_changes_nothing() -> None:
    shuffled = world(matches=_many_matches(300).sample(fraction=1, shuffle=True, seed=1))
    assert excerpts.match_rows(shuffled) == excerpts.match_rows(world(matches=_many_matches(300)))


def test_plan_rows_take_turns_between_fields() -> None:
    rows = excerpts.plan_rows(world()).rows
    assert [row["field"] for row in rows] == [
        "comments",
        "external_id",
        "stripe_id",
        "metadata.netsuite_customer_id",
        "metadata.netsuite_customer_id",
    ]


def test_long_texts_are_cut() -> None:
    long = plan().with_columns(old_value=pl.lit("é" * 4000))
    assert excerpts.plan_rows(world(plan=long)).rows[0]["old_value"] == "é" * excerpts.TEXT_SHOWN + "…"


def test_an_empty_world_has_no_rows() -> None:
    assert excerpts.match_rows(empty_world()) == excerpts.Excerpt([], 0)


@given(st.lists(st.integers(0, 10**18), max_size=60), st.sampled_from([1, 3, 500]))
def test_numbers_that_come_first_as_texts_are_found(numbers: list[int], shown: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(excerpts, "ROWS_SHOWN", shown)
        found = excerpts._may_be_first(pl.Series(numbers, dtype=pl.Int64)).to_list()
    first = sorted(f"{number}:" for number in numbers)[:shown]
    assert {f"{numbers[row]}:" for row in found} >= {*first}
