"""An object store moves all names at once, on top of what others moved, and keeps what a reader may be fetching."""

from pathlib import Path

import obstore
import pytest
from obstore.store import MemoryStore

from resources.storage.object_store import POINTER, ObjectStorage
from schemas.errors import TransientError
from tests.resources.storage.test_storage import contents, put


def machines(tmp_path: Path) -> tuple[ObjectStorage, ObjectStorage]:
    store = MemoryStore()
    return ObjectStorage(store, tmp_path / "one"), ObjectStorage(store, tmp_path / "other")


def objects(storage: ObjectStorage) -> set[str]:
    return {str(each["path"]) for page in obstore.list(storage.store) for each in page} - {POINTER}


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
    read, meanwhile = ObjectStorage._pointer, ["theirs"]

    def overtaken(storage: ObjectStorage) -> object:
        found = read(storage)
        if storage is one and meanwhile:
            put(other, **{meanwhile.pop(): "new"})
        return found

    monkeypatch.setattr(ObjectStorage, "_pointer", overtaken)
    put(one, mine="new")
    assert contents(one) == {"first": "old", "mine": "new", "theirs": "new"}


def test_one_who_is_always_overtaken_gives_up_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, _ = machines(tmp_path)
    put(one, mine="old")
    pointer, _ = one._pointer()
    monkeypatch.setattr(ObjectStorage, "_pointer", lambda _: (pointer, '"stale"'))
    with pytest.raises(TransientError, match="Others have written to the object store 20 times in a row"):
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


def test_what_was_fetched_is_not_fetched_again(tmp_path: Path) -> None:
    one, _ = machines(tmp_path)
    put(one, mine="1")
    before = contents(one)
    obstore.delete(one.store, list(objects(one)))
    assert contents(one) == before


def test_a_store_that_lost_an_object_gives_a_sentence(tmp_path: Path) -> None:
    one, _ = machines(tmp_path)
    put(one, mine="1")
    obstore.delete(one.store, list(objects(one)))
    with pytest.raises(TransientError, match=r"The object store could not be asked \(FileNotFoundError\): nothing was"):
        one.fetched(["mine"])
