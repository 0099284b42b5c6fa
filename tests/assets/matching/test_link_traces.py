"""Proves which traces of links are found, those in comments above all: as tokens, for any id there can be (W3, X5)."""

import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import example, given, settings

from assets.matching import link_table
from assets.matching.link_traces import named_by_records
from assets.no_values import PLACEHOLDERS
from tests.assets.matching.oracle import Customer, Record
from tests.assets.matching.oracle_texts import has_token
from tests.assets.matching.worlds import IDS, START, netsuite_frame, stripe_frame
from tests.link_columns import with_link_columns

ALPHABET = "ab1_-. é\u0301ひ+^"
_OWN = st.text(ALPHABET, max_size=4).map("cus_{}".format)


def found(ids: list[str], comments: list[str]) -> set[tuple[int, str]]:
    positions = pl.LazyFrame({"id": ids}, {"id": pl.String}).with_row_index("position")
    records = pl.LazyFrame({"comments": comments}, {"comments": pl.String})
    records = with_link_columns(records.select("comments", internal_id=pl.int_range(pl.len())))
    rows = named_by_records(positions, records).collect()
    assert rows.is_unique().all()
    return {(record, ids[position]) for position, record in rows.select("position", "record").iter_rows()}


def is_own(id_: str) -> bool:
    """Whether an id is one as Stripe gives them; any other could be any number or word in comments."""
    return id_.startswith("cus_")


def expected(ids: list[str], comments: list[str]) -> set[tuple[int, str]]:
    return {
        (at, token) for at, text in enumerate(comments) for token in ids if has_token(text, token) and is_own(token)
    }


@pytest.mark.rule("W3")
@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.sampled_from(IDS) | _OWN | st.text(ALPHABET, min_size=1, max_size=5), max_size=8, unique=True),
    st.lists(st.text(ALPHABET, max_size=12) | st.lists(st.sampled_from(IDS) | _OWN).map("".join), max_size=4),
)
@example(["cus_--", "cus_-", "cus_a-", "cus_-a"], ["cus_a---", "cus_--a-", "cus_a--a", "-cus_a- x", "cus_--"])
def test_ids_are_found_as_tokens(ids: list[str], comments: list[str]) -> None:
    assert found(ids, comments) == expected(ids, comments)


@pytest.mark.rule("W3")
@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("cus_1", True),
        ("(cus_1)", True),
        ("old\ncus_1\nnew", True),
        ("cus_1cus_1", False),
        ("cus_12", False),
        ("xcus_1", False),
        ("cus_1é", False),
        ("cus_1\u0301", False),
        ("CUS_1", False),
        ("cus_12, cus_1", True),
    ],
)
def test_a_token_is_not_part_of_a_longer_one(text: str, is_found: bool) -> None:
    assert found(["cus_1"], [text]) == ({(0, "cus_1")} if is_found else set())


def test_a_whole_account_of_hyphenated_ids_is_found() -> None:
    ids = [f"cus_a{at}-b{at % 7}-c{at % 11}" for at in range(3_000)]
    assert found(ids, [f"was {token}, now closed" for token in ids]) == set(enumerate(ids))


@pytest.mark.rule("X5")
def test_the_link_table_lists_every_trace() -> None:
    stripe = [
        Customer("cus_1", START, {"metadata.netsuite_customer_id": "7 "}),
        Customer("cus_2", START, {"metadata.netsuite_customer_id": "99"}),
        Customer("cus_3", START, {"metadata.netsuite_customer_id": " "}),
    ]
    netsuite = [
        Record(7, fields={"stripe_id": "cus_1", "comments": "cus_1 and cus_2"}),
        Record(8, fields={"stripe_id": " cus_gone", "external_id": "cus_1"}),
        Record(9, is_customer=False, fields={"stripe_id": "cus_1", "external_id": "cus_2", "comments": "cus_3"}),
    ]
    table = link_table(stripe_frame(stripe), netsuite_frame(netsuite), PLACEHOLDERS).sort(pl.all()).collect()
    assert table.columns == ["stripe_customer_id", "netsuite_internal_id", "source", "text"]
    assert table.rows() == [
        (None, 8, "stripe_id", "cus_gone"),
        ("cus_1", 7, "comments", "cus_1"),
        ("cus_1", 7, "metadata", "7"),
        ("cus_1", 7, "stripe_id", "cus_1"),
        ("cus_1", 8, "external_id", "cus_1"),
        ("cus_2", None, "metadata", "99"),
        ("cus_2", 7, "comments", "cus_2"),
    ]


def test_an_empty_world_has_no_links() -> None:
    assert link_table(stripe_frame([]), netsuite_frame([]), PLACEHOLDERS).collect().is_empty()
