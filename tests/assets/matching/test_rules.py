"""What a rule compares: several values, fields or columns, one side alone; and rules and kinds of anybody's."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.matching import MatchSettings, Rule
from assets.matching.match_rule import Found, MatchRule, Side
from schemas.rule_kinds import AS_IT_IS, RuleKind
from tests.assets.matching.oracle import Customer, Record, World
from tests.assets.matching.worlds import START, matches_of


def found_by(
    rule: MatchRule, customers: dict[str, dict[str, str | None]], records: dict[int, dict[str, str | None]]
) -> dict[str, tuple[str, str | None]]:
    """Return the outcome and the candidates of each customer under one rule."""
    world = World(
        [Customer(name, START, fields) for name, fields in customers.items()],
        [Record(number, fields=fields) for number, fields in records.items()],
        {},
        MatchSettings((rule,)),
    )
    rows = matches_of(world).iter_rows(named=True)
    return {row["stripe_customer_id"]: (row["outcome"], row["candidate_ids"]) for row in rows}


_SEVERAL = st.none() | st.text(alphabet="abc;, ", max_size=9)


@settings(max_examples=30)
@given(
    st.lists(_SEVERAL, min_size=1, max_size=3) | st.lists(_SEVERAL, min_size=8, max_size=16),
    st.sampled_from([";", ";,"]),
)
def test_one_equal_value_of_several_is_enough(texts: list[str | None], separators: str) -> None:
    """As a person would compare: every record of which some value is some value of the customer."""
    theirs = dict(enumerate(reversed(texts), 1))

    def values(text: str | None) -> set[str]:
        for separator in separators:
            text = (text or "").replace(separator, ";")
        return {value.replace(" ", "") for value in (text or "").split(";")} - {"", *MatchSettings(()).no_key}

    def wanted(text: str | None) -> tuple[str, str | None]:
        ids = [str(number) for number, other in theirs.items() if values(text) & values(other)]
        outcome = "unmatched" if not ids else "matched" if len(ids) == 1 else "ambiguous"
        return outcome, " ".join(ids) or None

    found = found_by(
        Rule("email", "email", separators=separators),
        {f"cus_{at}": {"email": text} for at, text in enumerate(texts)},
        {number: {"email": text} for number, text in theirs.items()},
    )
    assert found == {f"cus_{at}": wanted(text) for at, text in enumerate(texts)}


def test_a_pair_of_fields_matches_where_both_are_equal() -> None:
    found = found_by(
        Rule(("name", "email"), ("company_name", "email")),
        {
            "cus_1": {"name": "Acme", "email": "1"},
            "cus_2": {"name": "Acme", "email": "2"},
            "cus_3": {"name": "Acme"},
            "cus_4": {"name": "Acme1"},
            "cus_5": {"name": "Acme", "email": "5"},
        },
        {
            1: {"company_name": "ACME", "email": "1"},
            2: {"company_name": "acme ", "email": "2"},
            3: {"company_name": "acme"},
        },
    )
    nobody = ("unmatched", None)
    assert found == {
        "cus_1": ("matched", "1"), "cus_2": ("matched", "2"), "cus_3": nobody, "cus_4": nobody, "cus_5": nobody
    }  # fmt: skip


def test_two_columns_can_be_read_as_one_text() -> None:
    found = found_by(
        Rule("name", "company_name + crm"),
        {"cus_1": {"name": "Jane Doe"}, "cus_2": {"name": "Doe"}, "cus_3": {"name": None}},
        {1: {"company_name": "Jane", "crm": "Doe"}, 2: {"crm": "Doe"}, 3: {}},
    )
    assert found == {"cus_1": ("matched", "1"), "cus_2": ("matched", "2"), "cus_3": ("unmatched", None)}


def test_a_leaf_is_looked_for_in_netsuite_alone() -> None:
    found = found_by(
        Rule("name", "company_name", "leaf"),
        {"cus_1": {"name": "Child Ltd"}, "cus_2": {"name": "Parent : Child Ltd"}},
        {1: {"company_name": "Parent : Child Ltd"}},
    )
    assert found == {"cus_1": ("matched", "1"), "cus_2": ("unmatched", None)}


class Reversed:
    """A kind of nobody's: NetSuite has the text from its end."""

    name, side, says, takes_country, trait = "reversed", "netsuite", "from its end", False, None

    def read(self, column: pl.Expr, _: str | None, /) -> pl.Expr:
        return column.str.reverse()


class Beginning:
    """A rule of nobody's: the value of the customer begins with that of the record."""

    says, is_by_one_key = "begins so", False

    def __init__(self, kind: RuleKind = AS_IT_IS) -> None:
        self.stripe_side, self.netsuite_side = Side(("name",)), Side(("company_name",), kind)

    def __str__(self) -> str:
        return "name begins as company_name"

    def find(self, customers: pl.DataFrame, records: pl.DataFrame, /) -> Found:
        pairs = customers.join(records, how="cross").filter(pl.col("key").str.starts_with(pl.col("key_right")))
        groups = pl.DataFrame(schema={"candidates": pl.UInt32, "lowest": pl.Int64, "shown": pl.List(pl.Int64)})
        return Found(
            pairs.select("position", "record"), pairs.clear().select("position", group=pl.lit(0, pl.UInt32)), groups
        )


@pytest.mark.parametrize(("kind", "theirs"), [(AS_IT_IS, "Acme"), (Reversed(), "emcA")])
def test_another_rule_and_another_kind_are_asked_like_ours(kind: RuleKind, theirs: str) -> None:
    rule = Beginning(kind)
    found = found_by(rule, {"cus_1": {"name": "Acme Ltd"}, "cus_2": {"name": "Ltd"}}, {1: {"company_name": theirs}})
    assert found == {"cus_1": ("matched", "1"), "cus_2": ("unmatched", None)}
