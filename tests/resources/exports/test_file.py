"""Opening an export: every way in which people's files differ, and every way in which one is no good."""

import re
from pathlib import Path

import pytest

from resources.exports.file import open_export
from resources.exports.header import read_header
from resources.exports.strict import Strict, prove_strict
from schemas.errors import ExportError

GOOD = "id,name,note\n1,Ann,x\n2,Bob,y\n"
ROWS = [("1", "x"), ("2", "y")]


def read(path: Path, content: bytes) -> list[tuple[str | None, ...]]:
    path.write_bytes(content)
    with open_export(path, "id") as export:
        return export.read({"key": "id", "text": "note"}).rows()


def refusal(path: Path, content: bytes) -> str:
    with pytest.raises(ExportError) as caught:
        read(path, content)
    return str(caught.value)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "export.csv"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(GOOD.encode(), id="plain"),
        pytest.param(GOOD.encode("utf-8-sig"), id="BOM"),
        pytest.param(GOOD.replace("\n", "\r\n").encode(), id="CRLF"),
        pytest.param(GOOD.replace(",", ";").encode(), id="semicolons"),
        pytest.param(GOOD.replace(",", "\t").encode(), id="tabs"),
        pytest.param(("sep=;\r\n" + GOOD.replace(",", ";")).encode(), id="separator line of a spreadsheet"),
        pytest.param(("sep=,\n" + GOOD).encode(), id="separator line with a comma"),
        pytest.param(GOOD.encode("utf-16"), id="UTF-16 with BOM"),
        pytest.param(
            GOOD.replace(",", "\t").replace("\n", "\r\n").encode("utf-16"), id="Unicode Text of a spreadsheet"
        ),
        pytest.param(GOOD.rstrip().encode(), id="no newline at the end"),
        pytest.param((GOOD + "\n\r\n").encode(), id="blank lines at the end"),
        pytest.param(GOOD.replace("note\n", "note\n\n").encode(), id="blank line after the header"),
        pytest.param(b'"id","name","note"\n"1","Ann","x"\n"2","Bob","y"\n', id="everything quoted"),
        pytest.param(b"id, name ,note \n1,Ann,x\n2,Bob,y\n", id="spaces around labels"),
    ],
)
def test_reads_the_same_rows_however_they_were_saved(path: Path, content: bytes) -> None:
    assert read(path, content) == ROWS


def test_quoted_fields_keep_newlines_separators_and_quotes(path: Path) -> None:
    assert read(path, b'id,name,note\n1,a,"x\r\n\n""y"", z"\n2,b,""\n') == [("1", 'x\r\n\n"y", z'), ("2", None)]


@pytest.mark.parametrize("block", [1, 2, 3, 7, 64])
def test_what_is_quoted_may_lie_across_blocks(path: Path, block: int) -> None:
    content = 'id,name,note\n1,"é""\n,","x"\n2,"=""b""",y\n'
    assert read(path, content.encode()) == ROWS
    proved = prove_strict(path, read_header(path, path, "id", ""), block)
    assert proved == Strict(rows=2, filled=2, ends_with_newline=True, has_formulas=True)


@pytest.mark.parametrize("block", [1, 2, 3, 7, 64])
@pytest.mark.parametrize("few", [True, False], ids=["few quotes", "many quotes"])
@pytest.mark.parametrize(
    ("note", "is_proved"),
    [
        pytest.param('"x\n\n2,Bob,y"', False, id="a line that is like a row"),
        pytest.param('"x ""\n2,""Bob"",y"', False, id="a line that is like a row, with quotes of its own"),
        pytest.param('"x\n\n2,Bob"', True, id="a line that is too short for one"),
        pytest.param('"x ""\n2"" Bob"', True, id="a line that is too short for one, with quotes of its own"),
    ],
)
def test_lines_in_quotes_are_no_rows_unless_they_may_be(
    path: Path, note: str, block: int, *, few: bool, is_proved: bool
) -> None:
    others = "3,Cy,z\n" * 20 if few else '"3","Cy","z"\n' * 20
    path.write_text(f"id,name,note\n1,Ann,{note}\n{others}")
    proved = prove_strict(path, read_header(path, path, "id", ""), block)
    assert (proved == Strict(rows=21, filled=21, ends_with_newline=True, has_formulas=False)) == is_proved
    assert (proved is None) != is_proved


