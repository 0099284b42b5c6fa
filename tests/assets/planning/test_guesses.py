"""What counts as a guess, for how long, and that a plan names it without changing."""

import polars as pl
import pytest

from assets.planning.guesses import guesses, of_plan, settled, unconfirmed, with_guesses
from resources.ledger import GUESSES
from schemas.paired_plan import PairedPlan

pytestmark = pytest.mark.rule("X18")

MATCHES = pl.DataFrame(
    [
        ("cus_1", "linked", 1, "metadata", None, "a link"),
        ("cus_2", "matched", 2, "email = email", None, "equal"),
        ("cus_3", "matched", 3, "email = email", "shared_key: 9 have it", "equal"),
        ("cus_4", "ambiguous", 4, "email = email", None, "2 records share it"),
        ("cus_5", "ambiguous", None, "email = email", None, "refused"),
        ("cus_6", "unmatched", None, None, "chosen_id: held by another", "nothing"),
        ("cus_7", "matched", 7, "override", None, "a person decided"),
        ("cus_8", "linked", 8, "stripe_id", None, "a link"),
        ("cus_10", "linked", 10, "metadata", "shared_key: 9 have it", "a link"),
        ("cus_9", "global", 99, None, "chosen_id: held by another", "counted to one"),
    ],
    schema=["stripe_customer_id", "outcome", "netsuite_internal_id", "evidence", "doubt", "reason"],
    orient="row",
).lazy()
KNOWN = pl.DataFrame(
    [
        ("cus_1", 1, "2 records share it"),
        ("cus_2", 2, "once two"),
        ("cus_7", 7, "once two"),
        ("cus_8", 80, "another"),
        ("cus_10", 10, "shared_key: 9 have it"),
    ],
    schema=GUESSES,
    orient="row",
).lazy()


def test_a_guess_is_an_ambiguous_or_a_doubted_record_and_a_link_that_was_one() -> None:
    assert guesses(MATCHES, KNOWN).collect().sort("stripe_customer_id").rows() == [
        ("cus_1", 1, "2 records share it"),
        ("cus_10", 10, "shared_key: 9 have it"),
        ("cus_3", 3, "shared_key: 9 have it"),
        ("cus_4", 4, "2 records share it"),
    ]
    assert unconfirmed(MATCHES, KNOWN).collect().rows() == [("cus_1", 1, "2 records share it")]


def test_a_link_of_which_the_same_is_said_today_is_told_no_otherwise_once_it_was_planned() -> None:
    assert unconfirmed(MATCHES.filter(pl.col("stripe_customer_id") == "cus_10"), KNOWN).collect().is_empty()


def test_what_a_rule_finds_alone_or_a_person_said_is_settled() -> None:
    assert settled(MATCHES, KNOWN).collect().rows() == [("cus_2", 2), ("cus_7", 7)]


def test_rows_of_a_plan_get_a_last_column_with_its_guesses_and_keep_their_order() -> None:
    pairs = [("b", "cus_4", 4), ("a", "cus_2", 2), ("c", "cus_4", 4), ("d", None, None)]
    plan = pl.DataFrame(
        pairs,
        schema={"change_id": pl.String, "stripe_customer_id": pl.String, "netsuite_internal_id": pl.Int64},
        orient="row",
    )
    found = guesses(MATCHES, KNOWN).collect()
    assert of_plan(PairedPlan(first=plan), found).lazy().collect()["change_id"].to_list() == ["b", "c"]
    named = with_guesses(plan, found)
    assert named.drop("guess").equals(plan)
    assert named["guess"].to_list() == ["2 records share it", None, "2 records share it", None]
