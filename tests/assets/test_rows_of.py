"""Rows are found by sorted hashes as a join would find them, whatever the hashes."""

import polars as pl
import pytest

from assets.rows_of import rows_of

AMONG = pl.Series(["d", "a", "c", "b"])


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (["a", "b", "c", "d"], [1, 3, 2, 0]),
        (["x", "c", None, "c"], [None, 2, None, 2]),
        ([], []),
    ],
)
def test_each_id_has_its_row(ids: list[str | None], expected: list[int | None]) -> None:
    assert rows_of(pl.Series(ids, dtype=pl.String), AMONG).to_list() == expected


def test_numbers_have_rows_too() -> None:
    assert rows_of(pl.Series([7, None, 5]), pl.Series([5, 6, 7])).to_list() == [2, None, 0]


def test_nobody_is_in_an_empty_column() -> None:
    assert rows_of(pl.Series(["a"]), AMONG.clear()).to_list() == [None]


def test_ids_of_equal_hashes_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pl.Series, "hash", lambda values: pl.repeat(1, values.len(), dtype=pl.UInt64, eager=True))
    assert rows_of(pl.Series(["a", "x", "d"]), AMONG).to_list() == [1, None, 0]
