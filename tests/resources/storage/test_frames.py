"""Frames between stages: months apart, replaced all or none, and one sentence for what was never written."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from resources.extracts.on_disk import Disk
from resources.storage import month_rows
from resources.storage.frames import FrameStore
from resources.storage.local import LocalStorage
from schemas.errors import InternalError, UserError

JUNE, JULY, AUGUST = "2024-06-01", "2024-07-01", "2024-08-01"
MONTHS = [JUNE, JULY, AUGUST]


def customers(*created: datetime) -> pl.DataFrame:
    schema = pl.Schema({"id": pl.String(), "created": pl.Datetime("us", "UTC")})
    return pl.DataFrame({"id": [f"cus_{at:%m%d%H%M%S}" for at in created], "created": created}, schema)


LAST_OF_JUNE = datetime(2024, 6, 30, 23, 59, 59, 999_999, UTC)
FIRST_OF_JULY = datetime(2024, 7, 1, tzinfo=UTC)
IN_AUGUST = datetime(2024, 8, 15, 12, tzinfo=UTC)


def ids(frame: pl.LazyFrame) -> list[str]:
    return frame.collect().get_column("id").to_list()


def test_frame_is_replaced_and_counted(tmp_path: Path) -> None:
    store = FrameStore(LocalStorage(tmp_path / "frames"))
    assert store.write("matches", customers(IN_AUGUST, FIRST_OF_JULY)) == 2
    assert store.write("matches", customers(IN_AUGUST).lazy()) == 1
    assert_frame_equal(store.read("matches").collect(), customers(IN_AUGUST))


def test_what_was_said_of_a_frame_is_known_until_it_is_replaced_or_of_another_origin(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path / "frames")
    store = FrameStore(storage)
    assert store.mark("plan", "plan_hash") is None
    store.write("plan", customers(IN_AUGUST), marks={"plan_hash": "abc"})
    assert store.mark("plan", "plan_hash") == "abc"
    assert FrameStore(storage, lambda _: "other").mark("plan", "plan_hash") is None
    store.write("plan", customers(IN_AUGUST))
    assert store.mark("plan", "plan_hash") is None


def test_frame_can_replace_what_it_is_made_from(tmp_path: Path) -> None:
    store = FrameStore(LocalStorage(tmp_path))
    store.write("matches", customers(IN_AUGUST, FIRST_OF_JULY))
    assert store.write("matches", store.read("matches").filter(pl.col("created") == IN_AUGUST)) == 1
    assert_frame_equal(store.read("matches").collect(), customers(IN_AUGUST))


def test_files_are_their_owners_alone(tmp_path: Path) -> None:
    store = FrameStore(LocalStorage(tmp_path / "frames"))
    store.write("matches", customers(IN_AUGUST))
    store.write_months("customers", customers(IN_AUGUST), MONTHS)
    files = [path for path in (tmp_path / "frames").rglob("*") if path.is_file()]
    assert len(files) == 4
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert {path.parent.stat().st_mode & 0o777 for path in files} == {0o700}


@pytest.mark.rule("D3")
def test_months_are_split_at_midnight_utc_and_read_in_their_order(tmp_path: Path) -> None:
    store = FrameStore(LocalStorage(tmp_path))
    store.write_months("customers", customers(IN_AUGUST, FIRST_OF_JULY, LAST_OF_JUNE), MONTHS)
    rows = {month: ids(store.read_months("customers", [month])) for month in MONTHS}
    assert rows == {JUNE: ["cus_0630235959"], JULY: ["cus_0701000000"], AUGUST: ["cus_0815120000"]}
    assert ids(store.read_months("customers", MONTHS)) == ["cus_0630235959", "cus_0701000000", "cus_0815120000"]


def test_month_without_rows_is_there_and_empty(tmp_path: Path) -> None:
    store = FrameStore(LocalStorage(tmp_path))
    store.write_months("customers", customers(IN_AUGUST), MONTHS)
    assert store.months_present("customers", MONTHS) == MONTHS
    assert_frame_equal(store.read_months("customers", [JUNE]).collect(), customers())


def test_loading_a_month_again_replaces_it_and_no_other(tmp_path: Path) -> None:
    store = FrameStore(LocalStorage(tmp_path))
    store.write_months("customers", customers(IN_AUGUST, FIRST_OF_JULY), MONTHS)
    store.write_months("customers", customers(), [JULY])
    assert ids(store.read_months("customers", MONTHS)) == ["cus_0815120000"]


def test_rows_of_a_month_that_was_not_asked_for_replace_nothing(tmp_path: Path) -> None:
    store = FrameStore(LocalStorage(tmp_path))
    store.write_months("customers", customers(FIRST_OF_JULY), [JULY])
    with pytest.raises(InternalError, match=r"rows of months that were not asked for: .*2024-08-01"):
        store.write_months("customers", customers(IN_AUGUST), [JUNE, JULY])
    assert ids(store.read_months("customers", MONTHS)) == ["cus_0701000000"]
    assert store.months_present("customers", MONTHS) == [JULY]


def test_months_are_written_from_the_disk_some_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = customers(IN_AUGUST, FIRST_OF_JULY, LAST_OF_JUNE, IN_AUGUST)
    asked: list[int] = []
    by_month = month_rows._rows_by_month

    def watched(name: str, frame: pl.DataFrame, months: Sequence[str]) -> Mapping[str, pl.Series]:
        asked.append(frame.height)
        return by_month(name, frame, months)

    (tmp_path / "rows").mkdir()
    on_disk = Disk(tmp_path / "rows", 0).kept(rows.lazy())
    stores = [FrameStore(LocalStorage(tmp_path / name), most_held=100) for name in ("memory", "disk")]
    stores[0].write_months("customers", rows, MONTHS)
    monkeypatch.setattr(month_rows, "_rows_by_month", watched)
    stores[1].write_months("customers", on_disk, MONTHS)
    assert len(asked) > 1
    assert sum(asked) == 4
    in_memory, from_disk = (store.files("customers", MONTHS) for store in stores)
    assert [path.read_bytes() for path in from_disk.values()] == [path.read_bytes() for path in in_memory.values()]
    with pytest.raises(InternalError, match=r"rows of months that were not asked for: .*2024-08-01"):
        stores[1].write_months("customers", on_disk, [JUNE, JULY])


def test_missing_months_are_left_out(tmp_path: Path) -> None:
    store = FrameStore(LocalStorage(tmp_path))
    store.write_months("customers", customers(IN_AUGUST), [AUGUST])
    assert store.months_present("customers", MONTHS) == [AUGUST]
    assert ids(store.read_months("customers", MONTHS)) == ["cus_0815120000"]


def test_what_was_never_written_gives_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="matches has not been materialized yet; materialize it first"):
        FrameStore(LocalStorage(tmp_path)).read("matches")
    with pytest.raises(UserError, match="No month of customers has been materialized yet; materialize it first"):
        FrameStore(LocalStorage(tmp_path)).read_months("customers", MONTHS)


def test_months_of_an_older_declaration_give_a_sentence(tmp_path: Path) -> None:
    store = FrameStore(LocalStorage(tmp_path))
    store.write_months("customers", customers(LAST_OF_JUNE, FIRST_OF_JULY), [JUNE, JULY])
    store.write_months("customers", customers(IN_AUGUST).with_columns(crm=pl.lit("7")), [AUGUST])
    with pytest.raises(UserError, match="2 months of customers, 2024-06 the first, were read under an older"):
        store.read_months("customers", MONTHS)


@pytest.mark.rule("D3")
@pytest.mark.parametrize(
    ("read_at", "can_be_missing"),
    [(LAST_OF_JUNE, [JULY, AUGUST]), (FIRST_OF_JULY, [AUGUST]), (IN_AUGUST, [])],
)
def test_months_are_known_only_with_every_month_begun_when_they_were_read(
    tmp_path: Path, read_at: datetime, can_be_missing: list[str]
) -> None:
    """As when a run ended while it put its months in place: a later read must not build on what is left."""
    missing = []
    for month in MONTHS:
        store = FrameStore(LocalStorage(tmp_path / month))
        store.write_months("customers", customers(), [other for other in MONTHS if other != month], read_at)
        missing += [month] if store.known_months("customers", MONTHS) else []
    assert missing == can_be_missing


def at(folder: Path, origin: str) -> FrameStore:
    return FrameStore(LocalStorage(folder), lambda _: origin)


def test_frame_of_another_origin_is_not_there(tmp_path: Path) -> None:
    ours, other = at(tmp_path, "ours"), at(tmp_path, "other")
    other.write("matches", customers(IN_AUGUST), IN_AUGUST)
    assert ours.known("matches") is None
    with pytest.raises(UserError, match="matches was read from another account or with other columns; materialize"):
        ours.read("matches")
    ours.write("matches", customers(FIRST_OF_JULY), IN_AUGUST)
    known = ours.known("matches")
    assert known is not None
    assert_frame_equal(known.frame, customers(FIRST_OF_JULY))


@pytest.mark.rule("D6")
def test_months_of_another_origin_are_missing(tmp_path: Path) -> None:
    ours, other = at(tmp_path, "ours"), at(tmp_path, "other")
    other.write_months("customers", customers(IN_AUGUST, FIRST_OF_JULY, LAST_OF_JUNE), MONTHS, IN_AUGUST)
    with pytest.raises(UserError, match="All months of customers were read from another account or with other"):
        ours.read_months("customers", MONTHS)
    ours.write_months("customers", customers(FIRST_OF_JULY), [JULY], IN_AUGUST)
    assert ours.months_present("customers", MONTHS) == [JULY]
    assert ours.months_elsewhere("customers", MONTHS) == [JUNE, AUGUST]
    assert ids(ours.read_months("customers", MONTHS)) == ["cus_0701000000"]
    assert ours.known_months("customers", MONTHS) is None
    assert other.known_months("customers", MONTHS) is None
