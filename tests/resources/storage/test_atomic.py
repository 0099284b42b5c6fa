"""Files take the old ones' places whole, all or none, and are their owner's alone, even when the writer is killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from resources.storage.atomic import private_folder, replaced, replaced_together

KILLED = """
import os, signal, sys
from pathlib import Path
from resources.storage.atomic import replaced_together

with replaced_together([Path(name) for name in sys.argv[1:]]) as (first, second):
    first.write_text("new")
    second.write_text("half of the n")
    print(first.read_text(), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


@pytest.fixture(autouse=True)
def _ordinary_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_new_files_and_folders_are_their_owners_alone(tmp_path: Path) -> None:
    target = tmp_path / "out" / "acme" / "matches.csv"
    with replaced(target) as fresh:
        assert mode(fresh) == 0o600
        fresh.write_text("new")
    assert contents(target.parent) == {"matches.csv": "new"}
    assert [mode(path) for path in (target, target.parent, target.parent.parent)] == [0o600, 0o700, 0o700]


def test_file_that_others_could_read_becomes_private(tmp_path: Path) -> None:
    target = tmp_path / "matches.csv"
    target.write_text("old")
    target.chmod(0o644)
    with replaced(target) as fresh:
        fresh.write_text("new")
    assert (target.read_text(), mode(target)) == ("new", 0o600)


def test_readers_see_the_old_file_until_all_are_written(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("old")
    with replaced_together([one, other]) as fresh:
        fresh[0].write_text("new")
        assert one.read_text() == "old"
        assert not other.exists()
        fresh[1].write_text("new")
    assert contents(tmp_path) == {"one": "new", "other": "new"}


def test_error_while_writing_leaves_the_old_files_and_nothing_else(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("old")
    with pytest.raises(UnicodeEncodeError), replaced_together([one, other]) as fresh:
        fresh[0].write_text("\ud800", encoding="utf-8")
    assert contents(tmp_path) == {"one": "old"}


def test_place_that_cannot_be_written_leaves_nothing_in_the_others(tmp_path: Path) -> None:
    one, blocked = tmp_path / "one", tmp_path / "file"
    one.write_text("old")
    blocked.write_text("in the way")
    with pytest.raises(FileExistsError), replaced_together([one, blocked / "below"]):
        pytest.fail("there is no such place")
    assert contents(tmp_path) == {"one": "old", "file": "in the way"}


def test_killed_writer_leaves_the_old_files(tmp_path: Path) -> None:
    """Nothing can clean up after SIGKILL, so what was begun stays beside them, private, until the next who writes."""
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("old")
    other.write_text("old")
    ended = subprocess.run([sys.executable, "-c", KILLED, one, other], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (-signal.SIGKILL, "new\n"), ended.stderr
    assert (one.read_text(), other.read_text()) == ("old", "old")
    begun = [path for path in tmp_path.iterdir() if path not in (one, other)]
    assert all(path.name.startswith(".") for path in begun)
    assert {mode(path) for path in begun} == {0o700}
    assert {mode(path) for folder in begun for path in folder.iterdir()} == {0o600}
    with replaced_together([one, other]) as fresh:
        for path in fresh:
            path.write_text("new")
    assert contents(tmp_path) == {"one": "new", "other": "new"}


def test_folder_of_a_person_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert private_folder(tmp_path) == tmp_path
    assert mode(tmp_path) == 0o755
