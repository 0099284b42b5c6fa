"""The lock of a run: one holder at a time, whose note outlives it."""

from pathlib import Path

from resources.storage.file_lock import run_lock


def test_only_one_holds_it_and_the_other_reads_whose_it_is(tmp_path: Path) -> None:
    path = tmp_path / "locks" / "acme.run.lock"
    with run_lock(path) as first:
        assert (first.is_ours, first.note) == (True, "")
        first.write("the first, at length")
        with run_lock(path) as second:
            assert (second.is_ours, second.note) == (False, "the first, at length")
    with run_lock(path) as third:
        assert (third.is_ours, third.note) == (True, "the first, at length")
        third.write("third")
    with run_lock(path) as fourth:
        assert fourth.note == "third"


def test_it_can_be_read_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "locks" / "acme.run.lock"
    with run_lock(path):
        assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
