"""An object store moves all names at once, on top of what others moved, and keeps what a reader may be fetching."""

import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from resources.storage.bucket import Bucket
from resources.storage.object_store import POINTER, ObjectStorage
from schemas.errors import TransientError
from tests.resources.storage.test_storage import contents, in_memory, put


def machines(tmp_path: Path) -> tuple[ObjectStorage, ObjectStorage]:
    bucket = in_memory()
    return ObjectStorage(bucket, tmp_path / "one"), ObjectStorage(bucket, tmp_path / "other")


def objects(storage: ObjectStorage) -> set[str]:
    return {*storage.bucket.listed()} - {POINTER}


def test_two_machines_write_at_once_and_neither_undoes_the_other(tmp_path: Path) -> None:
    one, other = machines(tmp_path)
    put(one, both="old", mine="old")
    with one.replaced(["mine"]) as [fresh]:
        fresh.write_text("new")
        put(other, both="new", theirs="new")
    assert contents(one) == contents(other) == {"both": "new", "mine": "new", "theirs": "new"}


def test_a_swap_in_between_is_noticed_and_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = machines(tmp_path)
    put(one, first="old")
    read, meanwhile = Bucket.read, ["theirs"]

    def overtaken(bucket: Bucket, key: str) -> tuple[bytes, str | None]:
        found = read(bucket, key)
        if meanwhile:
            put(other, **{meanwhile.pop(): "new"})
        return found

    monkeypatch.setattr(Bucket, "read", overtaken)
    put(one, mine="new")
    assert contents(one) == {"first": "old", "mine": "new", "theirs": "new"}


def test_one_who_is_always_overtaken_gives_up_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, _ = machines(tmp_path)
    put(one, mine="old")
    monkeypatch.setattr(Bucket, "read", lambda *_: (b"", '"stale"'))
    monkeypatch.setattr(time, "sleep", lambda _: None)
    with pytest.raises(TransientError, match=r"Others have written to memory:///kept 20 times in a row while this run"):
        put(one, mine="new")
    monkeypatch.undo()
    assert contents(one) == {"mine": "old"}


def test_what_was_replaced_goes_with_the_next_swap(tmp_path: Path) -> None:
    one, _ = machines(tmp_path)
    put(one, mine="1")
    [path] = one.fetched(["mine"]).values()
    put(one, mine="2")
    assert (path.read_text(), len(objects(one))) == ("1", 2)
    put(one, mine="3")
    assert (path.exists(), len(objects(one))) == (False, 2)
    assert contents(one) == {"mine": "3"}


def test_what_is_removed_is_gone_from_the_store_and_from_this_machine(tmp_path: Path) -> None:
    one, _ = machines(tmp_path)
    put(one, mine="1", other="1")
    put(one, mine="2")
    one.remove(["mine", "other"])
    assert objects(one) == set()
    assert [path for path in one.copies.rglob("*") if path.is_file()] == []


def test_what_was_put_there_or_fetched_is_not_fetched_again(tmp_path: Path) -> None:
    one, other = machines(tmp_path)
    put(one, mine="1")
    assert contents(other) == {"mine": "1"}
    one.bucket.delete(objects(one))
    assert contents(one) == contents(other) == {"mine": "1"}


def test_a_reader_who_comes_too_late_for_an_object_reads_the_one_in_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = machines(tmp_path)
    put(one, mine="1", rest="same")
    get: Callable[[Bucket, dict[str, Path]], list[str]] = Bucket.get

    def late(bucket: Bucket, files: dict[str, Path]) -> list[str]:
        monkeypatch.setattr(Bucket, "get", get)
        for text in "23":
            put(one, mine=text)
        return get(bucket, files)

    monkeypatch.setattr(Bucket, "get", late)
    assert contents(other) == {"mine": "3", "rest": "same"}


def test_an_object_that_somebody_removed_counts_as_not_there(tmp_path: Path) -> None:
    one, other = machines(tmp_path)
    put(one, mine="1")
    one.bucket.delete(objects(one))
    assert contents(other) == {}
    put(other, mine="2")
    assert contents(one) == {"mine": "2"}


def test_the_same_content_does_not_go_up_again_but_says_that_it_was_kept_anew(tmp_path: Path) -> None:
    one, other = machines(tmp_path)
    (tmp_path / "file").write_text("content")
    one.share({"a": tmp_path / "file"})
    [before], [at] = objects(one), one.written(["a"]).values()
    other.share({"a": tmp_path / "file"})
    assert objects(one) == {before}
    assert other.written(["a"])["a"] > at


def test_what_a_killed_writer_has_left_goes_when_it_is_old(tmp_path: Path) -> None:
    one, _ = machines(tmp_path)
    put(one, mine="1")
    (tmp_path / "half").write_text("half")
    one.bucket.put({"objects/half": tmp_path / "half"})
    one.tidy()
    assert len(objects(one)) == 2
    one.tidy(timedelta(0))
    assert len(objects(one)) == 1
    assert contents(one) == {"mine": "1"}


def test_copies_of_what_others_have_replaced_go_from_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = machines(tmp_path)
    put(one, mine="1")
    [old] = other.fetched(["mine"]).values()
    put(one, mine="2")
    assert contents(other) == {"mine": "2"}
    assert old.exists()
    put(one, mine="3")
    later = time.time() + 3601
    monkeypatch.setattr(time, "time", lambda: later)
    assert contents(other) == {"mine": "3"}
    assert not old.exists()


def test_what_is_tidied_at_once_goes_from_this_machine_too(tmp_path: Path) -> None:
    one, other = machines(tmp_path)
    put(one, mine="1")
    assert contents(other) == {"mine": "1"}
    one.remove(["mine"])
    other.tidy()
    assert [path.read_text() for path in other.copies.rglob("*") if path.is_file()] == ["1"]
    other.tidy(timedelta(0))
    assert [path for path in other.copies.rglob("*") if path.is_file()] == []


def test_a_process_that_was_forked_says_that_it_cannot_ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library would hang."""
    one, _ = machines(tmp_path)
    put(one, mine="1")
    pid = os.getpid()
    monkeypatch.setattr(os, "getpid", lambda: pid + 1)
    with pytest.raises(Exception, match="before this process was forked"):
        one.names()
