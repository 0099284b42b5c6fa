"""Proves that the vectorised key is the key, on every code point this Python knows and on random text (M3, M4, X8)."""

import doctest
import unicodedata
from collections.abc import Callable
from functools import cache

import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import example, given, settings

import assets.keys
from assets.keys import INVISIBLE, WHITE_SPACE, key, key_expr, with_keys

TEXT = st.text(st.characters(exclude_categories=["Cn", "Cs"]))
TIGHT = st.text(st.sampled_from("aAßẞσςΣıIİ\u0307\u0345\u0301\u0323éÉǅꭰᎠ가각ガ゙ \t\xa0\u200b\ufeff\u1680\x1cＡ9ﬀſK"))


@cache
def known() -> list[str]:
    """Every code point of this Python; not while tests are collected, as each process that shares them does that."""
    return [c for c in map(chr, range(0x110000)) if unicodedata.category(c) not in {"Cn", "Cs"}]


def keys_of(texts: list[str | None]) -> list[str | None]:
    frame = pl.LazyFrame({"text": texts}, schema={"text": pl.String})
    return frame.select(key_expr(pl.col("text"))).collect(engine="streaming").to_series().to_list()


def keys_of_rows(texts: list[str | None]) -> list[str | None]:
    rows = pl.LazyFrame({"who": range(len(texts)), "text": texts}, schema={"who": pl.UInt32, "text": pl.String})
    keys = dict(with_keys(rows).select("who", "key").collect(engine="streaming").rows())
    return [keys.get(who) or None for who in range(len(texts))]


def keys_among_finished(texts: list[str | None]) -> list[str | None]:
    return keys_of_rows([*texts, *["a-key"] * 2 * len(texts)])[: len(texts)]


def differing(texts: list[str], way: Callable[[list[str | None]], list[str | None]] = keys_of) -> list[str]:
    return [text for text, got in zip(texts, way([*texts]), strict=True) if got != key(text)]


@pytest.mark.rule("X8")
def test_published_examples_hold() -> None:
    assert doctest.testmod(assets.keys) == (0, 12)


@pytest.mark.rule("M4")
@pytest.mark.parametrize("context", ["{}", "a{}b", "A{}", "Σ{}", "{}Σ", "aΣ{}", " {} ", "\u0301{}\u0323"])
def test_vectorised_equals_definition_on_every_code_point(context: str) -> None:
    assert differing([context.format(c) for c in known()]) == []


@pytest.mark.rule("M4")
def test_keys_of_rows_equal_the_definition_on_every_code_point() -> None:
    assert differing(known(), keys_among_finished) == []


@pytest.mark.parametrize(
    "mark", ["\u0301", "\u0307", "\u0323", "\u0345", "\u3099", "\u0338", "\u200b", "\u1161", "\u11a8"]
)
def test_vectorised_equals_definition_on_letters_with_marks(mark: str) -> None:
    bases = [c for c in known() if c < "\uac00" and unicodedata.category(c)[0] == "L"]
    assert differing([base + mark + "\u0345\u0316" for base in bases]) == []


@pytest.mark.rule("X8")
@settings(max_examples=40)
@given(st.lists(TEXT | TIGHT, max_size=50))
@example(["", " ", "\u200b", "\x1c", "a\nB", "ΟΔΥΣΣΕΥΣ", "ΑΣ.", "\u1fb4\u0345"])
def test_vectorised_equals_definition_on_any_text(texts: list[str]) -> None:
    assert [differing(texts, way) for way in (keys_of, keys_of_rows, keys_among_finished)] == [[], [], []]


@given(TEXT | TIGHT)
def test_equivalent_texts_have_one_key(text: str) -> None:
    assert key(unicodedata.normalize("NFC", text)) == key(unicodedata.normalize("NFD", text)) == key(text)


@pytest.mark.rule("M4")
@given(TIGHT, st.sampled_from(WHITE_SPACE + INVISIBLE), st.integers(0, 5))
def test_white_space_never_matters(text: str, space: str, at: int) -> None:
    spaced = unicodedata.normalize("NFD", text)
    assert key(spaced[:at] + space + spaced[at:]) == key(text)


def test_white_space_is_what_the_engine_strips() -> None:
    stripped = pl.Series([*known()]).str.strip_chars()
    assert "".join(c for c, rest in zip(known(), stripped, strict=True) if rest == "") == WHITE_SPACE


@pytest.mark.rule("M3")
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12345", "company ID 12345"),
        ("00123", "123"),
        ("1e3", "1000"),
        ("José", "Jose"),
        ("ＡＣＭＥ", "ACME"),
        ("a-b", "ab"),
    ],
)
def test_only_whole_equal_values_have_one_key(one: str, other: str) -> None:
    assert keys_of([one]) != keys_of([other])


def test_nothing_has_no_key() -> None:
    nothing = [None, "", " ", "\t\u3000", "\u200b\ufeff\u2060\u180e"]
    assert keys_of(nothing) == keys_of_rows(nothing) == keys_among_finished(nothing) == [None] * 5


def test_a_column_without_values_has_no_keys() -> None:
    assert keys_of([]) == keys_of_rows([]) == []
    assert keys_of([None, None]) == keys_of_rows([None, None]) == [None, None]
