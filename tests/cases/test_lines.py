"""Lines that are no rows: the sentence says what they are, and what to do."""

from pathlib import Path

import pytest

from resources.exports.netsuite import read_netsuite_export
from schemas.errors import ExportError

pytestmark = pytest.mark.rule("X17")

FIELDS = {"internal_id": "Internal ID", "email": "Email", "company_name": "Company Name"}
LABELS = "Internal ID,Email,Company Name\n"


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (
            "1,a@a.example,A\n(1 row)\n",
            "Line 3 .* has 1 of 3 fields: it is a remark below the list, which you can take",
        ),
        ("1;a@a.example;A\n", "Line 2 .* it is separated by ';', and the labels by ','; export it again"),
        ('"1,a@a.example,""A, Inc"""\n', "Line 2 .* it stands in quotes as a whole; export it again"),
        ("<<<<<<< HEAD\n1,a@a.example,A\n", "Line 2 .* it is a mark of a conflict between two versions of the file"),
        ("1,a@a.example,A\n2,b@b.example,B\r3,c@c.example,C\r", "Line 3 .* it holds a line end of an old Mac .CR."),
        ("1\n2,b@b.example,B\n", "Line 2 .* has 1 of 3 fields: a line end stands in an unquoted field, or it was cut"),
    ],
)
def test_a_line_that_is_no_row_is_told_by_its_cause(rows: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "netsuite.csv"
    path.write_bytes((LABELS + rows).encode())
    with pytest.raises(ExportError, match=says):
        read_netsuite_export(path, FIELDS)


@pytest.mark.parametrize("text", [f'"{LABELS.strip()}"\n"1,a@a.example,A"\n', f"sep=;\n{LABELS}1,a@a.example,A\n"])
def test_labels_that_are_one_text_are_told_by_their_cause(text: str, tmp_path: Path) -> None:
    path = tmp_path / "netsuite.csv"
    path.write_text(text)
    with pytest.raises(
        ExportError, match=r"has one column alone, .* in quotes as a whole, or a line `sep=` above them"
    ):
        read_netsuite_export(path, FIELDS)
