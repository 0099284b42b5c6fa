"""Proves that the columns say, of any customers and any settings, what plain Python says of each one (C3 to C13)."""

from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given
from hypothesis import settings as run

from assets.mapping.to_netsuite import CreateSettings
from tests.assets.mapping import worlds
from tests.assets.mapping.oracle import records

EXISTING = st.lists(st.none() | st.sampled_from(worlds.NAMES), max_size=2)


@pytest.mark.rule("C11")
@run(max_examples=18)
@given(worlds.rows(), EXISTING, worlds.settings())
def test_columns_say_what_plain_python_says(
    rows: list[dict[str, Any]], existing: list[str | None], settings: CreateSettings
) -> None:
    assert worlds.made(rows, existing, settings) == records(rows, existing, settings)
