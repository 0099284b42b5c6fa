"""The plan is what the row-by-row oracle plans, and applying it leaves nothing to plan (W1 to W7, W11)."""

import re
from dataclasses import replace
from random import Random

import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import given, settings

from assets.planning.append_words import left_out
from assets.planning.rows import relinks
from assets.planning.settings import PlanSettings
from assets.planning.write_plan import plan_changes
from schemas.plan import PLAN_COLUMNS, Plan
from schemas.validation import violations
from tests.assets.matching.oracle import World
from tests.assets.matching.worlds import as_frames, matches_of, worlds
from tests.assets.planning.plan_oracle import METADATA, applied, planned
from tests.assets.planning.plan_worlds import ALL_FIELDS, NAMES, acme, crowded_worlds, plan_settings, record


def both_of(world: World, wanted: PlanSettings) -> tuple[pl.DataFrame, list[tuple[str, int]]]:
    """The plan, and whose id does not fit: of one matching, which costs more than both."""
    stripe, netsuite, _ = as_frames(world)
    matches = matches_of(world).lazy()
    found = left_out(stripe, netsuite, matches, wanted).select("stripe_customer_id", "netsuite_internal_id")
    return plan_changes(stripe, netsuite, matches, wanted).lazy().collect(), sorted(found.collect().rows())


def plan_of(world: World, wanted: PlanSettings = ALL_FIELDS) -> pl.DataFrame:
    stripe, netsuite, _ = as_frames(world)
    return plan_changes(stripe, netsuite, matches_of(world).lazy(), wanted).lazy().collect()


def left_out_in(world: World, wanted: PlanSettings = ALL_FIELDS) -> list[tuple[str, int]]:
    return both_of(world, wanted)[1]


@pytest.mark.rule("W7")
@settings(max_examples=25, deadline=None)
@given(worlds() | crowded_worlds(), plan_settings())
def test_plan_is_what_the_oracle_plans(world: World, wanted: PlanSettings) -> None:
    (plan, left), expected = both_of(world, wanted), planned(world, wanted)
    assert plan.to_dicts() == expected.rows
    assert left == sorted(expected.left_out)
    assert plan.columns == list(PLAN_COLUMNS)
    assert violations(Plan, plan, "change_id") == []


@pytest.mark.rule("W11")
@settings(max_examples=15, deadline=None)
@given(worlds() | crowded_worlds(), plan_settings())
def test_applied_plan_leaves_nothing_to_plan(world: World, wanted: PlanSettings) -> None:
    # An id that stands as a token inside another one (user in user-1) becomes a trace when the other is written down.
    apart = replace(world, customers=[c for c in world.customers if re.fullmatch(r"\w+", c.id)])
    plan, left = both_of(apart, wanted)
    left_to_plan, still_left = both_of(applied(apart, plan.to_dicts()), wanted)
    assert left_to_plan.to_dicts() == []
    assert still_left == left


@pytest.mark.rule("W6")
@settings(max_examples=12, deadline=None)
@given(worlds() | crowded_worlds())
def test_nothing_that_is_there_is_replaced_without_a_person(world: World) -> None:
    changes = plan_of(replace(world, overrides={})).filter(pl.col("action") == "set")
    assert changes.get_column("old_value").fill_null("").str.strip_chars().unique().to_list() in ([], [""])
    assert set(changes.get_column("field")) <= {METADATA, "stripe_id", "external_id"}


@pytest.mark.rule("X3")
@settings(max_examples=6, deadline=None)
@given(worlds() | crowded_worlds(), st.randoms(use_true_random=False))
def test_order_of_rows_changes_nothing(world: World, random: Random) -> None:
    shuffled = replace(
        world,
        customers=random.sample(world.customers, len(world.customers)),
        records=random.sample(world.records, len(world.records)),
    )
    assert plan_of(shuffled).equals(plan_of(world))


def test_new_pair_gets_every_trace_netsuite_first() -> None:
    plan = plan_of(World([acme("cus_1")], [record(7, comments="pays late")], {}, NAMES))
    shown = plan.select("change_id", "action", "old_value", "new_value").rows()
    assert shown == [
        ("netsuite:7:comments:cus_1", "append", "pays late", "cus_1"),
        ("netsuite:7:external_id", "set", None, "cus_1"),
        ("netsuite:7:stripe_id", "set", None, "cus_1"),
        ("stripe:cus_1:metadata.netsuite_customer_id", "set", None, "7"),
    ]
    assert plan.get_column("reason").to_list() == [
        "does not name this customer; linked by name = company_name",
        *["is empty; linked by name = company_name"] * 3,
    ]


