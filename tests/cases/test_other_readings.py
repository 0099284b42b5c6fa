"""Unmatched customers that another reading of the same values would find: a hint with the setting, and no match."""

from pathlib import Path

import polars as pl
import pytest

from assets.matching import MatchSettings, Rule
from assets.matching.other_readings import other_readings
from tests.cases.running import planned, reported

HINTED: dict[str, tuple[list[str], list[str]]] = {
    "mail_html": (["A1", "B2"], ["as: html"]),
    "mail_multi": (["A1"], ['separators: ";,"']),
    "mail_mailto": (["A1"], ["mailto:"]),
    "parent": (["A1", "B2"], ["as: leaf", "as: netsuite_name"]),
    "phone_norm": (["A1"], ["as: phone"]),
    "person": (["A1"], ["first + last"]),
    "homoglyph": (["A1"], ["letters of another script"]),
    "mojibake": (["A1"], ["Windows-1252"]),
    "apos": (["A1"], ["apostrophe"]),
}


@pytest.mark.rule("M3")
@pytest.mark.parametrize("name", HINTED)
def test_a_reading_that_would_find_a_record_is_a_hint_and_no_match(name: str, tmp_path: Path) -> None:
    customers, settings = HINTED[name]
    with reported(name, tmp_path, checks=["other_readings"]) as case:
        assert case.site is not None
        assert all(case.outcomes[customer] == "unmatched" for customer in customers)
        assert case.planned == set()
        ids = str(case.site.check("customer_matches", "other_readings").metadata["ids"].value)
        assert [f"cus_{customer}" for customer in customers] == [each for each in ids.split() if each[4:] in customers]
        said = case.failed_checks["other_readings"]
        assert [setting for setting in settings if setting not in said] == []
        assert "Alpha" not in said
        assert "one.example" not in said
        page = (case.site.results / "report.html").read_text()
        assert page.index("would be found in another reading") < page.index("What waits for a person, and why")


@pytest.mark.parametrize("name", ["rules_differ", "placeholder", "guest_shared_blank", "excel_errors"])
def test_where_no_reading_finds_anybody_there_is_no_hint(name: str, tmp_path: Path) -> None:
    with planned(name, tmp_path, checks=["other_readings"]) as case:
        assert case.result is not None
        told = {each.check_name: each.passed for each in case.result.get_asset_check_evaluations()}
        assert told["other_readings"]


