"""Proves on made-up worlds, dense with collisions, that matching says what the row-by-row oracle says (M1 to M12)."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import given, settings

from assets.matching import MatchSettings, match_customers
from assets.matching.comparison import Comparison
from assets.matching.order import by_customer
from tests.assets.matching.oracle import Verdict, World, verdicts
from tests.assets.matching.small_worlds import SETTINGS, customer, linked, matched, record, verdict_of, world
from tests.assets.matching.worlds import as_frames, matches_of, worlds


def expected(world: World) -> list[dict[str, object]]:
    return [vars(verdict) for verdict in verdicts(world)]


@pytest.mark.rule("M12")
@settings(max_examples=60, deadline=None)
@given(worlds())
def test_matching_says_what_the_oracle_says(world: World) -> None:
    assert matches_of(world).to_dicts() == expected(world)


@pytest.mark.rule("X3")
@settings(max_examples=12, deadline=None)
@given(worlds(), st.randoms(use_true_random=False))
def test_order_of_rows_changes_nothing(world: World, random: Random) -> None:
    shuffled = replace(
        world,
        customers=random.sample(world.customers, len(world.customers)),
        records=random.sample(world.records, len(world.records)),
        overrides=dict(random.sample(list(world.overrides.items()), len(world.overrides))),
    )
    assert matches_of(shuffled).equals(matches_of(world))


@pytest.mark.parametrize(
    "bad_hash",
    [
        lambda text: pl.lit(7, pl.UInt64) + text.str.len_bytes() * 0,
        lambda text: text.str.len_bytes().cast(pl.UInt64),
        lambda text: text.hash() // 2**20 * 2**20,
    ],
    ids=["all equal", "length", "last bits equal"],
)
@settings(max_examples=12, deadline=None)
@given(world=worlds())
def test_a_bad_hash_changes_nothing(bad_hash: Callable[[pl.Expr], pl.Expr], world: World) -> None:
    assert matches_of(world, Comparison(hash=bad_hash)).to_dicts() == expected(world)


@pytest.mark.rule("M2")
def test_only_customers_are_matched() -> None:
    lead = record(7, is_customer=False, email="a", stripe_id="cus_1", external_id="cus_1", comments="cus_1")
    assert verdict_of(world(customer(email="a"), lead)).outcome == "unmatched"
    why = "a lead or prospect: the link counts once NetSuite has it as a customer"
    named = verdict_of(world(customer(email="a", metadata_netsuite_customer_id="7"), lead))
    assert (named.outcome, named.reason) == ("broken", f"metadata: netsuite_customer_id is 7, {why}")
    chosen = verdict_of(world(customer(), lead, cus_1=7))
    assert (chosen.outcome, chosen.reason) == ("broken", f"override: a person chose record 7, {why}")


@pytest.mark.rule("M8")
def test_a_decision_is_what_its_kind_says_though_a_rule_finds_a_record_for_each() -> None:
    customers = [customer(f"cus_{number}", email="a") for number in (1, 2, 3)]
    stripe, netsuite, _ = as_frames(World(customers, [record(7, email="a"), record(8)], {}, SETTINGS))
    decided = [("cus_1", None, "never"), ("cus_2", 8, "link"), ("cus_3", None, "create")]
    columns = {"stripe_customer_id": pl.String, "netsuite_internal_id": pl.Int64, "kind": pl.String}
    overrides = pl.LazyFrame(decided, schema=columns, orient="row")
    found = by_customer(match_customers(stripe, netsuite, overrides, SETTINGS).collect())
    shown = found.select("stripe_customer_id", "outcome", "netsuite_internal_id", "evidence").rows()
    assert shown == [
        ("cus_1", "held", None, "override"),
        ("cus_2", "matched", 8, "override"),
        ("cus_3", "unmatched", None, "override"),
    ]


@pytest.mark.rule("M2")
def test_inactive_records_are_matched_only_by_setting() -> None:
    small = world(customer(email="a"), record(7, inactive=True, email="a"))
    assert verdict_of(small).outcome == "unmatched"
    assert verdict_of(replace(small, settings=replace(SETTINGS, match_inactive=True))) == matched(7, "email = email")


@pytest.mark.rule("M2")
@pytest.mark.parametrize("trace", ["stripe_id", "external_id", "comments"])
def test_existing_links_to_inactive_records_count(trace: str) -> None:
    verdict = verdict_of(world(customer(), record(7, {trace: "cus_1"}, inactive=True)))
    assert (verdict.outcome, verdict.netsuite_internal_id, verdict.evidence) == ("linked", 7, trace)


@pytest.mark.rule("M6")
def test_the_first_rule_that_finds_a_record_decides() -> None:
    both = world(customer(email="a", name="n"), record(7, company_name="n"), record(8, email="a"))
    assert verdict_of(both) == matched(8, "email = email")
    second = world(customer(email="b", name="n"), record(7, company_name="n"), record(8, email="a"))
    assert verdict_of(second) == matched(7, "name = company_name")


@pytest.mark.rule("M7")
def test_metadata_wins_over_every_rule() -> None:
    small = world(customer(email="a", metadata_netsuite_customer_id=" 7 "), record(7), record(8, email="a"))
    assert verdict_of(small) == linked(7, "metadata", "metadata: linked already")


@pytest.mark.rule("M12")
@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (MatchSettings(()), "no link found, and no rules are declared"),
        (SETTINGS, "no link found, and all fields that the rules compare are empty: email, name"),
    ],
)
def test_unmatched_says_what_was_tried(settings: MatchSettings, reason: str) -> None:
    small = world(customer(email=" "), record(7, email=""), settings=settings)
    assert verdict_of(small) == Verdict("cus_1", "unmatched", reason=reason)


@pytest.mark.rule("M12")
def test_an_empty_world_has_an_empty_result() -> None:
    assert matches_of(world()).is_empty()
