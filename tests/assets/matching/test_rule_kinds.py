import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.matching import MatchSettings, Rule
from assets.matching.rule_kinds import KINDS
from schemas.declaration.rules import RULE_KINDS, RuleKind
from tests.assets.matching.oracle import Customer, Record, World
from tests.assets.matching.worlds import START, matches_of


def read(kind: RuleKind, text: str | None, country: str | None = None) -> str | None:
    frame = pl.DataFrame({"text": [text]}, schema={"text": pl.String})
    value: str | None = frame.select(KINDS[kind].read(pl.col("text"), country)).item()
    return value


def test_every_kind_that_can_be_declared_is_there() -> None:
    assert tuple(KINDS) == RULE_KINDS


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("+1 (617) 555-0118", None, "+16175550118"),
        ("617-555-0118", "US", "+16175550118"),
        ("617-555-0118", None, None),
        ("030 901820", "DE", "+4930901820"),
        ("+49 30 901820", "US", "+4930901820"),
        ("0049 30 901820", "DE", "+4930901820"),
        ("617-555-0118 ext. 7", "US", "+16175550118;ext=7"),
        ("４１５ ５５５ ２６７１", "US", "+14155552671"),
        ("call me", "US", None),
        ("12", "US", None),
        ("", "US", None),
        (None, "US", None),
    ],
)
def test_a_phone_is_its_number(text: str | None, country: str | None, number: str | None) -> None:
    assert read("phone", text, country) == number


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("ap@Acme.example", "acme.example"),
        ("https://www.acme.example/about?x=1", "acme.example"),
        ("acme.example:8080", "acme.example"),
        ("mailto.acme.example", "mailto.acme.example"),
        ("a@b@acme.example", None),
        ("https://user@acme.example/", "acme.example"),
        ("jane@gmail.com", None),
        ("jane@web.de", None),
        ("acme", None),
        ("jane@", None),
        (None, None),
    ],
)
def test_a_domain_is_a_host_that_is_not_everybodys(text: str | None, host: str | None) -> None:
    assert read("domain", text) == host


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("tax_id", "DE 123.456-789", "DE123456789"),
        ("tax_id", "---", ""),
        ("html", "Alpha &amp; Sons", "Alpha & Sons"),
        ("html", "Ali Baba&apos;s", "Ali Baba's"),
        ("html", "AT&T", "AT&T"),
        ("leaf", "Parent plc : Middle : Child Ltd", "Child Ltd"),
        ("leaf", "Time: Space Ltd", "Time: Space Ltd"),
        ("netsuite_name", "CUST103 Foo Ltd", "Foo Ltd"),
        ("netsuite_name", "Parent : 0007 Foo Ltd", "Foo Ltd"),
        ("netsuite_name", "Foo 2 Ltd", "Foo 2 Ltd"),
        ("text", "Foo", "Foo"),
    ],
)
def test_what_a_kind_reads(kind: RuleKind, text: str, said: str) -> None:
    assert read(kind, text) == said


def test_html_leaves_the_address_of_a_mail_link() -> None:
    assert str(read("html", '<a href="mailto:a@one.example">a@one.example</a>')).strip() == "a@one.example"


def found_by(
    rule: Rule, customers: dict[str, dict[str, str | None]], records: dict[int, dict[str, str | None]]
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


@given(
    st.lists(st.one_of(st.none(), st.text(alphabet="abc;, ", max_size=9)), max_size=9, min_size=1),
    st.sampled_from([";", ";,"]),
)
def test_one_equal_value_of_several_is_enough(texts: list[str | None], separators: str) -> None:
    """As a person would compare: every record of which some value is some value of the customer."""
    theirs = dict(enumerate(reversed(texts), 1))

    def values(text: str | None) -> set[str]:
        for separator in separators:
            text = (text or "").replace(separator, ";")
        return {value.replace(" ", "") for value in (text or "").split(";")} - {""}

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
