"""Results in an object store are of one moment, whole, whoever writes at the same time; the last few are kept."""

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from resources.storage.bucket import Bucket
from resources.storage.generations import KEPT, MANIFEST, MadeBy
from resources.storage.result_objects import POINTER, ResultObjects
from resources.storage.results import Results
from tests.resources.storage.test_results import contents as shown
from tests.resources.storage.test_results import writer
from tests.resources.storage.test_storage import in_memory


@pytest.fixture
def results(tmp_path: Path) -> ResultObjects:
    return ResultObjects("acme", in_memory(), tmp_path / "one")


def elsewhere(results: ResultObjects, tmp_path: Path) -> ResultObjects:
    return ResultObjects(results.name, results.bucket, tmp_path / "other")


def publish(results: ResultObjects, run: str, renewed: Mapping[str, str] | None = None, **files: str) -> None:
    writers = {name.replace("_", "."): writer(text) for name, text in files.items()}
    results.publish(writers, MadeBy.now(run, f"plan of {run}"), instead_of=["parts.*"], renewed=renewed or {})


def contents(results: ResultObjects) -> dict[str, str]:
    newest = results.newest()
    assert newest is not None
    return {name: path.read_text() for name, path in newest.fetched(newest.files).items()}


def test_nothing_is_there_at_first(results: ResultObjects) -> None:
    assert (results.newest(), results.generations()) == (None, [])


def test_each_file_names_the_run_that_made_it_and_its_checksum(results: ResultObjects, tmp_path: Path) -> None:
    publish(results, "one", matches_csv="1", plan_csv="1")
    publish(results, "two", outcomes_csv="2")
    newest = elsewhere(results, tmp_path).newest()
    assert newest is not None
    manifest = json.loads(newest.fetched([MANIFEST])[MANIFEST].read_bytes())
    assert (manifest["declaration"], manifest["run"], manifest["plan"]) == ("acme", "two", "plan of two")
    assert manifest["files"] == newest.files
    assert {name: entry["run"] for name, entry in newest.files.items()} == {
        "matches.csv": "one",
        "plan.csv": "one",
        "outcomes.csv": "two",
    }
    for name, path in newest.fetched(newest.files).items():
        assert newest.files[name]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert newest.names == ["matches.csv", "outcomes.csv", "plan.csv", MANIFEST]
    assert contents(results) == {"matches.csv": "1", "plan.csv": "1", "outcomes.csv": "2"}