@pytest.mark.rule("W2")
@pytest.mark.rule("W4")
def test_older_customer_claims_the_fields_and_both_get_the_rest() -> None:
    """Older is to the minute, as in an export; within one minute the id decides."""
    pair = [acme("cus_1", minutes=1), acme("cus_B", seconds=1), acme("cus_A", seconds=59)]
    plan = plan_of(World(pair, [record(7)], {}, NAMES))
    shown = plan.select("system", "field", "stripe_customer_id").rows()
    assert shown == [
        *[("netsuite", "comments", customer) for customer in ("cus_A", "cus_B", "cus_1")],
        ("netsuite", "external_id", "cus_A"),
        ("netsuite", "stripe_id", "cus_A"),
        *[("stripe", METADATA, customer) for customer in ("cus_A", "cus_B", "cus_1")],
    ]


@pytest.mark.rule("M8")
def test_override_replaces_metadata_and_nothing_else() -> None:
    both = [record(7), record(8, stripe_id="cus_9", external_id="legacy", company_name="Other")]
    customer = acme("cus_1", metadata=" 7 ")
    plan = plan_of(World([customer], both, {"cus_1": 8}, NAMES))
    assert plan.select("change_id", "old_value", "new_value", "reason").rows() == [
        ("netsuite:8:comments:cus_1", None, "cus_1", "does not name this customer; linked by override"),
        (f"stripe:cus_1:{METADATA}", " 7 ", "8", "held 7, which a person replaced; linked by override"),
    ]


@pytest.mark.rule("M8")
@pytest.mark.rule("W2")
@pytest.mark.parametrize("held", ["cus_1", " CUS_1 "])
@pytest.mark.parametrize("is_customer", [True, False])
def test_external_id_that_another_row_has_is_not_planned(held: str, *, is_customer: bool) -> None:
    """NetSuite would refuse it; what else ties the customer to the record that a person chose is planned."""
    other = replace(record(7, external_id=held, company_name="Other"), is_customer=is_customer)
    plan = plan_of(World([acme("cus_1")], [other, record(8)], {"cus_1": 8}, NAMES))
    assert plan.get_column("change_id").to_list() == [
        "netsuite:8:comments:cus_1",
        "netsuite:8:stripe_id",
        f"stripe:cus_1:{METADATA}",
    ]


@pytest.mark.rule("W2")
def test_two_customers_whose_ids_differ_in_case_alone_get_no_external_id() -> None:
    """To NetSuite they are one; whoever was written first would hold it for both."""
    customers = [acme("cus_A"), acme("cus_a"), acme("cus_2")]
    overrides: dict[str, int | None] = {"cus_A": 7, "cus_a": 8, "cus_2": 9}
    plan = plan_of(World(customers, [record(7), record(8), record(9)], overrides, NAMES))
    assert plan.filter(pl.col("field") == "external_id").get_column("new_value").to_list() == ["cus_2"]


@pytest.mark.rule("W1")
@pytest.mark.parametrize(("metadata", "overrides"), [("7", {}), (" 7 ", {}), (" 7 ", {"cus_1": 7})])
def test_equal_metadata_is_no_change(metadata: str, overrides: dict[str, int | None]) -> None:
    world = World([acme("cus_1", metadata=metadata)], [record(7)], overrides, NAMES)
    assert "stripe" not in plan_of(world).get_column("system")


@pytest.mark.rule("W2")
@pytest.mark.rule("W4")
@pytest.mark.parametrize("field", ["external_id", "stripe_id"])
@pytest.mark.parametrize(("held", "is_set"), [(None, True), ("", True), (" ", True), ("legacy-1", False)])
def test_field_is_set_only_when_empty(field: str, held: str | None, *, is_set: bool) -> None:
    plan = plan_of(World([acme("cus_1")], [record(7, **{field: held})], {}, NAMES))
    assert (field in plan.get_column("field")) is is_set


@pytest.mark.rule("W6")
@pytest.mark.parametrize("held", ["N/A", " null", "#REF!", "undefined"])
def test_a_placeholder_in_a_link_field_is_replaced_as_nothing_and_compared_with_as_text(held: str) -> None:
    world = World([acme("cus_1", metadata=held)], [record(7, stripe_id=held, external_id=held)], {}, NAMES)
    plan = plan_of(world).filter(pl.col("action") == "set")
    assert plan.select("field", "old_value").rows() == [("external_id", held), ("stripe_id", held), (METADATA, held)]
    said = f"held {held.strip()}, which stands for nothing; linked by name = company_name"
    assert plan.get_column("reason").unique().to_list() == [said]
    assert relinks(plan.lazy()) == 0
    assert relinks(plan.lazy(), frozenset()) == plan.height


