"""Rows are found by a table as a join would find them, whatever the hashes."""

import polars as pl
import pytest

from assets import rows_of as module
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


@pytest.mark.parametrize("far", [8, 10**12, -(2**63)])
def test_numbers_have_rows_too_however_far_they_are_apart(far: int) -> None:
    among = pl.Series([5, far, 7])
    assert rows_of(pl.Series([7, None, 5, far, 6, 2**62, -4]), among).to_list() == [2, None, 0, 1, None, None, None]


def test_nobody_is_in_an_empty_column() -> None:
    assert rows_of(pl.Series(["a"]), AMONG.clear()).to_list() == [None]


@pytest.mark.parametrize("places", [1, 2])
def test_ids_of_one_place_are_told_apart(monkeypatch: pytest.MonkeyPatch, places: int) -> None:
    monkeypatch.setattr(module, "_places", lambda ids, _: (ids.hash() % places).cast(pl.UInt32))
    ids = pl.Series(["a", "x", "d", None, "c", "b", "a"])
    assert rows_of(ids, AMONG).to_list() == [1, None, 0, None, 2, 3, 1]


def test_ids_of_equal_hashes_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pl.Series, "hash", lambda values: pl.repeat(1, values.len(), dtype=pl.UInt64, eager=True))
    assert rows_of(pl.Series(["a", "x", "d"]), AMONG).to_list() == [1, None, 0]
