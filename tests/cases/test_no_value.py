"""Placeholders and damaged numbers are no values, and a flag that is not understood lets nobody in."""

from pathlib import Path
from typing import Any

import pytest

from tests.cases.running import planned, ran

pytestmark = pytest.mark.rule("X17")


def test_placeholders_match_nobody_and_are_counted_by_column(tmp_path: Path) -> None:
    with ran("placeholder", tmp_path) as case:
        assert set(case.outcomes.values()) == {"unmatched"}
        assert not case.planned
        assert case.site is not None
        check = case.site.check("netsuite_customers", "placeholders")
        counts = "2 placeholders in email, 6 placeholders in company_name"
        assert check.description == f"What counts as empty is in 8 of 8 NetSuite rows: {counts}."
        page = (case.site.results / "report.html").read_text("utf-8")
        assert f'<p class="alert" role="note">{check.description}</p>' in page


def test_what_is_masked_or_was_not_filled_in_matches_nobody_and_names_with_such_signs_do(tmp_path: Path) -> None:
    with planned("masked", tmp_path) as case:
        assert case.records == {"A1": None, "B2": None, "C3": None, "D4": 14, "E5": 15, "F6": 16}
    with planned("masked", tmp_path / "listed", no_value=["N/A"]) as case:
        assert case.records == {"A1": 11, "B2": 12, "C3": 13, "D4": 14, "E5": 15, "F6": 16}


def test_what_stands_for_nothing_can_be_set_and_is_one_list_for_links_too(tmp_path: Path) -> None:
    with ran("meta_forms", tmp_path, no_value=["CUST99", "0099"]) as case:
        is_broken = {"A1", "B2", "C3", "D4", "E5", "H8", "I9"}
        assert {customer for customer, outcome in case.outcomes.items() if outcome == "broken"} == is_broken
        assert case.failed_checks["links_dangling"] == "7 of 7"


NOBODY = (
    *(".", "?", "????", "???? ????", "***", "___", "x", "@", "()", "・", "\u200e", "\u3164", "0", "000", "1234567890"),
    *("Unknown", "(unknown)", "No Name", "TBD", "-None-", "--None--", "not set", "unbekannt", "k. A.", "Sin Nombre"),
    *(
        "desconhecido",
        "n.v.t.",
        "未設定",
        "なし",
        "没有",
        "없음",
        "none@none.com",
        "NoEmail@NoEmail.com",
        "test@test.de",
    ),
    *("555-555-5555", "(000) 000-0000", "123.456.7890", "12-3456789", "XX-XXXXXXX", "+1 111 111 1111", "applied for"),
    *("- Select -", "Bitte wählen", "XXXXX", "[redacted]", "same as above", "{{email}}", "*|FNAME|*", "<Company Name>"),
    *("#FIELD!", "Err:508", "ERROR: Field Not Found", "0000-00-00", "############"),
    *("Guest", "Guest Guest", "TEST", "Test Customer", "deleted@deleted.invalid", "guest@guest.com", "[hidden]"),
    *("- Brak -", "- ללא -", "#FELD!", "#HODNOTA!", "Walk-in Customer", "テスト", "测试"),
    *("GmbH", "Ltd.", "Mr", "Unknown Customer", "DO NOT USE", "none@none.org", "keine@keine.de", "test@gmail.com"),
)


def test_what_people_write_for_nobody_matches_nobody(tmp_path: Path) -> None:
    ours = "".join(f'cus_{at},"{text}",2026-09-03 10:15,,\n' for at, text in enumerate(NOBODY))
    theirs = "".join(f'{at + 1},"{text}"\n' for at, text in enumerate(NOBODY))
    flags = "cus_B,Bee,2026-09-03 10:15,unknown,\ncus_L,Ell,2026-09-03 10:15,,unknown\ncus_S,😀,2026-09-03 10:15,,\n"
    names = ("Select", "Hidden", "Default", "Multiple", "Text", "Guest House", "Test Rite")  # as companies are called
    flags += "".join(f"cus_N{at},{name},2026-09-03 10:15,,\n" for at, name in enumerate(names))
    label = "id,Name,Created (UTC),netsuite_block_integration (metadata),netsuite_customer_id (metadata)\n"
    named = "".join(f"{600 + at},{name}\n" for at, name in enumerate(names))
    (tmp_path / "s.csv").write_text(f"{label}{ours}{flags}")
    (tmp_path / "n.csv").write_text(f"Internal ID,Company Name\n{theirs}500,Bee\n501,Ell\n502,😀\n{named}")
    sides: dict[str, Any] = {
        "stripe": {"export": str(tmp_path / "s.csv")},
        "netsuite": {"export": str(tmp_path / "n.csv")},
    }
    fields = {"internal_id": "Internal ID", "company_name": "Company Name"}
    rules = [{"stripe": "name", "netsuite": "company_name"}]
    with planned("placeholder", tmp_path, **sides, netsuite_fields=fields, rules=rules, links_visible=False) as case:
        found = {customer: record for customer, record in case.records.items() if record}
        assert found == {"S": 502} | {f"N{at}": 600 + at for at in range(len(names))}
        assert (case.outcomes["B"], case.outcomes["L"]) == ("held", "broken")


def test_names_of_nobody_match_nobody(tmp_path: Path) -> None:
    with planned("undef_name", tmp_path) as case:
        assert set(case.outcomes.values()) == {"unmatched"}


def test_errors_of_a_spreadsheet_are_no_keys(tmp_path: Path) -> None:
    with planned("excel_errors", tmp_path) as case:
        assert case.records == {"A1": 13, "B2": None}


def test_a_number_that_a_spreadsheet_damaged_is_no_key_and_is_shown(tmp_path: Path) -> None:
    with ran("phone_sci", tmp_path) as case:
        assert case.records == {"A1": None, "B2": None}
        assert case.site is not None
        said = [case.site.check(f"{side}_customers", "placeholders").description for side in ("stripe", "netsuite")]
        assert said == [
            "What counts as empty is in 2 of 2 Stripe customers: 2 damaged numbers in phone.",
            "What counts as empty is in 1 of 1 NetSuite rows: 1 damaged number in phone.",
        ]


def test_what_netsuite_shows_for_an_empty_field_is_empty(tmp_path: Path) -> None:
    with planned("sid_none", tmp_path) as case:
        assert ("netsuite", "11", "stripe_id", "cus_A1") in case.planned
        assert {row["old_value"] for row in case.rows("plan.csv")} == {None}


@pytest.mark.rule("C2")
def test_every_word_that_is_no_clear_no_holds(tmp_path: Path) -> None:
    with planned("block_yes", tmp_path) as case:
        assert set(case.outcomes.values()) == {"held"}


@pytest.mark.rule("C2")
def test_a_clear_yes_lets_in(tmp_path: Path) -> None:
    with planned("allow_yes", tmp_path) as case:
        assert case.records == {"A1": 11}
