"""Proves that the fast order of texts is their order."""

import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import given

from assets.matching.order import order_by_text


@given(st.lists(st.text("ab\x00é", max_size=12) | st.text(max_size=20), unique=True), st.sampled_from(["", "cus_"]))
def test_texts_are_in_the_order_of_their_code_points(texts: list[str], prefix: str) -> None:
    texts = [prefix + text for text in texts]
    order = order_by_text(pl.Series(texts, dtype=pl.String))
    assert [texts[row] for row in order] == sorted(texts)


@pytest.mark.parametrize("count", [0, 1, 2, 1_000])
def test_ids_that_differ_late_are_in_order(count: int) -> None:
    texts = [f"cus_{'x' * (at % 3)}0000000000{at * 7919 % 1009:09d}" for at in range(count)]
    assert [texts[row] for row in order_by_text(pl.Series(texts, dtype=pl.String))] == sorted(texts)
