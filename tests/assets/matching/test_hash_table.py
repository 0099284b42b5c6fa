"""Proves that a look-up of hashes loses nobody, however many rows want one slot of the table."""

import hypothesis.strategies as st
import polars as pl
from hypothesis import given

from assets.matching.hash_table import may_be_among, meet

SLOT = 2**40
"""Far above the bits that name a slot: multiples of it share one."""
HASHES = st.lists(st.sampled_from([0, 1, 2, 2**31, SLOT, SLOT + 1, 2 * SLOT, 2 * SLOT + 1, 2**64 - 1]), max_size=12)


def series(hashes: list[int]) -> pl.Series:
    return pl.Series(hashes, dtype=pl.UInt64)


@given(HASHES, HASHES)
def test_a_hash_is_found_unless_no_row_of_it_has_a_slot(asked: list[int], known: list[int]) -> None:
    met = meet(series(asked), series(known))
    without_slot = {known[row] for row in met.without_slot}
    for wanted, found, is_found in zip(asked, met.found, met.is_found, strict=True):
        if wanted in known and wanted not in without_slot:
            assert is_found
            assert known[found] == wanted


@given(HASHES)
def test_every_row_holds_its_slot_or_another_one_of_its_hash_does_or_it_has_none(known: list[int]) -> None:
    met = meet(series(known), series(known))
    assert met.is_found.all()
    assert [known[row] for row in met.twins] == [known[row] for row in met.holders]
    holders = {*met.found}
    assert {*met.holders} <= holders
    assert sorted([*holders, *met.twins, *met.without_slot]) == list(range(len(known)))
    assert not {known[row] for row in met.without_slot} & {known[row] for row in holders}


@given(HASHES, HASHES)
def test_what_is_among_some_may_be(hashes: list[int], some: list[int]) -> None:
    may_be = may_be_among(series(hashes), series(some))
    assert all(said for wanted, said in zip(hashes, may_be, strict=True) if wanted in some)


def test_what_has_a_slot_of_nobody_is_not_among_them() -> None:
    assert may_be_among(series([1 << 27, 2 << 27, 3 << 27]), series([2 << 27])).to_list() == [False, True, False]