@pytest.mark.rule("W6")
def test_each_of_several_placeholders_is_replaced_and_values_beside_them_stay() -> None:
    held = ["legacy-1", "N/A", "legacy-2", "null"]
    pairs = [acme(f"cus_{number}", name=f"Acme {number}") for number in range(4)]
    records = [record(number + 7, company_name=f"Acme {number}", stripe_id=text) for number, text in enumerate(held)]
    plan = plan_of(World(pairs, records, {}, NAMES)).filter(pl.col("field") == "stripe_id")
    assert plan.select("stripe_customer_id", "old_value").rows() == [("cus_1", "N/A"), ("cus_3", "null")]


def test_what_stands_for_nothing_is_what_the_declaration_says() -> None:
    world = World([acme("cus_1")], [record(7, stripe_id="tbd")], {}, NAMES)
    assert "stripe_id" not in plan_of(world).get_column("field")
    assert "stripe_id" in plan_of(world, replace(ALL_FIELDS, no_value=frozenset({"tbd"}))).get_column("field")


@pytest.mark.rule("W3")
@pytest.mark.rule("W2")
@pytest.mark.rule("W4")
@pytest.mark.parametrize("stripe_id", [None, "paid", "cus_9"])
def test_an_imported_id_goes_into_its_own_field_and_metadata_only(stripe_id: str | None) -> None:
    world = World([acme("paid")], [record(7, stripe_id=stripe_id)], {}, NAMES)
    assert plan_of(world).get_column("field").to_list() == ["stripe_id"] * (stripe_id is None) + [METADATA]
    assert left_out_in(world) == ([("paid", 7)] if stripe_id == "cus_9" else [])
    without_its_field = PlanSettings(ALL_FIELDS.fields - {"stripe_id"})
    assert left_out_in(world, without_its_field) == ([] if stripe_id == "paid" else [("paid", 7)])


@pytest.mark.rule("W3")
@pytest.mark.parametrize(
    ("comments", "is_appended"),
    [("see cus_12", True), ("xcus_1", True), ("(cus_1)", False), ("cus_1\nlate", False), ("CUS_1", True)],
)
def test_id_is_appended_unless_its_token_is_there(comments: str, *, is_appended: bool) -> None:
    plan = plan_of(World([acme("cus_1")], [record(7, comments=comments)], {}, NAMES))
    assert ("comments" in plan.get_column("field")) is is_appended


@pytest.mark.rule("W3")
def test_comments_of_several_customers_fill_up_to_the_limit() -> None:
    """5 characters and a line end each: two fit, the third is a character too long, and waits for a person."""
    three = [acme("cus_A"), acme("cus_B"), acme("cus_C")]
    world = World(three, [record(7, comments="é" * (4_000 - 17))], {}, NAMES)
    appended = plan_of(world).filter(pl.col("action") == "append")
    assert appended.get_column("new_value").to_list() == ["cus_A", "cus_B"]
    assert left_out_in(world) == [("cus_C", 7)]


@pytest.mark.rule("W3")
@pytest.mark.parametrize("between", [" ", "\n", "\u00a0", "\u3000", "\ufeff", "\x00", "\x85"])
def test_id_that_is_no_word_is_not_appended_and_takes_no_room(between: str) -> None:
    """The RESTlet refuses it, so that it would be planned for ever; a younger one still fits."""
    odd = f"cus_{between}1"
    world = World([acme(odd), acme("cus_2", minutes=1)], [record(7, comments="é" * (4_000 - 6))], {}, NAMES)
    appended = plan_of(world).filter(pl.col("action") == "append")
    assert appended.get_column("new_value").to_list() == ["cus_2"]
    assert left_out_in(world) == [(odd, 7)]


@pytest.mark.rule("W5")
def test_excluded_fields_are_not_written() -> None:
    world = World([acme("cus_1")], [record(7)], {}, NAMES)
    plan = plan_of(world, PlanSettings(frozenset({METADATA})))
    assert plan.get_column("field").to_list() == [METADATA]


@pytest.mark.parametrize("outcome", ["unmatched", "conflict", "broken", "held"])
def test_outcomes_that_link_nobody_plan_nothing(outcome: str) -> None:
    world = World([acme("cus_1")], [record(7)], {}, NAMES)
    stripe, netsuite, _ = as_frames(world)
    matches = matches_of(world).lazy().with_columns(outcome=pl.lit(outcome))
    assert plan_changes(stripe, netsuite, matches, ALL_FIELDS).height == 0
