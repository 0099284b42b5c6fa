"""The words of a saved search: what they mean in each of NetSuite's languages, and that none means two things."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.stage_words import STAGE_WORDS, Stage
from schemas.system_words import BUILT_IN, SystemWords, folded
from schemas.yes_no_words import NO_WORDS, YES_WORDS

STAGES = [(word, stage) for stage, words in STAGE_WORDS.items() for word in words]
DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d"


@pytest.mark.rule("M2")
@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("CUSTOMER-Closed Won", "customer"),
        ("CUSTOMER-Renewal", "customer"),
        ("LEAD-Unqualified", "lead"),
        ("KUNDE-Abgeschlossen gewonnen", "customer"),
        ("CLIENT-Gagné", "customer"),
        ("顧客-成約", "customer"),
        ("客户－成交", "customer"),
        ("ＣＵＳＴＯＭＥＲ", "customer"),
        ("MÜŞTERİ", "customer"),
        ("Customer – Closed Won", "customer"),
        ("LEAD-Customer", "lead"),
        ("潜在客户", "prospect"),
        ("ลูกค้าเป้าหมาย", "lead"),
        ("カスタマー", "customer"),
        ("Closed Won", None),
        ("Customers of ours", None),
        ("-Customer", None),
        ("", None),
        (None, None),
    ],
)
def test_the_stage_is_the_text_or_what_stands_before_a_dash(text: str | None, stage: Stage | None) -> None:
    assert BUILT_IN.stage(text) == stage


@given(st.sampled_from(STAGES), st.sampled_from(DASHES), st.text(), st.sampled_from([str.upper, str.lower, str.title]))
def test_a_status_behind_a_dash_changes_no_stage(word: tuple[str, Stage], dash: str, status: str, case: object) -> None:
    text, stage = word
    assert callable(case)
    assert BUILT_IN.stage(f" {case(text)} {dash}{status}") == stage


def test_a_word_with_a_dash_in_it_is_found_before_the_part_that_it_begins_with() -> None:
    words = SystemWords.of({"prospect": ["Kunde-in-spe"]})
    assert words.stage("Kunde-in-spe") == words.stage("KUNDE-IN-SPE-Angebot") == "prospect"
    assert words.stage("Kunde-Angebot") == "customer"


def test_no_word_means_two_stages_or_both_yes_and_no() -> None:
    meanings = {(folded(word), stage) for word, stage in STAGES}
    assert len({word for word, _ in meanings}) == len(meanings)
    assert not set(map(folded, YES_WORDS)) & set(map(folded, NO_WORDS))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        *[(word, True) for word in ("Yes", "Oui", "Ja", "Sí", "Sim", "はい", "T", "true", "X", "EVET", "WAHR")],
        *[(word, False) for word in ("No", "Non", "Nein", "Não", "いいえ", "F", "false", "", None, "HAYIR", "FALSCH")],
        *[(word, None) for word in ("Jo", "Active", "Inactive", "- None -", "Perhaps", "2")],
    ],
)
def test_a_checkbox_is_understood_in_many_languages_and_never_guessed(text: str | None, answer: object) -> None:
    assert BUILT_IN.answer(text) is answer


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)