@pytest.mark.parametrize("block", [1, 7, 64, 1 << 20])
def test_the_line_of_a_wrong_byte_is_that_of_the_file(path: Path, block: int) -> None:
    path.write_bytes(b'id,name,note\n1,a,"x\ny"\n' + b"2,b,z\n" * 100 + b"3,caf\xe9,z\n" + b"4,d,z\n")
    with pytest.raises(ExportError, match="line 104"):
        prove_strict(path, read_header(path, path, "id", ""), block)


def test_a_label_that_nobody_asks_for_may_be_there_twice(path: Path) -> None:
    assert read(path, b"id,name,name,note\n1,a,b,x\n2,a,b,y\n") == ROWS


def test_says_whether_the_last_line_is_ended(path: Path) -> None:
    path.write_text(GOOD.rstrip())
    with open_export(path, "id") as export:
        assert (export.rows, export.ends_with_newline) == (2, False)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(b"cus_1,ann@x.test\ncus_2,bob@x.test\n", "begin with a row of column labels", id="no header"),
        pytest.param(b"\xef\xbb\xbf \n", "is empty", id="BOM and blanks"),
        pytest.param(b"id,name,note\n", "has a header and no rows", id="header only"),
        pytest.param(GOOD.replace("\n", "\r").encode(), "line ends of an old Mac", id="CR only"),
        pytest.param(b"\n<!DOCTYPE html><html>", "a web page", id="HTML"),
        pytest.param(b"%PDF-1.7\n", "a PDF", id="PDF"),
        pytest.param(b"PK\x03\x04\x14\x00", "a zip archive or a workbook that is damaged", id="xlsx"),
        pytest.param(b"\x1f\x8b\x08", "a gzip archive", id="gzip"),
        pytest.param(GOOD.encode("utf-16-le"), "UTF-16 without a byte order mark", id="UTF-16 without BOM"),
        pytest.param("id,name,note\n1,Zoë,x\n".encode("cp1252"), "perhaps Windows-1252", id="Windows-1252"),
        pytest.param((GOOD + "3,Cy").encode(), "Line 4 of .* has 2 of 3 fields: it was cut short", id="cut in mid-row"),
        pytest.param((GOOD + '3,Cy,"a no').encode(), "ends inside a quoted field", id="cut in a quoted field"),
        pytest.param((GOOD + "3,Cy\n4,Di,z\n").encode(), "Line 4 of .* has 2 of 3", id="short row"),
        pytest.param((GOOD + "3,Cy,z,z\n").encode(), "Line 4 of .* has 4 of 3", id="long row"),
        pytest.param(
            b"sep=;\nid;name;note\n1;a;x\n2;b\n", "Line 4 of .* has 2 of 3", id="short row after a separator line"
        ),
        pytest.param(b"id,note,note\n1,a,b\n", "2 columns labelled 'note'; give each its own label", id="label twice"),
        pytest.param(b"id,name\n1,a\n", "no column 'note'; its columns are: id, name", id="missing column"),
    ],
)
def test_refuses_in_one_sentence(path: Path, content: bytes, says: str) -> None:
    message = refusal(path, content)
    assert re.search(says, message), message
    assert "\n" not in message


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"There is no file .*gone\.csv"), open_export(tmp_path / "gone.csv", "id"):
        pass


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="cannot be read"), open_export(tmp_path, "id"):
        pass


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_nul_in_a_cell_far_down_is_told_with_its_place(path: Path, encoding: str) -> None:
    content = GOOD + "3,Cid,z\n" * 2_000 + "4,D\0n,w\n"
    said = refusal(path, content.encode(encoding))
    assert said == (
        f"{path} has a NUL character (near byte 16,032): it is damaged, or a cell holds one, which no text may; remove "
        "it in the source, and export again."
    )
