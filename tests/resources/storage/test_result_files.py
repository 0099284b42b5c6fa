"""The files of a run replace those of the last one together; imports are split where NetSuite's limit is."""

import csv
import weakref
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.storage.generations import MANIFEST, MadeBy
from resources.storage.result_files import IMPORT_ROWS, ResultFiles
from resources.storage.results import Results

RUN = MadeBy.now("a-run", "a-plan")


def records(count: int) -> pl.DataFrame:
    return pl.DataFrame({"Internal ID": [str(i) for i in range(1, count + 1)]}, {"Internal ID": pl.String})


def import_files(folder: Path, count: int, *, rows: int = IMPORT_ROWS) -> dict[str, list[str]]:
    files = ResultFiles(Results(folder))
    files.for_import("netsuite_import.csv", records(count), rows=rows)
    files.put_in_place(RUN)
    return {path.name: path.read_text().splitlines() for path in sorted(shown(folder))}


def shown(folder: Path) -> list[Path]:
    """The results of a folder, but for what says who made them."""
    return [path for path in folder.iterdir() if path.name != MANIFEST]


@pytest.mark.parametrize(
    ("count", "names"),
    [
        (0, ["netsuite_import.csv"]),
        (25_000, ["netsuite_import.csv"]),
        (25_001, ["netsuite_import.csv", "netsuite_import_2.csv"]),
        (50_001, ["netsuite_import.csv", "netsuite_import_2.csv", "netsuite_import_3.csv"]),
    ],
)
def test_import_is_split_at_what_one_file_may_hold(tmp_path: Path, count: int, names: list[str]) -> None:
    found = import_files(tmp_path / "acme", count)
    assert list(found) == names
    assert [line for lines in found.values() for line in lines[1:]] == [str(i) for i in range(1, count + 1)]
    assert {lines[0] for lines in found.values()} == {"Internal ID"}
    assert max(len(lines) - 1 for lines in found.values()) <= 25_000


@given(st.lists(st.text(alphabet='aé"\n,', max_size=40), max_size=30), st.integers(60, 300), st.integers(1, 9))
def test_no_part_is_larger_than_it_may_be_and_none_is_lost(texts: list[str], size: int, rows: int) -> None:
    frame = pl.DataFrame({"Comments": texts}, {"Comments": pl.String})
    with TemporaryDirectory() as folder:
        files = ResultFiles(Results(Path(folder) / "acme"))
        files.for_import("netsuite_import.csv", frame, rows=rows, size=size)
        files.put_in_place(RUN)
        parts = {name: Path(folder) / "acme" / name for name in files.names}
        read = [list(csv.DictReader(path.read_text("utf-8").splitlines(keepends=True))) for path in parts.values()]
        sizes = [path.stat().st_size for path in parts.values()]
    assert [row["Comments"] for part in read for row in part] == texts
    assert all(len(part) <= rows for part in read)
    assert max(sizes) <= max(size, max((len(text.encode()) * 2 for text in texts), default=0) + 20)


def test_parts_that_a_run_no_longer_has_are_removed(tmp_path: Path) -> None:
    folder = tmp_path / "acme"
    assert len(import_files(folder, 25, rows=10)) == 3
    (folder / "notes.csv").write_text("mine\n")
    assert list(import_files(folder, 15, rows=10)) == ["netsuite_import.csv", "netsuite_import_2.csv", "notes.csv"]


def test_nothing_is_replaced_when_one_file_cannot_be_written(tmp_path: Path) -> None:
    folder = tmp_path / "acme"
    import_files(folder, 25, rows=10)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    files = ResultFiles(Results(folder))
    files.for_import("netsuite_import.csv", records(5), rows=10)
    files.for_people("matches.csv", pl.DataFrame({"ids": [["a list", "has no place in a CSV"]]}))
    with pytest.raises(pl.exceptions.ComputeError):
        files.put_in_place(RUN)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_rows_that_are_made_again_are_made_once_for_all_parts_and_let_go(tmp_path: Path) -> None:
    made: list[weakref.ref[object]] = []

    def again() -> pl.DataFrame:
        frame = records(5)
        made.append(weakref.ref(frame))
        return frame

    files = ResultFiles(Results(tmp_path / "acme"))
    files.for_import("netsuite_import.csv", records(5), again, rows=2)
    assert not made
    files.put_in_place(RUN)
    [frame] = made
    assert frame() is None
    parts = [(tmp_path / "acme" / name).read_text().splitlines()[1:] for name in files.names]
    assert parts == [["1", "2"], ["3", "4"], ["5"]]


def test_files_for_people_are_neutral_and_files_for_imports_literal(tmp_path: Path) -> None:
    frame = pl.DataFrame({"Comments": ["=1"]})
    files = ResultFiles(Results(tmp_path / "out"))
    files.for_people("matches.csv", frame)
    files.for_import("stripe_updates.csv", frame, rows=10)
    files.page("report.html", "<p>é")
    assert files.names == ("matches.csv", "stripe_updates.csv", "report.html")
    assert not (tmp_path / "out").exists()
    files.put_in_place(RUN)
    written = {path.name: path.read_text("utf-8") for path in shown(tmp_path / "out")}
    assert written == {
        "matches.csv": "Comments\n'=1\n",
        "stripe_updates.csv": "Comments\n=1\n",
        "report.html": "<p>é",
    }
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "out").iterdir()} == {0o600}
