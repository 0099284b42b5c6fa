"""The rules that are recommended are the few that link most, and none that speaks against what is known."""

import polars as pl
import pytest

from assets.advice.advice import Advice, advise
from assets.matching import NO_OVERRIDES, MatchSettings
from tests.link_columns import with_link_columns

ROWS = 60


def world(**columns: pl.Expr) -> Advice:
    """Advise on customers and records of the same numbers, of whom each column of both sides is made."""
    at = pl.int_range(ROWS, eager=True).alias("at")
    links = {f"metadata.{key}": pl.lit(None, pl.String) for key in ("netsuite_customer_id", *_FLAGS)}
    ours = {name[2:]: value for name, value in columns.items() if name.startswith("s_")}
    theirs = {name[2:]: value for name, value in columns.items() if name.startswith("n_")}
    stripe = at.to_frame().select(
        **{"id": pl.format("cus_{}", "at"), "created": pl.datetime(2024, 1, 1, time_zone="UTC"), **links, **ours}
    )
    base = {
        "internal_id": pl.col("at") + 1000,
        "is_customer": pl.lit(value=True),
        "inactive": pl.lit(value=False),
        **dict.fromkeys(("external_id", "stripe_id", "comments"), pl.lit(None, pl.String)),
    }
    netsuite = with_link_columns(at.to_frame().lazy().select(**{**base, **theirs})).collect()
    return advise(stripe, netsuite, NO_OVERRIDES, MatchSettings(()))


_FLAGS = ("netsuite_block_integration", "netsuite_allow_integration")
TEXT = pl.format("value {}", "at")


def rules(advice: Advice) -> list[tuple[str, str, int]]:
    return [(each.stripe, each.netsuite, each.links) for each in advice.rules]


@pytest.mark.rule("X14")
def test_the_pair_that_links_most_comes_first_and_what_adds_nothing_is_left_out() -> None:
    advice = world(
        s_email=pl.when(pl.col("at") < 40).then(TEXT),
        n_email=TEXT,
        s_name=pl.when(pl.col("at") >= 30).then(TEXT),
        n_company_name=TEXT,
        s_phone=pl.when(pl.col("at") < 10).then(TEXT),
        n_phone=TEXT,
    )
    assert rules(advice) == [("email", "company_name", 40), ("name", "company_name", 20)]


@pytest.mark.rule("X14")
def test_a_pair_that_the_others_replace_between_them_is_left_out_though_it_links_most() -> None:
    advice = world(
        s_email=pl.when(pl.col("at").is_between(10, 49)).then(TEXT),
        n_email=TEXT,
        s_name=pl.when(pl.col("at") < 30).then(TEXT),
        s_phone=pl.when(pl.col("at") >= 30).then(TEXT),
    )
    assert advice.table.get_column("links").to_list() == [30, 30, 40]
    assert sorted(rules(advice)) == [("name", "email", 30), ("phone", "email", 30)]


@pytest.mark.rule("X14")
def test_metadata_and_custom_columns_are_compared_with_internal_ids_too() -> None:
    advice = world(**{"s_metadata.crm": (pl.col("at") + 1000).cast(pl.String), "n_region": TEXT})
    assert rules(advice) == [("metadata.crm", "internal_id", 60)]


@pytest.mark.rule("X14")
def test_a_pair_that_finds_others_than_people_know_is_shown_and_not_recommended() -> None:
    known = pl.when(pl.col("at") < 20).then((pl.col("at") + 1001).cast(pl.String))
    advice = world(**{"s_metadata.netsuite_customer_id": known, "s_name": TEXT, "n_company_name": TEXT})
    assert advice.linked == 20
    assert advice.table.row(0, named=True) == {
        "rule": None, "stripe": "name", "netsuite": "company_name", "links": 60, "only": 60, "ambiguous": 0,
        "agree": 0, "against": 20,
    }  # fmt: skip
    assert rules(advice) == []


@pytest.mark.rule("X14")
def test_a_value_that_all_customers_share_is_no_rule_even_if_one_record_has_it() -> None:
    assert rules(world(s_name=pl.lit("x"), n_region=pl.when(pl.col("at") == 3).then(pl.lit("X")))) == []


@pytest.mark.rule("X14")
def test_inactive_records_and_leads_are_not_found() -> None:
    advice = world(
        s_email=TEXT,
        n_email=TEXT,
        n_inactive=pl.col("at") < 10,
        n_is_customer=(pl.col("at") < 10) | (pl.col("at") > 19),
    )
    assert rules(advice) == [("email", "email", 40)]


def test_nothing_in_common_gives_an_empty_table() -> None:
    advice = world(s_name=TEXT, n_company_name=pl.format("other {}", "at"))
    assert (advice.table.height, rules(advice)) == (0, [])
