"""Every storage keeps the same promises, and frames and plans are the same in each."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from obstore.store import MemoryStore
from polars.testing import assert_frame_equal

from resources.storage.bucket import Bucket
from resources.storage.frames import FrameStore
from resources.storage.local import LocalStorage
from resources.storage.object_store import ObjectStorage
from resources.storage.plans import PlanStore
from resources.storage.protocol import Storage
from schemas.errors import UserError
from tests.resources.storage.test_frames import AUGUST, IN_AUGUST, JULY, JUNE, MONTHS, customers, ids
from tests.resources.storage.test_plans import plan

STORAGES: dict[str, Callable[[Path], Storage]] = {
    "local": LocalStorage,
    "objects": lambda folder: ObjectStorage(in_memory(), folder),
}


def in_memory() -> Bucket:
    return Bucket("memory://", MemoryStore()).below("kept")


@pytest.fixture(params=STORAGES.values(), ids=list(STORAGES))
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    made: Storage = request.param(tmp_path / "kept")
    return made


def put(storage: Storage, **contents: str) -> None:
    with storage.replaced(list(contents)) as fresh:
        for path, content in zip(fresh, contents.values(), strict=True):
            path.write_text(content)


def contents(storage: Storage) -> dict[str, str]:
    return {name: path.read_text() for name, path in storage.fetched(storage.names()).items()}


def test_nothing_is_there_at_first(storage: Storage) -> None:
    assert (storage.names(), dict(storage.fetched(["one"]))) == ([], {})


def test_contents_are_replaced_together_and_the_others_stay(storage: Storage) -> None:
    put(storage, one="old", other="old", third="stays")
    with storage.replaced(["one", "other"]) as fresh:
        assert [path.read_bytes() for path in fresh] == [b"", b""]
        fresh[0].write_text("new")
        assert contents(storage)["one"] == "old"
        fresh[1].write_text("new")
    assert contents(storage) == {"one": "new", "other": "new", "third": "stays"}


def test_an_error_in_the_body_replaces_nothing(storage: Storage) -> None:
    put(storage, one="old", other="old")
    with pytest.raises(FileNotFoundError), storage.replaced(["one", "other"]) as fresh:
        fresh[0].with_name("nowhere").rename(fresh[1])
    assert contents(storage) == {"one": "old", "other": "old"}


def test_names_are_found_by_how_they_begin(storage: Storage) -> None:
    with storage.replaced(["months/2024-06", "months/2024-07", "matches"]):
        pass
    assert storage.names("months/") == ["months/2024-06", "months/2024-07"]
    assert storage.names() == ["matches", "months/2024-06", "months/2024-07"]


def test_what_is_removed_is_not_there(storage: Storage) -> None:
    put(storage, one="old", other="old")
    storage.remove(["one", "never was"])
    assert contents(storage) == {"other": "old"}


def test_new_contents_are_their_owners_alone(storage: Storage) -> None:
    with storage.replaced(["one"]) as [fresh]:
        assert fresh.stat().st_mode & 0o777 == 0o600
    kept = storage.fetched(["one"])["one"]
    assert (kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_what_is_there_says_since_when_and_where(storage: Storage) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    put(storage, one="old")
    [at] = storage.written(["one", "never was"]).values()
    assert before < at < datetime.now(UTC) + timedelta(seconds=1)
    assert "one" in storage.address("one")


def test_tidying_leaves_what_is_there(storage: Storage) -> None:
    put(storage, one="old")
    storage.tidy(timedelta(0))
    assert contents(storage) == {"one": "old"}


def test_frames_are_kept_in_it(storage: Storage) -> None:
    store = FrameStore(storage)
    with pytest.raises(UserError, match="matches has not been materialized yet"):
        store.read("matches")
    assert store.write("matches", customers(IN_AUGUST, datetime(2024, 7, 1, tzinfo=UTC)), IN_AUGUST) == 2
    assert store.write("matches", store.read("matches").filter(pl.col("created") == IN_AUGUST), IN_AUGUST) == 1
    known = store.known("matches")
    assert known is not None
    assert_frame_equal(known.frame, customers(IN_AUGUST))
    store.write_months("customers", customers(IN_AUGUST), [JULY, AUGUST], IN_AUGUST)
    assert store.months_present("customers", MONTHS) == [JULY, AUGUST]
    assert ids(store.read_months("customers", MONTHS)) == ["cus_0815120000"]
    assert store.known_months("customers", MONTHS) is None
    elsewhere = FrameStore(storage, lambda _: "other")
    assert elsewhere.months_elsewhere("customers", [JUNE, *MONTHS[1:]]) == [JULY, AUGUST]


def test_plans_are_kept_in_it(storage: Storage) -> None:
    store = PlanStore(storage)
    assert not store.holds("0" * 64)
    digest = store.keep(plan())
    assert store.holds(digest)
    assert store.keep(plan()) == digest
    assert storage.names() == [f"{digest}.csv"]
    assert_frame_equal(store.read(digest), plan())


def test_a_file_is_shared_under_a_further_name_and_outlives_its_first(storage: Storage, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_text("one")
    second.write_text("two")
    storage.share({"objects/a": first, "b": second})
    storage.share({"objects/a": second, "b": second})
    first.unlink()
    second.unlink()
    assert contents(storage) == {"objects/a": "two", "b": "two"}
