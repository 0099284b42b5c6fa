"""Files that no declaration can be written from: each is refused in one sentence, and nothing is written."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from pipelines.init.two_files import Said
from pipelines.init.written import from_files
from resources.storage.folders import Folders
from schemas.errors import UserError
from tests.pipelines.init.two_exports import NETSUITE, STRIPE, nobody, write

IN_TWO_WAYS = (
    STRIPE.replace("2026-06-13", "6/5/2026").replace("2026-07-31", "7/6/2026").replace("2026-08-15", "8/7/2026")
)
_DATED = "id,Email,Name,Created (UTC)\ncus_1,ap@acme.example,Acme,{}\n"


def _drawn(separator: str, rule: str, text: str = STRIPE) -> str:
    """A table with a line of dashes under its labels."""
    labels, rows = text.replace(",", f" {separator} ").split("\n", 1)
    return f"{labels}\n{rule * 4}\n{rows}"


CASES: Mapping[str, tuple[str, str | bytes, str]] = {
    "swapped": (NETSUITE, STRIPE, "is a Stripe customer export, not a NetSuite saved search; swap the two files: STR"),
    "the same twice": (STRIPE, STRIPE, r"stripe.csv and .*netsuite.csv are the same file; name the customer export"),
    "two of Stripe": (STRIPE, STRIPE.replace("Acme", "X"), "are both Stripe customer exports; name the saved search"),
    "two of NetSuite": (NETSUITE, NETSUITE.replace("Acme", "X"), "saved search, not a Stripe customer export"),
    "no id": (STRIPE, NETSUITE.replace("7,,", "x,,").replace("Internal ID", "Key"), "no column with NetSuite's Intern"),
    "an id of a spreadsheet": (STRIPE, NETSUITE.replace("8,cus", "8E+00,cus"), "Line 3 of .* has 8E.00, a number that"),
    "a row of totals": (STRIPE, NETSUITE + "Total,,,,,,,\n", "Line 5 of .* is a totals row .*: it has 'Total'"),
    "a result": (STRIPE, "stripe_customer_id,reason\ncus_1,x\n", "netsuite.csv is a result of Tieout, not an export"),
    "an unknown number": (
        STRIPE,
        NETSUITE.replace("Internal ID", "Kundennummer"),
        "no column labelled Internal ID; if 'Kundennummer' is it, and no customer number, say so: COLUMNS='internal",
    ),
    "two candidates": (
        STRIPE,
        NETSUITE.replace("External ID", "Interne ID")
        .replace("7,,", "7,1,")
        .replace("cus_2", "2")
        .replace("9,,", "9,3,"),
        "has several columns that may be NetSuite's Internal ID, 'Internal ID' and 'Interne ID'",
    ),
    "one label twice": (STRIPE, NETSUITE.replace("Comments", "Internal ID"), "2 columns labelled 'Internal ID'; give"),
    "invoices": (
        STRIPE,
        "Internal ID,Document Number,Name,Email,Amount\n7,INV1,Acme,ap@acme.example,10.00\n",
        "netsuite.csv has a column 'Document Number', as a list of transactions has: internal ids in it are those of",
    ),
    "empty": (STRIPE, "", "netsuite.csv is empty; export it again"),
    "only labels": (STRIPE, NETSUITE.partition("\n")[0] + "\n", "has a header and no rows"),
    "title lines": (STRIPE, "Customers of 2026\n\n" + NETSUITE, "with title lines: its column labels are in line 3"),
    "parted by another sign": (
        STRIPE,
        NETSUITE.replace(",", "^"),
        r"netsuite.csv has '\^' between its labels in line 1",
    ),
    "a fixed width": (STRIPE, NETSUITE.replace(",", "    "), "netsuite.csv has blanks between its labels in line 1"),
    "two encodings": (
        STRIPE,
        NETSUITE.replace("Bee", "Bü").encode() + "10,,,,Größe,,Customer,No\n".encode("cp1252"),
        "netsuite.csv is UTF-8 before line 5, and not there: texts of two encodings were joined",
    ),
    "a picture": (STRIPE, b"\x89PNG\r\n\x1a\n\0\0\0", "netsuite.csv is a picture, not CSV; export the list"),
    "a PDF": (STRIPE, b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "netsuite.csv is a PDF, not CSV"),
    "dates in two ways": (IN_TWO_WAYS, NETSUITE, "be told in two ways .*; name the right one: DATES=day_first"),
    "a time without its day": (_DATED.format("15:00.0"), NETSUITE, "no date .*, but a time without its day"),
    "a day without its year": (_DATED.format("11-Nov"), NETSUITE, "no date .*, but a date without its year or its day"),
    "a moment that is none": (
        _DATED.format("9 Uhr").replace("Created (UTC)", "created"),
        NETSUITE,
        "no date .* under 'created', but a date without",
    ),
    "no moment": (
        _DATED.format("").replace("Created (UTC)", "created"),
        NETSUITE,
        "make init: COLUMNS='stripe.created=cre",
    ),
    "two versions": (
        f"<<<<<<< HEAD\n{STRIPE}=======\n{STRIPE}>>>>>>> x\n",
        NETSUITE,
        "begins with a mark of a conflict",
    ),
    "a table of Markdown": (
        _drawn("|", "|-"),
        NETSUITE,
        "stripe.csv is a table as it is drawn for people: its line 2 is",
    ),
    "a table of psql": (
        _drawn("|", "-+-", STRIPE),
        NETSUITE,
        "table as it is drawn for people: its line 2 is made of da",
    ),
    "a table of sqlcmd": (
        STRIPE,
        _drawn(",", "---,---", NETSUITE),
        "netsuite.csv is a table as it is drawn for people",
    ),
    "a table of MySQL": (
        f"+----+----+\n{_drawn('|', '+----+----+')}",
        NETSUITE,
        "drawn for people: its line 1 is made",
    ),
    "no customer": (STRIPE, NETSUITE.replace(",Customer,", ",Lead,"), "by their stage none is a customer"),
}


@pytest.mark.rule("X13")
@pytest.mark.parametrize("case", CASES)
def test_a_file_that_cannot_be_used_is_refused_in_one_sentence(tmp_path: Path, case: str) -> None:
    stripe, netsuite, said = CASES[case]
    with pytest.raises(UserError, match=said) as raised:
        write(tmp_path, stripe, netsuite)
    assert "\n" not in str(raised.value)
    assert not (tmp_path / "pipelines").exists()


def test_an_encoding_that_is_not_clear_is_shown_in_both_readings_and_can_be_named(tmp_path: Path) -> None:
    french = NETSUITE.replace("pays late", "Forêt").encode("cp1252")
    with pytest.raises(
        UserError, match=r"may be cp1252 \('Forêt'\) or cp1250 \('Foręt'\); name the right one: ENCODING"
    ):
        write(tmp_path, netsuite=french)
    assert "encoding: cp1252 # you said so" in write(tmp_path, netsuite=french, encoding="cp1252").file.read_text(
        "utf-8"
    )


@pytest.mark.parametrize(
    ("encoding", "said"), [("nonsense", "There is no encoding 'nonsense'"), ("utf-8", "not utf-8")]
)
def test_an_encoding_that_does_not_fit_is_refused_by_the_word_that_a_person_gave(
    tmp_path: Path, encoding: str, said: str
) -> None:
    with pytest.raises(UserError, match=f"{said}.*ENCODING"):
        write(tmp_path, netsuite=NETSUITE.replace("pays late", "Forêt").encode("cp1252"), encoding=encoding)


@pytest.mark.parametrize("codec", ["mac_roman", "cp850"])
def test_what_a_spreadsheet_saves_for_a_macintosh_or_for_dos_is_not_misread(tmp_path: Path, codec: str) -> None:
    text = NETSUITE.replace("Acme", "Bäckerei").replace("Bee", "Käsehütte").replace("Stage", "Phase")
    written = write(tmp_path, netsuite=text.encode(codec))
    assert f"encoding: {codec} # the usual encodings have signs within its words" in written.file.read_text("utf-8")


def test_the_same_rows_twice_are_the_same_customers(tmp_path: Path) -> None:
    written = write(tmp_path, netsuite=NETSUITE + NETSUITE.partition("\n")[2])
    assert written.recognized.labels["internal_id"] == "Internal ID"
    assert written.recognized.notes == []
    assert "netsuite.csv: 3 NetSuite rows, 2 of them customers." in written.counted


def test_columns_of_one_label_are_not_taken_and_that_is_said(tmp_path: Path) -> None:
    written = write(tmp_path, netsuite=NETSUITE.replace("Phone", "Email"))
    assert "email" not in written.recognized.labels
    [note] = written.recognized.notes
    assert note.startswith("2 columns are labelled 'Email', so that none was taken for email; give each its own label")


def test_a_folder_and_a_file_that_is_not_there_are_refused(tmp_path: Path) -> None:
    (tmp_path / "stripe.csv").write_text(STRIPE)
    (tmp_path / "exports").mkdir()
    folders = Folders(root=tmp_path, home=tmp_path / "home", out=tmp_path / "out")
    for name, said in (
        ("exports", "is a folder; name the files in it"),
        ("gone.csv", "There is no file .*gone.csv; correct its path"),
    ):
        with pytest.raises(UserError, match=said):
            from_files(
                "acme",
                tmp_path / "defs.yaml",
                folders,
                Said(str(tmp_path / "stripe.csv"), str(tmp_path / name)),
                nobody,
            )


@pytest.mark.parametrize("name", ["netsuite.xlsx", "netsuite.csv"])
def test_a_workbook_is_read_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    (tmp_path / "stripe.csv").write_text(STRIPE)
    pl.read_csv(NETSUITE.encode(), infer_schema=False).write_excel(tmp_path / "book.xlsx")
    (tmp_path / "book.xlsx").rename(tmp_path / name)
    folders = Folders(root=tmp_path, home=tmp_path / "home", out=tmp_path / "out")
    said = Said(str(tmp_path / "stripe.csv"), str(tmp_path / name))
    written = from_files("acme", tmp_path / "new" / "defs.yaml", folders, said, nobody)
    assert f"export: {name} # commas between 8 columns; cells of a workbook" in written.file.read_text("utf-8")


def test_a_workbook_of_libreoffice_is_read(tmp_path: Path) -> None:
    rows = "".join(
        f"<table:table-row>{''.join(map(_cell, line.split(',')))}</table:table-row>" for line in NETSUITE.splitlines()
    )
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f"<office:document-content {names}><office:body><office:spreadsheet><table:table table:name='Customers'>{rows}"
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(tmp_path / "book", "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("META-INF/manifest.xml", "<manifest/>")
        book.writestr("content.xml", content)
    written = write(tmp_path, netsuite=(tmp_path / "book").read_bytes())
    assert "netsuite.csv: 3 NetSuite rows, 2 of them customers." in written.counted


def _cell(value: str) -> str:
    return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
