"""Exports in archives and workbooks: read as the same list would be as CSV, or refused with the true cause."""

import base64
import bz2
import codecs
import gzip
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from resources.exports.netsuite import read_netsuite_export
from schemas.errors import ExportError
from tests.cases.running import CASES, Ran, planned

pytestmark = pytest.mark.rule("X17")

STRIPE = (CASES / "gz" / "stripe.csv.gz").read_bytes()
PLAIN = (CASES / "semicolon" / "stripe.csv").read_bytes()
LABELS = (CASES / "semicolon" / "netsuite.csv").read_text("utf-8").splitlines()[0].replace(";", ",").split(",")
NETSUITE: Sequence[Sequence[object]] = [
    LABELS,
    [11, None, None, 'pays "late"\nsee file', "a@one.example", "Quark", 4930901820, "Customer", False],
    [12, None, None, None, "#N/A", "Beta", None, "Customer", True],
]


def workbook(path: Path, *sheets: Sequence[Sequence[object]]) -> Path:
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        for rows in sheets:
            sheet = book.add_worksheet()
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


def of_netsuite(file: Path, folder: Path) -> Ran:
    with planned("semicolon", folder, netsuite={"export": str(file)}) as case:
        if not case.refusal:
            assert case.records["A1"] is not None
        return case


def with_formula(path: Path, result: str) -> Path:
    """A workbook whose e-mail is a formula with this result, in the file's own form."""
    rows = [list(row) for row in NETSUITE]
    rows[1][4] = '=LOWER("A@ONE.EXAMPLE")'
    made = workbook(path.with_suffix(".plain"), rows)
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"</f><v>0</v></c>", f"</f>{result}</c>".encode()))
    return path


