"""A person decides against what was written: the next plan takes our own traces away, and only those (M8, W10)."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl
import pytest

from assets.plan_history import plans_made
from assets.replay.inputs import making_of
from assets.replay.replay import replay
from tests.pipelines.api_world import Site, sentences, site

Links = dict[str, tuple[object, ...]]
CLEARED = {f"netsuite:{n}:{field}:clear" for n in (1, 2) for field in ("external_id", "stripe_id")}
REMOVED = {"netsuite:1:comments:remove:cus_1", "netsuite:2:comments:remove:cus_2"}
UNLINKED = "stripe:cus_2:metadata.netsuite_customer_id:clear"


@dataclass
class Story:
    """Three customers are linked; then one is decided to a fourth record, and one to none."""

    at: Site
    first: Links
    plan: str
    rows: pl.DataFrame
    review: pl.DataFrame
    page: str
    second: Links
    left: object
    outcomes: dict[str, str]
    third: Links


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with site(tmp_path_factory.mktemp("taken_back")) as at:
        at.netsuite.insert(9, email="other@acme.example")
        assert at.apply(at.plan()).success
        at.netsuite.edit(3, comments="VIP\ncus_3\nsee cus_1, and\ncus_2")  # a person writes two of them
        first = at.links()
        for customer, record in (("cus_1", "9"), ("cus_2", "never")):
            assert at.override(customer, record).success
        plan, folder = at.reconcile(), at.sync.folders.results("acme")
        rows, review, page = at.result("plan.csv"), at.result("review.csv"), (folder / "report.html").read_text("utf-8")
        result = at.apply(plan)
        assert result.success, sentences(result)
        second, outcomes = at.links(), at.statuses(plan)
        at.plan()
        left = at.metadata("write_plan")["changes"]
        assert at.undo(plan).success
        yield Story(at, first, plan, rows, review, page, second, left, outcomes, at.links())


@pytest.mark.rule("M8", "X16")
def test_the_traces_of_both_are_changes_of_the_next_plan_with_a_reason(story: Story) -> None:
    taken = story.rows.filter(pl.col("action").is_in(["clear", "remove"]))
    assert set(taken["change_id"]) == CLEARED | REMOVED | {UNLINKED}
    assert set(taken.filter(pl.col("stripe_customer_id") == "cus_1")["reason"]) == {
        "Tieout put it there; a person decided for record 9 instead"
    }
    assert set(taken.filter(pl.col("stripe_customer_id") == "cus_2")["reason"]) == {
        "Tieout put it there; a person decided never to link this customer"
    }


@pytest.mark.rule("W8")
def test_it_is_taken_away_before_the_id_goes_to_the_other_record(story: Story) -> None:
    assert set(story.outcomes.values()) == {"applied"}
    there = {name: value for name, value in story.second.items() if name in {"1", "2", "9", "cus_1", "cus_2"}}
    assert there == {
        "1": (None, None, "VIP"),
        "2": (None, None, None),
        "9": ("cus_1", "cus_1", "cus_1"),
        "cus_1": ("9",),
        "cus_2": (None,),
    }


@pytest.mark.rule("W11")
def test_then_nothing_is_planned_and_what_others_wrote_stays(story: Story) -> None:
    assert story.left == 0
    assert story.second["3"] == story.first["3"]


@pytest.mark.rule("W10")
def test_an_undo_puts_everything_back(story: Story) -> None:
    assert story.third == story.first


def test_the_review_says_what_is_taken_back_and_what_others_wrote(story: Story) -> None:
    told = {row["stripe_customer_id"]: row for row in story.review.iter_rows(named=True)}
    assert told["cus_1"]["what_to_do"].startswith(
        "Nothing but to approve the plan, which takes back what Tieout put into record 1 (comments, external_id, "
        "stripe_id)"
    )
    assert "record 3 (comments) still ties it, which Tieout did not write and leaves" in told["cus_2"]["reason"]


def test_the_page_and_the_brakes_count_it(story: Story) -> None:
    assert "Tieout put it there; a person decided for record 9 instead" in story.page
    assert ">clear</small>" in story.page
    [made] = [made for made in plans_made(story.at.instance, story.at.sync) if made.plan == story.plan]
    assert made.numbers.relinks == len(CLEARED | REMOVED) + 2


@pytest.mark.rule("X12")
def test_the_plan_can_be_made_again(story: Story) -> None:
    sync = story.at.sync
    assert replay(sync, making_of(sync, story.plan)).differences == ()
