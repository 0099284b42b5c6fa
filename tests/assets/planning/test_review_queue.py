"""What waits for a person, the urgent first, and what is said to help: candidates spelled out, proposals made."""

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given, settings

from assets.matching import MatchSettings, Rule
from assets.planning.review_queue import queue_for_review
from assets.planning.settings import PlanSettings
from assets.planning.suggestions import proposals, with_suggestions
from schemas.review import ReviewQueue, where_decided
from schemas.validation import violations
from tests.assets.matching.oracle import Customer, Record, World, verdicts
from tests.assets.matching.worlds import START, as_frames, matches_of, worlds
from tests.assets.planning.plan_oracle import METADATA, planned
from tests.assets.planning.plan_worlds import ALL_FIELDS, acme, crowded_worlds, record

BY_NAME = MatchSettings((Rule("name", "company_name"),))
URGENCY = {"conflict": 0, "broken": 1, "ambiguous": 2}


def queue_of(world: World, *, comments: bool = True) -> pl.DataFrame:
    stripe, netsuite, _ = as_frames(world)
    matches = matches_of(world).lazy()
    plan = ALL_FIELDS if comments else PlanSettings(ALL_FIELDS.fields - {"comments"})
    proposed = proposals(stripe, netsuite, matches, world.settings)
    return queue_for_review(stripe, netsuite, matches, proposed, plan=plan, where=where_decided("acme")).collect()


@pytest.mark.rule("X3")
@settings(max_examples=12, deadline=None)
@given(worlds() | crowded_worlds())
def test_who_waits_why_and_in_which_order(world: World) -> None:
    queue = queue_of(world)
    assert violations(ReviewQueue, queue, "stripe_customer_id") == []
    full = {customer for customer, _ in planned(world, ALL_FIELDS).left_out}
    said = verdicts(world)
    waiting = [v for v in said if v.outcome in URGENCY or v.stripe_customer_id in full]
    waiting.sort(key=lambda v: (URGENCY.get(v.outcome, 9), v.stripe_customer_id))
    shown = queue.select("stripe_customer_id", "outcome", "netsuite_internal_id", "candidates", "candidate_ids").rows()
    assert shown == [
        (v.stripe_customer_id, v.outcome, v.netsuite_internal_id, v.candidates, v.candidate_ids) for v in waiting
    ]
    reasons = queue.get_column("reason").to_list()
    for verdict, reason in zip(waiting, reasons, strict=True):
        assert reason.startswith(verdict.reason)
        assert ("; the Stripe id " in reason) is (verdict.stripe_customer_id in full)
    assert queue.get_column("what_to_do").null_count() == 0


@pytest.mark.rule("M9")
@settings(max_examples=10, deadline=None)
@given(worlds())
def test_broken_link_is_proposed_what_matching_says_without_it(world: World) -> None:
    queue = queue_of(world)
    broken = queue.filter(pl.col("outcome") == "broken").get_column("stripe_customer_id").to_list()
    without = [replace(c, fields={**c.fields, METADATA: None}) for c in world.customers if c.id in broken]
    said = {v.stripe_customer_id: v for v in verdicts(replace(world, customers=without, overrides={}))}
    for row in queue.rows(named=True):
        proposal = said.get(row["stripe_customer_id"])
        record_id = proposal.netsuite_internal_id if proposal else None
        evidence = proposal.evidence if proposal and record_id else None
        assert (row["proposed_internal_id"], row["proposed_evidence"]) == (record_id, evidence)


@pytest.mark.rule("X11")
def test_merged_record_is_proposed_its_successor() -> None:
    world = World([acme("cus_1", metadata="6")], [record(7)], {}, BY_NAME)
    row = queue_of(world).row(0, named=True)
    assert row["outcome"] == "broken"
    assert row["netsuite_internal_id"] is None
    assert (row["proposed_internal_id"], row["proposed_evidence"]) == (7, "name = company_name")
    assert row["what_to_do"].startswith("Decide for the record that took the old one's place")
    assert row["reason"].endswith("; record 7 is found instead, by name = company_name: equal")


@pytest.mark.rule("X11")
def test_a_record_that_has_the_id_of_a_merged_one_is_proposed_before_those_of_rules() -> None:
    """NetSuite leaves a field of the merged record in the one that is left, if it had none."""
    world = World([acme("cus_1", metadata="6")], [record(7), Record(8, fields={"stripe_id": "cus_1"})], {}, BY_NAME)
    row = queue_of(world).row(0, named=True)
    assert (row["proposed_internal_id"], row["proposed_evidence"]) == (8, "stripe_id")


@pytest.mark.rule("X11")
def test_a_decision_for_a_record_that_vanished_waits_with_what_is_found_instead() -> None:
    row = queue_of(World([acme("cus_1")], [record(7)], {"cus_1": 6}, BY_NAME)).row(0, named=True)
    assert (row["outcome"], row["proposed_internal_id"]) == ("broken", 7)
    assert row["what_to_do"] == (
        "Decide for the record that took its place, or take the decision back (column decision, or job acme_override)."
    )