@pytest.mark.rule("M3")
@pytest.mark.parametrize(
    ("ours", "theirs", "reading"),
    [
        ("\uff21lpha", "Alpha", "full_width"),
        ("a@one.example", "a\uff20one.example", "full_width"),
        ("a@one.example", "a\u00ad@one.example", "invisible"),
        ("\u202aa@one.example\u202c", "a@one.example", "invisible"),
        ("\u0410lpha", "Alpha", "look_alikes"),
        ("ISTANBUL GIDA", "\u0131stanbul g\u0131da", "letter_forms"),
        ("\u0130nfo@one.example", "info@one.example", "letter_forms"),
        ("\u0634\u0631\u06a9\u0629", "\u0634\u0631\u0643\u0629", "letter_forms"),
        ("\u9ad9\u6a4b", "\u9ad8\u6a4b", "letter_forms"),
        ("Alpha\u2122", "Alpha", "letter_forms"),
        ("a@one.example", "b@two.example a@one.example", "further_separators"),
        ("a@one.example", "b@two.example\na@one.example", "further_separators"),
        ("a@one.example", "a@one.example / b@two.example", "further_separators"),
        ("a@one.example", "a@one.example.", "address"),
        ("a@one.example", "a@one.example#mailto:a@one.example#", "address"),
        ("a@one.example", "mailto:a@one.example?subject=Hello", "address"),
        ("a@one.example", "a%40one.example", "escaped"),
        ("a@xn--mller-kva.example", "a@m\u00fcller.example", "punycode"),
        ("00123", "123", "number"),
        ("123", "123.0", "number"),
        ("Alpha", "Alpha (1234)", "numbered"),
        ("C1234 Alpha", "Alpha", "numbered"),
        *(
            ("M\u00fcller", theirs, "twice_encoded")
            for theirs in (
                "M\u00c3\u00bcller",
                "M\u00c3\u0192\u00c2\u00bcller",
                "M\u221a\u00baller",
                "M\u251c\u255dller",
            )
        ),
        ("O\u2019Brien", "O\u0092Brien", "twice_encoded"),
        ("\u042e\u043b\u0438\u044f", "\u0420\u00ae\u0420\u00bb\u0420\u0451\u0421\u040f", "twice_encoded"),
        ("Alpha \U0001f600", "Alpha \\ud83d\\ude00", "escaped"),
        *(("M\u00fcller", theirs, "escaped") for theirs in ("M\\u00fcller", "M%C3%BCller")),
        ("Jane Doe", "Doe, Jane", "turned"),
        *(
            ("Child Ltd", theirs, "parts")
            for theirs in (
                *("Parent: Child Ltd", "Parent:Child Ltd", "Parent / Child Ltd", "Parent > Child Ltd"),
                *("Child Ltd (Parent)", "Child Ltd - Berlin", "Child Ltd : Project X", "\u3010\u65e7\u3011Child Ltd"),
            )
        ),
        ("Parent | Child Ltd", "Child Ltd", "parts"),
        ("\uff71\uff78\uff92", "\u30a2\u30af\u30e1", "full_width"),
        ("\u3231Alpha", "(\u682a)Alpha", "full_width"),
    ],
)
def test_signs_that_look_alike_or_like_nothing_are_a_reading(ours: str, theirs: str, reading: str) -> None:
    customers = pl.LazyFrame({"id": ["cus_1"], "name": [ours]})
    flags = {"is_customer": [True], "inactive": [False]}
    records = pl.LazyFrame({"internal_id": [11], "company_name": [theirs], **flags})
    found = other_readings(customers, records, MatchSettings((Rule("name", "company_name"),)))
    assert found.rows() == [("cus_1", reading)]


@pytest.mark.parametrize(
    "theirs",
    ["Child-Ltd", "Foo (Bar)", "Grandchild Ltd : X", "x@child.example: Child Ltd", "Ltd: 7", "Child\\ud83d Ltd"],
)
def test_a_name_is_only_found_whole_between_signs(theirs: str) -> None:
    customers = pl.LazyFrame({"id": ["cus_1"], "name": ["Child Ltd"]})
    records = pl.LazyFrame({"internal_id": [11], "company_name": [theirs], "is_customer": True, "inactive": False})
    assert other_readings(customers, records, MatchSettings((Rule("name", "company_name"),))).is_empty()


def test_a_number_before_a_name_of_netsuite_is_its_own_kind_too() -> None:
    customers = pl.LazyFrame({"id": ["cus_1"], "name": ["Alpha"]})
    records = pl.LazyFrame(
        {"internal_id": [11], "company_name": ["1234 - Alpha"], "is_customer": True, "inactive": False}
    )
    found = other_readings(customers, records, MatchSettings((Rule("name", "company_name"),)))
    assert found.get_column("reading").to_list() == ["netsuite_name", "numbered"]


@pytest.mark.rule("M2")
@pytest.mark.parametrize(
    ("flags", "match_inactive", "readings"),
    [
        ({"is_customer": True, "inactive": True}, False, ["inactive"]),
        ({"is_customer": False, "inactive": False}, False, ["no_customer"]),
        ({"is_customer": False, "inactive": True}, True, ["no_customer"]),
        ({"is_customer": True, "inactive": True}, True, []),
    ],
)
def test_an_equal_record_that_no_rule_may_find_is_a_hint(
    flags: dict[str, bool], *, match_inactive: bool, readings: list[str]
) -> None:
    customers = pl.LazyFrame({"id": ["cus_1", "cus_2"], "name": ["Alpha", None]})
    records = pl.LazyFrame({"internal_id": [11], "company_name": ["ALPHA"]}).with_columns(**flags)
    settings = MatchSettings((Rule("name", "company_name"),), match_inactive=match_inactive)
    assert other_readings(customers, records, settings).rows() == [("cus_1", reading) for reading in readings]
