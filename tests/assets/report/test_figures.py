"""The numbers of the report, each against a count by hand on a world of eight customers."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from assets.report import figures, wording
from assets.report.figures import Coverage, Headline, PlanSize, ReasonGroup
from schemas.link_fields import BY_NAME
from schemas.paired_plan import PairedPlan
from schemas.words import OUTCOMES
from tests.assets.report.report_world import empty_world, matches, netsuite, plan, review, world


def test_each_customer_stands_in_one_place_and_waiting_comes_first() -> None:
    standings = figures.standings(world())
    assert sorted(standings.select("outcome", "standing").rows()) == [
        ("ambiguous", "waiting"),
        ("broken", "waiting"),
        ("conflict", "waiting"),
        ("held", "rest"),
        ("linked", "planned"),
        ("linked", "tied"),
        ("matched", "planned"),
        ("unmatched", "rest"),
    ]


def test_headline_counts_what_ties_out_and_what_waits() -> None:
    assert figures.headline(figures.standings(world())) == Headline(total=8, tied=1, planned=2, waiting=3, rest=2)


@pytest.mark.rule("M12")
@settings(max_examples=30)
@given(st.lists(st.sampled_from(OUTCOMES), max_size=30), st.sets(st.integers(0, 29)))
def test_standings_and_outcomes_sum_up_to_the_input(outcomes: list[str], waits: set[int]) -> None:
    frame = matches().clear().select("stripe_customer_id", "outcome", "evidence")
    ids = pl.Series("stripe_customer_id", [f"cus_{i}" for i in range(len(outcomes))], pl.String)
    frame = pl.DataFrame([ids, pl.Series("outcome", outcomes, pl.String)]).with_columns(evidence=pl.lit("metadata"))
    waiting = (
        review()
        .clear()
        .select("stripe_customer_id")
        .vstack(
            pl.DataFrame({"stripe_customer_id": [f"cus_{i}" for i in waits]}, schema={"stripe_customer_id": pl.String})
        )
    )
    standings = figures.standings(world(matches=frame, review=waiting))
    headline = figures.headline(standings)
    assert headline.total == len(outcomes) == headline.tied + headline.planned + headline.waiting + headline.rest
    assert sum(line.customers for line in figures.by_outcome(standings)) == len(outcomes)


def test_outcomes_keep_their_order_and_evidence_is_counted_within() -> None:
    lines = figures.by_outcome(figures.standings(world()))
    assert [line.outcome for line in lines] == list(OUTCOMES)
    assert lines[0].customers == 2
    assert lines[0].share == 0.25
    assert lines[0].evidence == (("metadata", 1), ("stripe_id", 1))
    assert lines[3].evidence == ((None, 1),)


def test_reasons_group_when_only_ids_and_numbers_differ() -> None:
    rows = [
        ("cus_b", "conflict", 'links name 2 records: 10, 60 ("Acme")', "Look at 10."),
        ("cus_a", "conflict", 'links name 3 records: 7, 8, 9,000 ("Zeta 1")', "Look at 7."),
        ("cus_c", "broken", "cus_c names 12", "Link it."),
    ]
    frame = pl.DataFrame(rows, schema=["stripe_customer_id", "outcome", "reason", "what_to_do"], orient="row")
    assert figures.waiting(frame) == [
        ReasonGroup("conflict", 'links name … records: … ("…")', "Look at ….", 2, "cus_a"),
        ReasonGroup("broken", "… names …", "Link it.", 1, "cus_c"),
    ]


def test_months_are_whole_and_gaps_are_zero() -> None:
    months = figures.months(figures.standings(world()))
    assert months["month"].to_list()[:5] == [date(2024, month, 1) for month in range(1, 6)]
    assert months.height == 13
    expected = pl.DataFrame({"linked": [2, 0, 0], "ambiguous": [0, 1, 0], "total": [2, 2, 0], "waiting": [0, 1, 0]})
    assert_frame_equal(months.head(3).select(expected.columns), expected)


def test_plan_is_measured_by_system_and_field() -> None:
    assert figures.plan_size(world().plan, world().guesses) == [
        PlanSize("stripe", "metadata.netsuite_customer_id", "set", 2, 2),
        PlanSize("netsuite", "comments", "append", 1, 1),
        PlanSize("netsuite", "external_id", "set", 1, 1),
        PlanSize("netsuite", "stripe_id", "set", 1, 1),
    ]


@pytest.mark.parametrize("action", ["set", "append", "create"])
def test_records_that_are_not_there_yet_are_counted_one_by_one(action: str) -> None:
    rows = plan().with_columns(
        system=pl.lit("netsuite"),
        field=pl.lit("comments"),
        action=pl.lit(action),
        record_id=pl.lit(None, pl.String),
    )
    (size,) = figures.plan_size(PairedPlan(first=rows), world().guesses)
    assert (size.changes, size.records) == (rows.height, rows.height)
    assert rows.height > 1


def test_coverage_counts_customers_only_and_foreign_external_ids_not() -> None:
    assert figures.coverage(world()) == [
        Coverage("metadata.netsuite_customer_id", 3, 5, 8),
        Coverage("stripe_id", 3, 4, 6),
        Coverage("external_id", 1, 2, 6),
        Coverage("comments", 2, 3, 6),
    ]


def test_a_field_that_few_accounts_have_is_shown_where_a_record_holds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "LINK_FIELDS", [replace(BY_NAME["comments"], optional=True)])
    assert figures.coverage(world()) == [Coverage("comments", 2, 3, 6)]
    nobody = netsuite().with_columns(comments=pl.lit(None, pl.String))
    assert figures.coverage(world(netsuite=nobody, plan=plan().clear())) == []


@pytest.mark.rule("W3")
@pytest.mark.parametrize(
    ("comments", "noted"), [("cus_3", 3), ("see \u201ccus_3\u201d", 3), ("Übcus_3", 2), ("cus_3é", 2), ("cus_404", 2)]
)
def test_comments_cover_a_record_where_matching_finds_an_id_in_them(comments: str, noted: int) -> None:
    is_thirty = pl.col("internal_id") == 30
    noting = netsuite().with_columns(comments=pl.when(is_thirty).then(pl.lit(comments)).otherwise("comments"))
    assert figures.coverage(world(netsuite=noting, plan=plan().clear()))[3] == Coverage("comments", noted, noted, 6)


def test_a_replaced_value_covers_no_further_record() -> None:
    row = ("c9", "stripe", "cus_1", "metadata.netsuite_customer_id", "set", "10", "20", "override", "cus_1", 20)
    replaced = pl.DataFrame([row], schema=plan().schema, orient="row")
    assert figures.coverage(world(plan=replaced))[0] == Coverage("metadata.netsuite_customer_id", 3, 3, 8)


def test_guesses_are_counted_apart() -> None:
    rows = plan()
    one = rows.filter(pl.col("field") == "stripe_id").select(
        "stripe_customer_id", "netsuite_internal_id", why=pl.lit("2")
    )
    counted = {size.field: size.guesses for size in figures.plan_size(PairedPlan(first=rows), one)}
    of_that = rows.join(one, on=["stripe_customer_id", "netsuite_internal_id"], how="semi")
    assert counted == {field: (of_that["field"] == field).sum() for field in counted}
    assert 0 < sum(counted.values()) < rows.height


def test_an_empty_world_has_figures_too() -> None:
    empty = empty_world()
    standings = figures.standings(empty)
    assert figures.headline(standings) == Headline(0, 0, 0, 0, 0)
    assert [line.share for line in figures.by_outcome(standings)] == [0.0] * len(OUTCOMES)
    assert figures.months(standings).is_empty()
    assert figures.waiting(empty.review) == []
    assert figures.plan_size(empty.plan, empty.guesses) == []


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_percent_is_never_nothing_of_something_nor_all_of_less(part: int, whole: int) -> None:
    part = min(part, whole)
    words = wording.percent(part, whole)
    assert (words == "0\u202f%") == (part == 0)
    assert (words == "100\u202f%") == (part == whole)


def test_percent_of_nothing_is_a_dash() -> None:
    assert wording.percent(0, 0) == "\u2013"
