"""What people see of a run is of that run, whole; the last few are kept, and each file says who made it."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from resources.storage.generations import KEPT, MANIFEST, MadeBy, read_manifest
from resources.storage.results import Results
from tests.reconciling import CHECKOUT

DRIVER = ("-m", "tests.resources.storage.killed_publisher")


def writer(text: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_text(text)

    return write


def publish(folder: Path, run: str, **files: str) -> Path:
    writers = {name.replace("_", "."): writer(text) for name, text in files.items()}
    return Results(folder).publish(writers, MadeBy.now(run, f"plan of {run}")).folder


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir() if path.name != MANIFEST}


@pytest.mark.parametrize(
    ("what", "seen"),
    [("nothing", ["", "second"]), ("results", ["first", "second"]), ("folder", ["", "first", "second"])],
)
def test_results_of_two_runs_are_never_seen_together_wherever_the_second_is_killed(
    what: str, seen: list[str], tmp_path: Path
) -> None:
    """A folder of an older version becomes a link in two steps, so that for a moment nothing may be there."""
    given = [sys.executable, *DRIVER, str(tmp_path), what]
    ended = subprocess.run(given, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    assert found["seen"] == seen
    assert found["kills"] > 15


def test_each_file_names_the_run_that_made_it_and_its_checksum(tmp_path: Path) -> None:
    publish(tmp_path / "acme", "one", matches_csv="1", plan_csv="1")
    publish(tmp_path / "acme", "two", outcomes_csv="2")
    manifest = json.loads((tmp_path / "acme" / MANIFEST).read_bytes())
    assert (manifest["declaration"], manifest["run"], manifest["plan"]) == ("acme", "two", "plan of two")
    assert {name: entry["run"] for name, entry in manifest["files"].items()} == {
        "matches.csv": "one",
        "plan.csv": "one",
        "outcomes.csv": "two",
    }
    for name, entry in manifest["files"].items():
        assert entry["sha256"] == hashlib.sha256((tmp_path / "acme" / name).read_bytes()).hexdigest()
    assert contents(tmp_path / "acme") == {"matches.csv": "1", "plan.csv": "1", "outcomes.csv": "2"}


def test_a_reader_of_one_generation_keeps_it_when_the_next_is_there(tmp_path: Path) -> None:
    publish(tmp_path / "acme", "one", matches_csv="1", plan_csv="1")
    before = (tmp_path / "acme").resolve()
    assert publish(tmp_path / "acme", "two", matches_csv="2", plan_csv="2") == (tmp_path / "acme").resolve()
    assert contents(before) == {"matches.csv": "1", "plan.csv": "1"}
    assert contents(tmp_path / "acme") == {"matches.csv": "2", "plan.csv": "2"}


def test_the_last_runs_are_kept_each_in_its_last_state(tmp_path: Path) -> None:
    for run in ("one", "two", "three", "four", "five"):
        publish(tmp_path / "acme", run, matches_csv=run)
        publish(tmp_path / "acme", run, outcomes_csv=run)
        publish(tmp_path / "acme", run, outcomes_csv=f"{run} again")
    kept = [contents(each.folder) for each in Results(tmp_path / "acme").generations()]
    assert [(each["matches.csv"], each["outcomes.csv"]) for each in kept] == [
        ("three", "three again"),
        ("four", "four again"),
        ("five", "five"),  # the one before the newest may be being read
        ("five", "five again"),
    ]
    assert len({each["matches.csv"] for each in kept}) == KEPT


def test_what_a_person_put_there_goes_along(tmp_path: Path) -> None:
    folder = tmp_path / "acme"
    publish(folder, "one", matches_csv="1")
    (folder / "notes.txt").write_text("mine")
    (folder / "letters").mkdir()
    (folder / "letters" / "first.txt").write_text("Dear")
    (folder / "link").symlink_to("nowhere")
    (folder / ".~lock.matches.csv#").write_text("open in a spreadsheet")
    publish(folder, "two", matches_csv="2")
    assert sorted(path.name for path in folder.iterdir()) == ["letters", "link", "matches.csv", "notes.txt", MANIFEST]
    assert (folder / "letters" / "first.txt").read_text() == "Dear"
    assert (folder / "link").readlink() == Path("nowhere")


def test_a_folder_of_an_older_version_loses_nothing_but_what_was_never_finished(tmp_path: Path) -> None:
    folder = tmp_path / "acme"
    folder.mkdir()
    for name in ("outcomes.csv", "matches.csv", "notes.txt", f".matches.csv.{'a' * 32}"):
        (folder / name).write_text("old")
    publish(folder, "one", matches_csv="1")
    assert contents(folder) == {"outcomes.csv": "old", "matches.csv": "1", "notes.txt": "old"}
    before, _ = Results(folder).generations()
    assert contents(before.folder) == {"outcomes.csv": "old", "matches.csv": "old", "notes.txt": "old"}
    assert list(read_manifest(folder)) == ["matches.csv"]


def test_results_are_their_owners_alone_and_the_whole_can_be_moved(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        publish(tmp_path / "out" / "acme", "one", matches_csv="1")
        publish(tmp_path / "out" / "acme", "two", matches_csv="2")
    finally:
        os.umask(before)
    every = [tmp_path / "out", *(tmp_path / "out").rglob("*")]
    assert {path.stat().st_mode & 0o777 for path in every if path.is_dir()} == {0o700}
    assert {path.stat().st_mode & 0o777 for path in every if path.is_file()} == {0o600}
    (tmp_path / "out").rename(tmp_path / "elsewhere")
    assert contents(tmp_path / "elsewhere" / "acme") == {"matches.csv": "2"}


def test_a_file_that_cannot_be_written_leaves_all_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "acme"
    publish(folder, "one", matches_csv="1")
    with pytest.raises(UnicodeEncodeError):
        publish(folder, "two", matches_csv="2", plan_csv="\ud800")
    assert contents(folder) == {"matches.csv": "1"}
    assert len(list((tmp_path / ".runs" / "acme").iterdir())) == 1


def test_a_damaged_manifest_stops_nobody(tmp_path: Path) -> None:
    publish(tmp_path / "acme", "one", matches_csv="1", plan_csv="1")
    (tmp_path / "acme" / MANIFEST).write_text("[]")
    publish(tmp_path / "acme", "two", matches_csv="2")
    assert list(read_manifest(tmp_path / "acme")) == ["matches.csv"]
