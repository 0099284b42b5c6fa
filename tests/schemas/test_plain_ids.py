"""Ids are plain together if each is by itself."""

import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import given

from schemas import plain_ids

IDS = st.none() | st.text(st.sampled_from("aZ09_.:-\n ,=é"), max_size=3) | st.sampled_from(["cus_1", "a-b"])


@given(st.lists(IDS, max_size=6), st.sampled_from([1, 2, 1 << 16]))
def test_ids_are_plain_where_each_is(ids: list[str | None], at_once: int) -> None:
    texts = pl.Series(ids, dtype=pl.String)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain_ids, "_AT_ONCE", at_once)
        is_each = texts.str.contains("^[A-Za-z0-9_][A-Za-z0-9_.:-]*$").all()
        assert plain_ids.are_plain(texts) is is_each
