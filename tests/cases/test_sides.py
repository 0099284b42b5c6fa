"""What a rule may compare beside two whole fields: any column, several at once, and other readings of a value."""

from pathlib import Path

import pytest

from tests.cases.running import planned

pytestmark = pytest.mark.rule("X17")

BY_MAIL = {"stripe": "email", "netsuite": "email"}
BY_NAME = {"stripe": "name", "netsuite": "company_name"}


@pytest.mark.parametrize("name", ["addr_rule", "tax_rule"])
def test_a_rule_compares_any_column_of_the_export(name: str, tmp_path: Path) -> None:
    with planned(name, tmp_path) as case:
        assert case.records == {"A1": 11}


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    rule = {"stripe": "Address Zip Code", "netsuite": "zip"}
    with planned("addr_rule", tmp_path, rules=[rule]) as case:
        assert "no column 'Address Zip Code', which a rule needs; its columns are: id, Desc" in case.refusal


@pytest.mark.parametrize(
    ("name", "rules", "records"),
    [
        ("mail_multi", [{**BY_MAIL, "separators": '; ,"'}], {"A1": 11, "B2": 12}),
        ("mail_html", [{**BY_MAIL, "as": "html"}, {**BY_NAME, "as": "html"}], {"A1": 11, "B2": 12}),
        ("parent", [{**BY_NAME, "as": "leaf"}], {"A1": 11, "B2": None}),
        ("parent", [{**BY_NAME, "as": "netsuite_name"}], {"A1": 11, "B2": 12}),
        ("person", [{"stripe": "name", "netsuite": "first + last"}], {"A1": 11}),
        ("rules_differ", [{"stripe": ["email", "name"], "netsuite": ["email", "company_name"]}], {"A1": None}),
    ],
)
def test_a_reading_that_the_declaration_chooses_finds_them(
    name: str, rules: list[dict[str, object]], records: dict[str, int | None], tmp_path: Path
) -> None:
    with planned(name, tmp_path, rules=rules) as case:
        assert case.records == records


def test_phones_are_compared_as_numbers_where_the_rule_says_so(tmp_path: Path) -> None:
    rule = {"stripe": "phone", "netsuite": "phone", "as": "phone", "country": "US"}
    with planned("phone_norm", tmp_path, rules=[rule]) as case:
        assert case.outcomes == {"A1": "ambiguous"}
        assert case.rows("matches.csv")[0]["candidate_ids"] == "11 12"
        assert case.rows("matches.csv")[0]["evidence"] == "phone = phone as phone"