def overtaken_by(other: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let somebody else be quicker, once, between the look at what is there and the swap."""
    swap, quicker = Bucket.swap, [other]

    def late(bucket: Bucket, key: str, content: bytes, state: str | None) -> bool:
        if key == POINTER and quicker:
            quicker.pop()()
        return swap(bucket, key, content, state)

    monkeypatch.setattr(Bucket, "swap", late)


def test_two_who_publish_at_once_are_both_there(
    results: ResultObjects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(results, "one", matches_csv="1", parts_2="1")
    other = elsewhere(results, tmp_path)
    overtaken_by(lambda: publish(other, "two", matches_csv="2", plan_csv="2"), monkeypatch)
    publish(results, "three", outcomes_csv="3")
    assert contents(results) == {"matches.csv": "2", "plan.csv": "2", "outcomes.csv": "3"}
    assert [each.run for each in results.generations()] == ["one", "two", "three"]


def test_a_page_that_was_renewed_does_not_replace_one_that_was_made_meanwhile(results: ResultObjects) -> None:
    publish(results, "one", report_html="1")
    newest = results.newest()
    assert newest is not None
    renewed = {"report.html": newest.files["report.html"]["sha256"]}
    publish(results, "two", report_html="2")
    publish(results, "one", renewed, report_html="1 renewed", outcomes_csv="1")
    assert contents(results) == {"report.html": "2", "outcomes.csv": "1"}
    newest = results.newest()
    assert newest is not None
    renewed = {"report.html": newest.files["report.html"]["sha256"]}
    publish(results, "two", renewed, report_html="2 renewed")
    assert contents(results) == {"report.html": "2 renewed", "outcomes.csv": "1"}


def test_an_answer_that_is_lost_publishes_once(results: ResultObjects, monkeypatch: pytest.MonkeyPatch) -> None:
    """The swap was made, and whoever asked for it hears that another one was quicker."""
    publish(results, "one", matches_csv="1")
    swap, lost = Bucket.swap, [True]

    def unheard(bucket: Bucket, key: str, content: bytes, state: str | None) -> bool:
        done = swap(bucket, key, content, state)
        return done and not (key == POINTER and lost and lost.pop())

    monkeypatch.setattr(Bucket, "swap", unheard)
    publish(results, "two", matches_csv="2")
    assert not lost
    assert [each.run for each in results.generations()] == ["one", "two"]
    assert contents(results) == {"matches.csv": "2"}


def test_what_did_not_change_does_not_go_up_again(results: ResultObjects) -> None:
    publish(results, "one", matches_csv="same", plan_csv="1")
    publish(results, "two", matches_csv="same", plan_csv="2")
    there = [key for key in results.bucket.listed() if key.endswith("matches.csv")]
    assert len(there) == 1
    assert contents(results) == {"matches.csv": "same", "plan.csv": "2"}


def test_the_last_runs_are_kept_each_in_its_last_state_and_nothing_else(results: ResultObjects) -> None:
    for run in ("one", "two", "three", "four", "five"):
        publish(results, run, matches_csv=run)
        publish(results, run, outcomes_csv=run)
        publish(results, run, outcomes_csv=f"{run} again")
    kept = results.generations()
    found = [{name: path.read_text() for name, path in each.fetched(each.files).items()} for each in kept]
    assert [(each["matches.csv"], each["outcomes.csv"]) for each in found] == [
        ("three", "three again"),
        ("four", "four again"),
        ("five", "five"),
        ("five", "five again"),
    ]
    assert len({each.run for each in kept}) == KEPT
    results.tidy()
    left = {key for each in kept for key in each.record.keys} | {POINTER}
    assert left <= {*results.bucket.listed()}
    assert len({*results.bucket.listed()} - left) <= 2  # of the last swap, for who is reading it


def test_a_file_that_cannot_be_written_leaves_all_as_it_was(results: ResultObjects) -> None:
    publish(results, "one", matches_csv="1")
    before = results.bucket.listed()
    with pytest.raises(UnicodeEncodeError):
        publish(results, "two", matches_csv="2", plan_csv="\ud800")
    assert contents(results) == {"matches.csv": "1"}
    assert results.bucket.listed() == before


def test_erasing_leaves_no_object_and_no_copy(results: ResultObjects) -> None:
    publish(results, "one", matches_csv="1", plan_csv="1")
    publish(results, "two", matches_csv="2")
    assert contents(results)
    assert results.erase() == 3
    assert results.bucket.listed() == [POINTER]
    assert [path for path in results.copies.rglob("*") if path.is_file()] == []
    assert results.generations() == []


def test_results_are_put_into_a_folder_beside_what_a_person_has_there(results: ResultObjects, tmp_path: Path) -> None:
    folder = Results(tmp_path / "out" / "acme")
    publish(results, "one", matches_csv="1", parts_2="1")
    folder.mirror(results.generations()[-1])
    (folder.folder / "mine.txt").write_text("mine")
    publish(results, "two", matches_csv="2")
    newest = results.generations()[-1]
    folder.mirror(newest)
    assert shown(folder.folder) == {"matches.csv": "2", "mine.txt": "mine"}
    mirrored = folder.newest()
    assert mirrored is not None
    assert (mirrored.files, mirrored.run) == (newest.files, "two")
    assert {path.stat().st_mode & 0o777 for path in folder.folder.glob("*.csv")} == {0o600}
