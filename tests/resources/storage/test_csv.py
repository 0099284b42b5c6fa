"""What is written for people is no formula anywhere and reads back exactly; what is written for imports is literal."""

import csv
from pathlib import Path

import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from polars.testing import assert_frame_equal

from resources.storage.csv import as_meant, literal, write_for_people, write_literal

TIGHT = st.text(st.sampled_from("=+-@|'\"\t\r\n ,;a\u00a0\u3000＝＋－＠é\ufeff\x0b"), max_size=6)
CELLS = st.none() | TIGHT | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
STARTS_A_FORMULA = set("=+-@＝＋－＠|")


def frames() -> st.SearchStrategy[pl.DataFrame]:
    rows = st.lists(st.tuples(CELLS, CELLS), max_size=8)
    return rows.map(lambda found: pl.DataFrame(found, {"id": pl.String, "name": pl.String}, orient="row"))


def written(frame: pl.DataFrame, path: Path) -> list[list[str]]:
    write_for_people(frame, path)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frame=frames())
def test_without_apostrophes_text_reads_back_exactly_empty_and_missing_apart(
    frame: pl.DataFrame, tmp_path: Path
) -> None:
    write_for_people(frame, tmp_path / "people.csv")
    cells = pl.read_csv(tmp_path / "people.csv", infer_schema=False, glob=False)
    assert_frame_equal(cells.with_columns(pl.all().str.strip_prefix("'")), frame)
    assert_frame_equal(cells.with_columns(as_meant(pl.all())), frame)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frame=frames())
def test_no_written_cell_begins_like_a_formula(frame: pl.DataFrame, tmp_path: Path) -> None:
    _, *rows = written(frame, tmp_path / "people.csv")
    assert len(rows) == frame.height
    for cell in (cell for row in rows for cell in row):
        assert cell[:1] not in {"\t", "\r", "\n"}
        assert cell.lstrip()[:1] not in STARTS_A_FORMULA


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ('=HYPERLINK("http://a.example")', '\'=HYPERLINK("http://a.example")'),
        ("+1 202-555-0138", "'+1 202-555-0138"),
        ("-x-", "'-x-"),
        (" @SUM(A1)", "' @SUM(A1)"),
        ("|cmd", "'|cmd"),
        ("\t=1", "'\t=1"),
        ("\nlate", "'\nlate"),
        ("'n Boekhouding", "''n Boekhouding"),
        ("Acme = Co", "Acme = Co"),
        ("00123", "00123"),
    ],
)
def test_apostrophe_goes_before_what_a_spreadsheet_might_run_and_nothing_else(
    tmp_path: Path, text: str, cell: str
) -> None:
    assert written(pl.DataFrame({"id": ["1"], "name": [text]}), tmp_path / "people.csv")[1] == ["1", cell]


def test_numbers_and_times_stay_what_they_are(tmp_path: Path) -> None:
    frame = pl.DataFrame({"id": [-7, None], "created": ["2026-01-31 09:30", None]}).with_columns(
        pl.col("created").str.to_datetime("%Y-%m-%d %H:%M", time_zone="UTC")
    )
    assert written(frame, tmp_path / "people.csv")[1:] == [["-7", "2026-01-31 09:30"], ["", ""]]


def test_literal_file_is_utf8_without_mark_in_lines_of_lf(tmp_path: Path) -> None:
    frame = pl.DataFrame({"Internal ID": ["7", "8"], "Comments": ["=late\n'cus_1'", None]})
    write_literal(frame, tmp_path / "import.csv")
    assert (tmp_path / "import.csv").read_bytes() == b"Internal ID,Comments\n7,\"=late\n'cus_1'\"\n8,\n"


@pytest.mark.parametrize("rows", [0, 1, 5])
def test_literal_content_is_that_of_the_file(tmp_path: Path, rows: int) -> None:
    frame = pl.DataFrame({"id": [f'"{row}", é' for row in range(rows)]}, {"id": pl.String})
    write_literal(frame, tmp_path / "whole.csv")
    assert literal(frame) == (tmp_path / "whole.csv").read_bytes()


def test_columns_that_begin_with_a_word_of_ours_are_not_looked_at(tmp_path: Path) -> None:
    frame = pl.DataFrame({"system": ["=1"], "reason": ["=1"]})
    write_for_people(frame, tmp_path / "a.csv", ["system", "no such column"])
    assert (tmp_path / "a.csv").read_text() == "system,reason\n=1,'=1\n"
