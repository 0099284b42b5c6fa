"""Which keys stand for no value, and the cheap look at texts before their keys are made."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from assets.keys import folded_expr
from assets.no_values import OF_NOBODY, PLACEHOLDERS, is_no_value, may_be_no_value
from tests.assets.test_no_value_forms import MASKED, NAMES, NOT_FILLED_IN

NONE = PLACEHOLDERS | OF_NOBODY
FORMED = (*MASKED, *NOT_FILLED_IN, *NAMES)
WORDS = st.sampled_from([*sorted(NONE), "4.93012e+11", "+5e+3", "1,2E+10", "acme", "n/a inc", *FORMED])


@st.composite
def spelled(draw: st.DrawFn) -> str:
    """A word in any case, with white space wherever it likes."""
    letters = ((draw(st.booleans()), draw(st.sampled_from(["", "", "", " ", "\t", "\n "]))) for _ in iter(int, 1))
    return "".join((c.upper() if up else c) + space for c, (up, space) in zip(draw(WORDS), letters, strict=False))


@given(st.lists(st.one_of(st.text(), spelled()), min_size=1))
def test_no_text_without_a_value_is_missed(texts: list[str]) -> None:
    text = pl.col("text")
    frame = pl.DataFrame({"text": texts})
    key = folded_expr(text)
    found = frame.select(is_none=is_no_value(key, NONE) | (key == ""), suspect=may_be_no_value(text, NONE))
    assert found.filter(pl.col("is_none") & ~pl.col("suspect")).is_empty()


def test_usual_texts_are_not_suspected() -> None:
    usual = pl.DataFrame({"text": ["ap@acme.example", "Acme Inc", "+1 (617) 555-0118", "Nathan None", "Mr. X"]})
    assert not usual.select(may_be_no_value(pl.col("text"), NONE)).to_series().any()
