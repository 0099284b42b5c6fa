"""Words that depend on a language: understood in all of NetSuite's, and never a silent no (M2)."""

from pathlib import Path
from typing import Any

import pytest

from tests.cases.running import planned, ran

pytestmark = pytest.mark.rule("X17")


@pytest.mark.rule("M2")
@pytest.mark.parametrize("name", ["stage_de", "inactive_ja", "labels_ja"])
def test_words_of_another_language_are_understood(name: str, tmp_path: Path) -> None:
    with planned(name, tmp_path) as case:
        assert case.records == {"A1": 11}


@pytest.mark.rule("M2")
def test_a_status_is_read_by_its_stage(tmp_path: Path) -> None:
    with planned("stage_status", tmp_path) as case:
        assert case.records == {"A1": 11, "B2": 12, "C3": 13, "D4": 14}
        assert set(case.outcomes.values()) == {"matched"}


@pytest.mark.rule("M2")
def test_unknown_stages_are_named_with_their_rows_and_nothing_is_planned(tmp_path: Path) -> None:
    with ran("stage_unknown", tmp_path) as case:
        assert "“Kundschaft” in 1 row, “Kundschaft-Neu” in 1 row" in case.refusal
        assert "nothing in 1 row" in case.refusal
        assert case.site is not None
        assert not case.site.check("netsuite_customers", "known_words").passed
        assert not list(case.site.results.glob("*"))


def test_declared_words_let_the_run_go_on(tmp_path: Path) -> None:
    fields = {"internal_id": "Internal ID", "email": "Email", "stage": "Stage", "inactive": "Inactive"}
    by_email: dict[str, Any] = {"netsuite_fields": fields, "rules": [{"stripe": "email", "netsuite": "email"}]}
    with planned("inactive_word", tmp_path, yes_words=["Inactive"], no_words=["Active"], **by_email) as case:
        assert case.records == {"A1": 11}


@pytest.mark.parametrize(
    ("name", "word"), [("inactive_none", "“- None -” in 1 row"), ("inactive_word", "“Inactive” in 1")]
)
def test_a_column_that_is_no_checkbox_is_refused_by_its_words(name: str, word: str, tmp_path: Path) -> None:
    with ran(name, tmp_path) as case:
        assert word in case.refusal
        assert "yes_words" in case.refusal
