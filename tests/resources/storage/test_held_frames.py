"""Frames that are in memory are those of their files: what was replaced is read anew, and room is bounded."""

from collections import OrderedDict
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from resources.storage import held_frames
from resources.storage.frames import FrameStore
from resources.storage.local import LocalStorage

JUNE = "2024-06-01"


def customers(*ids: str) -> pl.DataFrame:
    frame = pl.DataFrame({"id": ids}, {"id": pl.String})
    return frame.with_columns(created=pl.lit(datetime(2024, 6, 2, tzinfo=UTC)).cast(pl.Datetime("us", "UTC")))


def test_another_store_of_the_same_process_sees_what_replaced_a_frame(tmp_path: Path) -> None:
    one, other = (FrameStore(LocalStorage(tmp_path)) for _ in range(2))
    one.write("matches", customers("cus_1"))
    assert_frame_equal(other.read("matches").collect(), customers("cus_1"))
    other.write("matches", customers("cus_2", "cus_3"))
    assert_frame_equal(one.read("matches").collect(), customers("cus_2", "cus_3"))


def test_months_are_read_anew_when_one_of_them_is_replaced(tmp_path: Path) -> None:
    store = FrameStore(LocalStorage(tmp_path))
    for ids in (("cus_1",), ("cus_2", "cus_3"), ()):
        store.write_months("customers", customers(*ids), [JUNE])
        assert_frame_equal(store.read_months("customers", [JUNE]).collect(), customers(*ids))


def test_months_that_were_just_written_are_held_as_their_files_have_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    july, store = "2024-07-01", FrameStore(LocalStorage(tmp_path))
    months = [JUNE, july, "2024-08-01"]
    created = pl.Series(
        [datetime(2024, month, 3, tzinfo=UTC) for month in (7, 7, 6, 6)], dtype=pl.Datetime("us", "UTC")
    )
    frame = customers("cus_a", "cus_b", "cus_c", "cus_d").with_columns(created=created)
    store.write_months("customers", frame, months)
    assert store.held("customers", months)
    held = store.read_months("customers", months).collect()
    monkeypatch.setattr(held_frames, "_HELD", OrderedDict())
    assert_frame_equal(store.read_months("customers", months).collect(), held)
    assert held.get_column("id").to_list() == ["cus_c", "cus_d", "cus_a", "cus_b"]


def test_the_oldest_frames_go_and_are_read_from_their_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, frames = FrameStore(LocalStorage(tmp_path)), {name: customers(f"cus_{name}") for name in "abc"}
    monkeypatch.setattr(held_frames, "MOST_HELD", 2 * held_frames.size_of(frames["a"]))
    for name, frame in frames.items():
        store.write(name, frame)
    assert sum(map(held_frames.size_of, held_frames._HELD.values())) <= held_frames.MOST_HELD
    for name, frame in frames.items():
        assert_frame_equal(store.read(name).collect(), frame)


def test_a_frame_that_is_too_large_is_not_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_frames, "MOST_HELD", 1)
    store = FrameStore(LocalStorage(tmp_path))
    store.write("matches", customers("cus_1"))
    assert not held_frames._HELD
    assert_frame_equal(store.read("matches").collect(), customers("cus_1"))


def test_a_store_that_may_hold_little_holds_no_more(tmp_path: Path) -> None:
    frame = customers(*(f"cus_{at}" for at in range(100)))
    size = held_frames.size_of(frame)
    assert size >= 100 * (16 + len("cus_0"))
    for most, held in ((size - 1, False), (size, True)):
        store = FrameStore(LocalStorage(tmp_path), most_held=most)
        store.write("matches", frame)
        assert_frame_equal(store.read("matches").collect(), frame)
        assert (frame.height in [each.height for each in held_frames._HELD.values()]) is held


def test_what_is_kept_beside_a_frame_goes_with_it_and_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held_frames, "_HELD", OrderedDict())
    monkeypatch.setattr(held_frames, "_BESIDE", {})
    store = FrameStore(LocalStorage(tmp_path))
    store.write("matches", customers("cus_1", "cus_2"))
    found, made = store.held("matches"), customers("cus_1")
    assert found is not None
    size = held_frames.size_of(made)
    held_frames.keep_beside(found, "too much", made, most=held_frames._SHARE_BESIDE * size - 1)
    held_frames.keep_beside(found, "keys", made, most=held_frames._SHARE_BESIDE * size)
    again = store.held("matches")
    assert again is not None
    assert (again.frame.height, [*again.beside]) == (2, ["keys"])
    store.write("matches", customers("cus_1", "cus_2"))
    anew = store.held("matches")
    assert anew is not None
    assert not anew.beside
    assert store.held("others") is None


def test_what_is_made_of_files_is_made_again_only_when_one_of_them_or_what_is_told_has_changed(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a", "b")]
    for path in paths:
        path.write_text("1")
    made: list[int] = []

    def make() -> pl.DataFrame:
        made.append(len(made))
        return pl.DataFrame({"made": [len(made)]})

    def found(told: str) -> int:
        return int(held_frames.made_of("number", paths, told, make).item())

    assert [found("x"), found("x"), found("y"), found("y"), found("x")] == [1, 1, 2, 2, 3]
    fresh = tmp_path / "fresh"
    fresh.write_text("1")
    fresh.replace(paths[1])
    assert [found("x"), found("x")] == [4, 4]


def test_what_is_made_of_files_is_not_held_where_it_is_more_than_may_be(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    makes = iter(range(3))

    def found(most: int) -> int:
        return int(held_frames.made_of("x", [tmp_path / "a"], None, make, most).item())

    def make() -> pl.DataFrame:
        return pl.DataFrame({"at": [next(makes)]})

    assert [found(7), found(8), found(8)] == [0, 1, 1]
