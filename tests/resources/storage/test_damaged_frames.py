"""Frames are a cache: whatever happened to a file, it is noticed, counts as not there, and can be written again."""

from collections.abc import Callable
from pathlib import Path
from shutil import copyfile

import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from polars.testing import assert_frame_equal

from resources.storage.frame_standing import frame_file
from resources.storage.frames import FrameStore
from resources.storage.local import LocalStorage
from schemas.errors import UserError
from tests.resources.storage.test_frames import AUGUST, IN_AUGUST, JULY, JUNE, MONTHS, customers, ids

FRAME = pl.DataFrame({"id": [f"cus_{n}" for n in range(2_000)], "number": range(2_000)})


def flip(path: Path, bit: int) -> None:
    content = bytearray(path.read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-100]),
    "first half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "text": lambda path: path.write_text("id,created\ncus_1,2024-08-15\n"),
    "only its ends": lambda path: path.write_bytes(b"PAR1" + b"\x15" * 60 + b"\x20\x00\x00\x00PAR1"),
    "a flipped bit": lambda path: flip(path, 8 * 20),
    "zeros": lambda path: path.write_bytes(b"\0" * path.stat().st_size),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_frame_is_not_there_until_it_is_written_again(
    damage: Callable[[Path], object], tmp_path: Path
) -> None:
    store = FrameStore(LocalStorage(tmp_path))
    store.write("matches", FRAME, IN_AUGUST)
    damage(tmp_path / frame_file("matches"))
    assert store.is_damaged("matches")
    assert (store.known("matches"), store.moments("matches")) == (None, [None])
    with pytest.raises(UserError, match="matches was damaged on disk; materialize it again"):
        store.read("matches")
    store.write("matches", FRAME, IN_AUGUST)
    assert not store.is_damaged("matches")
    assert_frame_equal(store.read("matches").collect(), FRAME)


@pytest.mark.rule("D4")
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_month_is_missing_until_it_is_read_again(damage: Callable[[Path], object], tmp_path: Path) -> None:
    store = FrameStore(LocalStorage(tmp_path))
    store.write_months("customers", customers(IN_AUGUST), MONTHS, IN_AUGUST)
    damage(tmp_path / frame_file("customers", JULY))
    assert store.months_present("customers", MONTHS) == [JUNE, AUGUST]
    assert store.months_damaged("customers", MONTHS) == [JULY]
    assert store.months_elsewhere("customers", MONTHS) == []
    assert store.known_months("customers", MONTHS) is None
    assert ids(store.read_months("customers", MONTHS)) == ["cus_0815120000"]
    for month in (JUNE, AUGUST):
        damage(tmp_path / frame_file("customers", month))
    with pytest.raises(UserError, match="All months of customers were damaged on disk; materialize them again"):
        store.read_months("customers", MONTHS)
    store.write_months("customers", customers(IN_AUGUST), MONTHS, IN_AUGUST)
    assert store.months_present("customers", MONTHS) == MONTHS


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.floats(0, 1, exclude_max=True))
def test_no_flipped_bit_becomes_another_value(where: float, tmp_path: Path) -> None:
    """Parquet decodes most of them silently; one in the seal itself may leave a frame that is as it was."""
    store, path = FrameStore(LocalStorage(tmp_path)), tmp_path / frame_file("matches")
    whole = tmp_path / "whole"
    if not whole.exists():
        store.write("matches", FRAME)
        copyfile(path, whole)
    copyfile(whole, path)
    flip(path, int(where * path.stat().st_size * 8))
    assert store.is_damaged("matches") or store.read("matches").collect().equals(FRAME)


def test_a_frame_of_an_older_version_has_no_seal_and_is_read(tmp_path: Path) -> None:
    store = FrameStore(LocalStorage(tmp_path))
    FRAME.write_parquet(tmp_path / frame_file("matches"), metadata={"origin": ""})
    assert_frame_equal(store.read("matches").collect(), FRAME)


def test_a_frame_that_may_not_be_read_counts_as_damaged(tmp_path: Path) -> None:
    store = FrameStore(LocalStorage(tmp_path))
    (tmp_path / frame_file("matches")).mkdir()
    assert store.is_damaged("matches")
