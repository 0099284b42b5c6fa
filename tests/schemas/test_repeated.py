"""What is found by hashes is what comparing the values finds, nulls included."""

import polars as pl
import pytest
from polars.testing import assert_series_equal

from schemas.repeated import are_among, are_distinct, is_repeated

VALUES = [
    pl.Series("v", ["a", None, "b", "a", None, "", "c"]),
    pl.Series("v", ["a", "b"]),
    pl.Series("v", [], dtype=pl.String),
    pl.Series("v", [3, 3, None, 7]),
]


@pytest.mark.parametrize("values", VALUES)
def test_repeated_are_those_that_are_there_again(values: pl.Series) -> None:
    assert_series_equal(is_repeated(values), values.is_duplicated(), check_names=False)
    assert are_distinct(values) is not values.is_duplicated().any()


@pytest.mark.parametrize("values", VALUES)
@pytest.mark.parametrize("some", [slice(0, 0), slice(0, 1), slice(1, 2), slice(None)])
def test_among_are_those_that_are_in(values: pl.Series, some: slice) -> None:
    expected = values.is_in(values[some].implode(), nulls_equal=True)
    assert_series_equal(are_among(values, values[some]), expected, check_names=False)


def test_equal_hashes_of_different_values_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    def always_one(values: pl.Series) -> pl.Series:
        return pl.repeat(1, values.len(), dtype=pl.UInt64, eager=True)

    monkeypatch.setattr(pl.Series, "hash", always_one)
    values = pl.Series(["a", "b", "a"])
    assert is_repeated(values).to_list() == [True, False, True]
    assert are_among(values, pl.Series(["b"])).to_list() == [False, True, False]