@pytest.mark.rule("X11", "X15")
def test_where_nothing_else_is_found_records_that_are_nearly_equal_are_suggested() -> None:
    world = World([acme("cus_1", metadata="6")], [Record(7, fields={"company_name": "Acme, Ltd."})], {}, BY_NAME)
    stripe, netsuite, _ = as_frames(world)
    queue = with_suggestions(queue_of(world).lazy(), stripe, netsuite, matches_of(world).lazy(), BY_NAME, "job")
    [row] = queue.collect().rows(named=True)
    assert (row["outcome"], row["proposed_internal_id"], row["suggested_ids"]) == ("broken", None, "7")


@pytest.mark.rule("X15")
def test_who_has_a_record_or_is_held_gets_no_suggestion_however_near_another_one_is() -> None:
    customers = [acme("cus_1"), acme("cus_2", name="Bolt"), acme("cus_3", metadata="9", name="Cord"), acme("cus_4")]
    near = [Record(number, fields={"company_name": f"{name}, Ltd."}) for number, name in ((6, "Bolt"), (8, "Cord"))]
    world = World(
        customers, [record(7), *near, Record(9), record(5, company_name="Acme, Ltd.")], {"cus_4": None}, BY_NAME
    )
    stripe, netsuite, _ = as_frames(world)
    matches = matches_of(world)
    assert matches.sort("stripe_customer_id").get_column("outcome").to_list() == [
        "matched",
        "unmatched",
        "linked",
        "held",
    ]
    queue = with_suggestions(queue_of(world).lazy(), stripe, netsuite, matches.lazy(), BY_NAME, "job").collect()
    assert queue.select("stripe_customer_id", "suggested_ids").rows() == [("cus_2", "6")]


@pytest.mark.rule("M9")
def test_broken_link_without_rules_has_no_proposal() -> None:
    world = World([acme("cus_1", metadata="6")], [record(7)], {}, MatchSettings(()))
    row = queue_of(world).row(0, named=True)
    assert (row["outcome"], row["proposed_internal_id"], row["proposed_evidence"]) == ("broken", None, None)


@pytest.mark.rule("M5")
def test_refused_ambiguity_shows_its_candidates_in_the_order_of_their_numbers() -> None:
    records = [Record(i, fields={"company_name": "Acme", "email": f"ap{i}@example.com"}) for i in (100, 9)]
    world = World([acme("cus_1")], [*records, record(20, email=None)], {}, replace(BY_NAME, on_several="refuse"))
    row = queue_of(world).row(0, named=True)
    assert (row["outcome"], row["netsuite_internal_id"], row["candidate_ids"]) == ("ambiguous", None, "9 20 100")
    assert row["candidate_details"] == "9, Acme, ap9@example.com | 20, acme | 100, Acme, ap100@example.com"


def test_details_are_of_the_first_ten_candidates() -> None:
    world = World([acme("cus_1")], [record(i) for i in range(1, 61)], {}, BY_NAME)
    row = queue_of(world).row(0, named=True)
    assert row["candidates"] == 60
    assert row["candidate_details"].split(" | ") == [f"{i}, acme" for i in range(1, 11)]


@pytest.mark.rule("W3")
def test_full_comments_wait_only_where_comments_are_written() -> None:
    world = World([acme("cus_1")], [record(7, comments="." * 4_000)], {}, BY_NAME)
    row = queue_of(world).row(0, named=True)
    assert row["outcome"] == "matched"
    assert row["reason"] == (
        "name = company_name: equal; the Stripe id does not fit into the record's comments, which hold 4,000 characters"
    )
    assert row["what_to_do"] == "Put the Stripe id into the comments by hand, and make room if need be."
    assert queue_of(world, comments=False).height == 0


@pytest.mark.rule("W3")
def test_id_that_comments_do_not_take_waits() -> None:
    row = queue_of(World([acme("cus_ 1")], [record(7)], {}, BY_NAME)).row(0, named=True)
    assert row["reason"] == (
        "name = company_name: equal; the Stripe id has white space or control characters in it, and comments take one "
        "word"
    )
    assert row["what_to_do"] == "Put the Stripe id into the comments by hand, and make room if need be."


@pytest.mark.rule("W3")
def test_imported_id_that_no_field_takes_waits() -> None:
    assert queue_of(World([acme("paid")], [record(7)], {}, BY_NAME)).is_empty()
    row = queue_of(World([acme("paid")], [record(7, stripe_id="cus_1")], {}, BY_NAME)).row(0, named=True)
    said = "the Stripe id does not begin with cus_: in comments it could be any number or word"
    assert row["reason"] == f"name = company_name: equal; {said}"
    assert row["what_to_do"].endswith("nothing in NetSuite names this customer.")


def test_ambiguous_with_full_comments_says_both() -> None:
    records = [record(7, comments="." * 4_000), record(8)]
    row = queue_of(World([acme("cus_1")], records, {}, BY_NAME)).row(0, named=True)
    assert row["what_to_do"] == (
        "Decide for one candidate (column decision, or job acme_override), or merge them in NetSuite, before the plan "
        "is used. Put the Stripe id into the comments by hand, and make room if need be."
    )


def test_row_brings_what_is_needed_to_decide() -> None:
    created = START + timedelta(days=1)
    customer = Customer("cus_1", created, {"name": "Acme", "email": "ap@example.com", METADATA: "6"})
    row = queue_of(World([customer], [], {}, BY_NAME)).row(0, named=True)
    assert (row["created"], row["email"], row["name"]) == (created, "ap@example.com", "Acme")