@pytest.mark.parametrize("result", ["", "<v></v>", "<v />"])
def test_a_workbook_with_formulas_that_were_never_computed_is_refused(result: str, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    refusal = of_netsuite(with_formula(tmp_path / "n.xlsx", result), tmp_path / "run").refusal
    assert "has formulas that no program has computed, E2 the first" in refusal


def test_a_formula_is_read_by_its_result(tmp_path: Path) -> None:
    computed = with_formula(tmp_path / "n.xlsx", "<v>7</v>")
    found = read_netsuite_export(computed, {"internal_id": "Internal ID", "email": "Email"}).frame
    assert found.get_column("email").to_list()[0] == "7"


def test_a_gzip_archive_is_read(tmp_path: Path) -> None:
    with planned("gz", tmp_path) as case:
        assert case.records == {"A1": 11}


def test_a_zip_archive_with_one_file_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.writestr("__MACOSX/._stripe.csv", b"litter")
        archive.writestr("export/stripe.csv", PLAIN)
    with planned("semicolon", tmp_path, stripe={"export": str(tmp_path / "export.zip"), "since": "2026-06"}) as case:
        assert case.records == {"A1": 11}


def test_a_workbook_is_read_as_its_values(tmp_path: Path) -> None:
    case = of_netsuite(workbook(tmp_path / "search.xlsx", NETSUITE, []), tmp_path)
    assert case.records == {"A1": 11}
    [comments] = [row for row in case.rows("plan.csv") if row["field"] == "comments"]
    assert comments["old_value"] == 'pays "late"\nsee file'


def test_a_workbook_with_dates_is_read(tmp_path: Path) -> None:
    header = ["id", "Email", "Name", "Created (UTC)"]
    moment = datetime(2026, 9, 3, 10, 15)  # noqa: DTZ001 - a spreadsheet's dates have no time zone
    file = workbook(tmp_path / "stripe.xlsx", [header, ["cus_A1", "a@one.example", "A", moment]])
    with planned("semicolon", tmp_path, stripe={"export": str(file), "since": "2026-06"}) as case:
        assert case.records == {"A1": 11}


XML = """<?xml version="1.0" encoding="utf-8"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="Customers"><Table>
<Row><Cell><Data ss:Type="String">Internal ID</Data></Cell><Cell><Data ss:Type="String">External ID</Data></Cell>
<Cell><Data ss:Type="String">Stripe Customer Id</Data></Cell><Cell><Data ss:Type="String">Comments</Data></Cell>
<Cell><Data ss:Type="String">Email</Data></Cell><Cell><Data ss:Type="String">Company Name</Data></Cell>
<Cell><Data ss:Type="String">Phone</Data></Cell><Cell><Data ss:Type="String">Stage</Data></Cell>
<Cell><Data ss:Type="String">Inactive</Data></Cell></Row>
<Row><Cell><Data ss:Type="Number">11.0</Data></Cell>
<Cell ss:Index="5"><Data ss:Type="String">a@one.example</Data></Cell>
<Cell><Data ss:Type="String">M&#252;ller &amp; &quot;Co&quot;</Data></Cell>
<Cell ss:Index="8"><Data ss:Type="String">Customer</Data></Cell><Cell><Data ss:Type="String">No</Data></Cell></Row>
</Table></Worksheet></Workbook>
"""


def test_the_excel_export_of_netsuite_is_read(tmp_path: Path) -> None:
    (tmp_path / "search.xls").write_text(XML, encoding="utf-8")
    assert of_netsuite(tmp_path / "search.xls", tmp_path).records == {"A1": 11}


@pytest.mark.parametrize(
    ("mark", "codec", "said"),
    [
        *((codecs.BOM_UTF16_LE, "utf-16-le", each) for each in ("utf-16", "utf-8")),
        *((codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"), (b"", "utf-16-le", "UTF-16"), (b"", "utf-16-be", "utf-8")),
        (codecs.BOM_UTF8, "utf-8", "utf-8"),
    ],
)
def test_the_excel_export_of_netsuite_is_read_in_utf_16(mark: bytes, codec: str, said: str, tmp_path: Path) -> None:
    text = XML.replace('encoding="utf-8"', f'encoding="{said}"').replace("M&#252;ller", "Müller 株式会社")
    (tmp_path / "search.xls").write_bytes(mark + text.encode(codec))
    fields = {"internal_id": "Internal ID", "company_name": "Company Name"}
    found = read_netsuite_export(tmp_path / "search.xls", fields).frame
    assert found.select("internal_id", "company_name").rows() == [(11, 'Müller 株式会社 & "Co"')]


def test_cells_behind_a_merged_one_stand_where_a_person_sees_them(tmp_path: Path) -> None:
    merged = '<Cell ss:MergeAcross="2"/><Cell><Data ss:Type="String">a@one.example'
    (tmp_path / "search.xls").write_text(XML.replace('<Cell ss:Index="5"><Data ss:Type="String">a@one.example', merged))
    assert of_netsuite(tmp_path / "search.xls", tmp_path).records == {"A1": 11}


def _two_files(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", PLAIN)
        archive.writestr("b.csv", PLAIN)


REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "a.zip": (_two_files, "is a zip archive of 2 files; unpack it, and name those that are exports"),
    "a.gz": (lambda path: path.write_bytes(STRIPE[:-9]), "is a gzip archive that is damaged or cut"),
    "b.zip": (
        lambda path: path.write_bytes(b"PK\x03\x04 and nothing"),
        "is a zip archive or a workbook that is damaged",
    ),
    "a.xlsx": (lambda path: workbook(path, NETSUITE, NETSUITE), "has 2 sheets with rows, 'Sheet1', 'Sheet2'; keep"),
    "b.xlsx": (lambda path: workbook(path, []), "is a workbook without any rows"),
    "a.xls": (
        lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and nothing"),
        "is a workbook that is",
    ),
    "b.xls": (lambda path: path.write_text(XML[:900]), "is NetSuite's Excel export (an XML file), and it is damaged"),
    "c.xls": (
        lambda path: path.write_text(XML.replace("<Workbook", '<!DOCTYPE x [<!ENTITY a "b">]>\n<Workbook')),
        "is NetSuite's Excel export (an XML file), and it is damaged",
    ),
    "c.gz": (lambda path: path.write_bytes(gzip.compress(b"%PDF-1.7")), "is a PDF, not CSV"),
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_what_cannot_be_unpacked_is_refused_by_its_own_name(name: str, tmp_path: Path) -> None:
    make, said = REFUSED[name]
    make(tmp_path / name)
    refusal = of_netsuite(tmp_path / name, tmp_path).refusal
    assert refusal.startswith(str(tmp_path / name))
    assert said in refusal


def _numbers(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("Index/Document.iwa", "Index/Tables/DataList.iwa", "preview.jpg"):
            archive.writestr(name, b"cells")


def _tar(path: Path) -> None:
    with tarfile.open(path, "w") as archive:
        archive.add(CASES / "glob" / "netsuite.csv")


NO_LISTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "d.gz": (lambda path: path.write_bytes(gzip.compress(STRIPE)), "is an archive in an archive, not CSV; unpack it"),
    "a.bz2": (lambda path: path.write_bytes(bz2.compress(PLAIN)), "is a bzip2 archive, not CSV; unpack it, and name"),
    "a.xz": (lambda path: path.write_bytes(lzma.compress(PLAIN)), "is an xz archive, not CSV; unpack it"),
    "a.7z": (lambda path: path.write_bytes(b"7z\xbc\xaf\x27\x1c\0\4"), "is a 7z archive, not CSV; unpack it"),
    "a.tar": (_tar, "is a tar archive, not CSV"),
    "a.parquet": (lambda path: pl.DataFrame({"a": [1]}).write_parquet(path), "is a Parquet file, not CSV; export the"),
    "a.png": (lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0"), "is a picture, not CSV; export the list"),
    "a.json": (lambda path: path.write_text('[\n  {"Internal ID": 11}]'), "is JSON, not CSV; export the list again"),
    "a.numbers": (_numbers, "is a document of Apple's Numbers, not CSV; export the list again as CSV"),
    "b.csv": (lambda path: path.write_bytes(base64.b64encode(PLAIN)), "is base64, not CSV; decode it, and name the"),
    "c.csv": (lambda path: path.write_bytes(base64.encodebytes(PLAIN)), "is base64, not CSV; decode it"),
    "d.csv": (lambda path: path.write_text("data:text/csv;base64,SWQK"), "is base64, not CSV; decode it"),
    "e.csv": (lambda path: path.write_text('{"a": 1}', "utf-16"), "is JSON, not CSV; export the list"),
    "f.csv": (lambda path: path.write_text("<html>", "utf-16"), "is a web page "),
    "b.xml": (lambda path: path.write_text(XML[:900], "utf-16"), "is NetSuite's Excel export .an XML file., and it"),
    "a.xml": (lambda path: path.write_text('<?xml version="1.0"?><a/>'), "is an XML file, not CSV; export the list"),
    "a.csv": (
        lambda path: path.write_text("version https://git-lfs.github.com/spec/v1\noid 1\n"),
        "is a pointer of Git",
    ),
}


@pytest.mark.parametrize("name", list(NO_LISTS))
def test_what_is_no_list_is_named(name: str, tmp_path: Path) -> None:
    make, said = NO_LISTS[name]
    make(tmp_path / name)
    with pytest.raises(ExportError, match=f"^{tmp_path / name} {said}"):
        read_netsuite_export(tmp_path / name, {"internal_id": "Internal ID"})


def test_a_file_that_only_begins_like_a_workbook_is_refused(tmp_path: Path) -> None:
    with planned("xlsx", tmp_path) as case:
        assert "netsuite.xlsx is a zip archive or a workbook that is damaged or cut; export it again." in case.refusal


def test_what_is_said_of_labels_is_said_of_those_of_a_workbook(tmp_path: Path) -> None:
    with planned("xls_xml", tmp_path) as case:
        assert "CustomerSearch.xls has no column 'External ID'" in case.refusal


@pytest.mark.parametrize("label", ["Internal ID", "InternalID", "InternalIDOfTheCustomerInThisAccountHere"])
def test_a_list_of_one_column_is_no_base64(label: str, tmp_path: Path) -> None:
    (tmp_path / "search.csv").write_text(f"{label}\n11\n12\n")
    found = read_netsuite_export(tmp_path / "search.csv", {"internal_id": label}).frame
    assert found.get_column("internal_id").to_list() == [11, 12]
