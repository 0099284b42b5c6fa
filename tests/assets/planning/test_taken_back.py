"""What ties customers to other records than persons decided for, and the plan that takes it away; pure."""

import orjson
import polars as pl
import pytest

from assets.planning.taken_back import rests, traces_against, with_removals, without_traces
from schemas.link_fields import LINK_FIELDS
from tests.assets.matching.oracle import World
from tests.assets.matching.small_worlds import customer, record, world
from tests.assets.matching.worlds import as_frames, matches_of

PLANNED = {
    "change_id": "netsuite:9:external_id",
    "system": "netsuite",
    "record_id": "9",
    "field": "external_id",
    "action": "set",
    "old_value": None,
    "new_value": "cus_1",
    "reason": "is empty",
    "stripe_customer_id": "cus_1",
    "netsuite_internal_id": 9,
}


def traces(made: World) -> pl.DataFrame:
    stripe, netsuite, _ = as_frames(made)
    return traces_against(stripe, netsuite, matches_of(made).lazy(), LINK_FIELDS)


def places(made: World) -> list[tuple[str, str, str]]:
    return traces(made).select("record_id", "field", "value").rows()


@pytest.mark.rule("M8")
def test_only_of_customers_about_whom_a_person_has_decided_and_only_on_other_records() -> None:
    links = {"stripe_id": "cus_1", "external_id": "cus_1", "comments": "cus_1"}
    sides = (customer("cus_1", metadata_netsuite_customer_id="1"), record(1, links), record(9))
    assert places(world(*sides)) == []
    assert places(world(*sides, cus_1=1)) == []
    of_record = [("1", field, "cus_1") for field in ("comments", "external_id", "stripe_id")]
    assert places(world(*sides, cus_1=9)) == of_record, "metadata are replaced by the new link"
    assert places(world(*sides, cus_1=None)) == [*of_record, ("cus_1", "metadata.netsuite_customer_id", "1")]


def test_a_decision_for_a_record_that_is_not_there_takes_nothing_away() -> None:
    assert places(world(customer("cus_1"), record(1, stripe_id="cus_1"), cus_1=77)) == []


@pytest.mark.parametrize(
    ("comments", "left"),
    [
        ("cus_1", None),
        ("VIP\ncus_1", "VIP"),
        ("cus_1\r\nVIP", "VIP"),
        ("VIP\r\ncus_1\r\n\r\npays late\n", "VIP\r\n\r\npays late\n"),
        ("VIP\rcus_1\rcus_12", "VIP\rcus_12"),
    ],
)
def test_a_word_is_taken_out_with_its_line(comments: str, left: str | None) -> None:
    made = world(customer("cus_1"), record(1, comments=comments), record(9), cus_1=9)
    found = traces(made)
    assert rests(found).rows() == [(1, left)]
    _, netsuite, _ = as_frames(made)
    after = without_traces(netsuite, found).select("internal_id", "comments").collect()
    assert sorted(after.rows()) == [(1, left), (9, None)]


@pytest.mark.parametrize("comments", ["see cus_1", "cus_1 (old)", "cus_1\nVIP\ncus_1", "cus_12"])
def test_a_word_that_nobody_can_tell_from_others_words_is_left(comments: str) -> None:
    assert places(world(customer("cus_1"), record(1, comments=comments), record(9), cus_1=9)) == []


@pytest.mark.rule("W2")
def test_an_external_id_moves_only_after_it_was_taken_away() -> None:
    made = world(customer("cus_1"), record(1, external_id="cus_1", stripe_id="cus_1"), record(9), cus_1=9)
    plan = with_removals(pl.LazyFrame([PLANNED]), traces(made)).collect()
    assert plan["change_id"].to_list() == [
        "netsuite:1:external_id:clear",
        "netsuite:1:stripe_id:clear",
        "netsuite:9:external_id",
    ]
    assert plan["requires"].to_list() == [None, None, orjson.dumps(["netsuite:1:external_id:clear"]).decode()]


def test_a_field_that_another_customer_gets_is_taken_away_first() -> None:
    made = world(customer("cus_1"), record(1, stripe_id="cus_1"), record(9), cus_1=9)
    row = {**PLANNED, "change_id": "netsuite:1:stripe_id", "record_id": "1", "field": "stripe_id", "new_value": "cus_2"}
    plan = with_removals(pl.LazyFrame([row]), traces(made)).collect()
    assert plan["requires"].to_list() == [None, '["netsuite:1:stripe_id:clear"]']
