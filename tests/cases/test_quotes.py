"""Quotes as people's files have them: every row is read with its own values, or the line is named."""

from pathlib import Path

import pytest

from tests.cases.running import planned

pytestmark = pytest.mark.rule("X17")


@pytest.mark.parametrize("name", ["q_inch", "q_inch_stripe", "q_undoubled"])
def test_a_quote_that_was_not_doubled_swallows_no_row(name: str, tmp_path: Path) -> None:
    with planned(name, tmp_path) as case:
        assert case.records == {"A1": 11, "B2": 12, "C3": 13, "D4": 14}


@pytest.mark.parametrize("name", ["q_after", "eqquote", "ctrl_z"])
def test_what_is_odd_and_has_one_reading_is_read(name: str, tmp_path: Path) -> None:
    with planned(name, tmp_path) as case:
        assert case.records == {"A1": 11}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("q_mid", "Line 2 of {file} can be read in more than one way: a quote in a field is not doubled"),
        ("q_space", "Line 2 of {file} has a blank between a separator and a quote"),
        ("q_backslash", "Line 2 of {file} escapes a quote with a backslash"),
        ("q_backslash2", "Line 2 of {file} escapes a quote with a backslash"),
    ],
)
def test_what_has_two_readings_is_refused_with_its_line(name: str, says: str, tmp_path: Path) -> None:
    with planned(name, tmp_path) as case:
        assert case.refusal.startswith(says.format(file=tmp_path / name / "netsuite.csv"))
