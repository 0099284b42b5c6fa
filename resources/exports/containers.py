"""What an export may be wrapped in: a gzip or zip archive, an Excel workbook, NetSuite's "Excel" export (an XML file).

Each gives one delimited text, as the same list would be exported as CSV; what it says is read elsewhere. A cell of a
workbook becomes the text of its value, not of its format: a workbook shows `1,001` for 1001.
"""

import gzip
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import polars as pl

from resources.exports.xml_workbook import is_xml_workbook, write_xml_workbook
from resources.storage.disk import disk_in_words
from schemas.errors import ExportError

if TYPE_CHECKING:
    import fastexcel

_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = b"PK\x03\x04"
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
_OF_WORKBOOKS: Final = ("xl/", "_rels/", "[Content_Types].xml", "content.xml")  # the last: of LibreOffice
_OF_NUMBERS: Final = (".iwa", "Index.zip")
_MOST_BYTES: Final = 1 << 33  # unpacked: a thousand bytes of gzip can hold a terabyte
_BLOCK: Final = 1 << 20


@dataclass(frozen=True)
class Unpacked:
    """The delimited text of a file.

    Attributes:
        path: the file itself, or a private copy of what is packed into it.
        is_sheet: whether it was made of the cells of a workbook, and so is UTF-8 whatever else is said.
    """

    path: Path
    is_sheet: bool = False


def unpack(source: Path, scratch: Path, held: Path | None = None) -> Unpacked:
    """The delimited text in a file: the file itself, or a private copy in `scratch` of what is packed into it.

    Args:
        source: the file that the person named, for messages.
        scratch: a private folder.
        held: where its bytes are, if not there.

    Raises:
        ExportError: an archive is damaged or holds several files, or a workbook several sheets with rows.
    """
    held = held or source
    with held.open("rb") as file:
        head = file.read(4096)
    with disk_in_words(scratch):
        if head.startswith(_GZIP):
            return Unpacked(_from_gzip(held, source, scratch / "unpacked.csv"))
        if head.startswith(_ZIP):
            return _from_zip(held, source, scratch)
        if head.startswith(_OLD_EXCEL):
            return _from_workbook(held, source, scratch / "sheet.csv")
        if is_xml_workbook(head):
            write_xml_workbook(held, source, scratch / "sheet.csv")
            return Unpacked(scratch / "sheet.csv", is_sheet=True)
    return Unpacked(held)


def _from_gzip(held: Path, source: Path, target: Path) -> Path:
    try:
        with gzip.open(held, "rb") as packed:
            _copy(packed, target, source)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise ExportError(f"{source} is a gzip archive that is damaged or cut; export it again.") from None
    return target


def _from_zip(held: Path, source: Path, scratch: Path) -> Unpacked:
    try:
        with zipfile.ZipFile(held) as archive:
            if any(name.startswith(_OF_WORKBOOKS) for name in archive.namelist()):
                return _from_workbook(held, source, scratch / "sheet.csv")
            if any(name.endswith(_OF_NUMBERS) for name in archive.namelist()):
                raise ExportError(f"{source} is a document of Apple's Numbers, not CSV; export the list again as CSV.")
            files = [info for info in archive.infolist() if not info.is_dir() and not _is_litter(info.filename)]
            if len(files) != 1:
                raise ExportError(
                    f"{source} is a zip archive of {len(files):,} files; unpack it, and name those that are exports."
                )
            target = scratch / f"unpacked{Path(files[0].filename).suffix}"
            with archive.open(files[0]) as packed:
                _copy(packed, target, source)
    except (zipfile.BadZipFile, EOFError, zlib.error):
        raise ExportError(f"{source} is a zip archive or a workbook that is damaged or cut; export it again.") from None
    except (RuntimeError, NotImplementedError):
        raise ExportError(f"{source} is a zip archive with a password, or in a rare form; unpack it.") from None
    return unpack(source, _folder(scratch, "inner"), target)


def _is_litter(name: str) -> bool:
    return name.startswith("__MACOSX/") or Path(name).name in {".DS_Store", "Thumbs.db"}


def _folder(scratch: Path, name: str) -> Path:
    folder = scratch / name
    folder.mkdir(mode=0o700)
    return folder


def _copy(packed: IO[bytes] | gzip.GzipFile, target: Path, source: Path) -> None:
    with target.open("wb") as text:
        while block := packed.read(_BLOCK):
            if text.tell() + len(block) > _MOST_BYTES:
                raise ExportError(f"{source} unpacks to more than {_MOST_BYTES >> 30} GiB; it is no list of customers.")
            text.write(block)


def _from_workbook(held: Path, source: Path, target: Path) -> Unpacked:
    """Read the one sheet that has rows, each cell as the text of its value."""
    import fastexcel  # noqa: PLC0415 (it takes memory, and most exports are no workbooks)

    try:
        workbook = fastexcel.read_excel(held)
        sheets = {name: _sheet(workbook, name) for name in workbook.sheet_names}
    except fastexcel.FastExcelError:
        raise ExportError(
            f"{source} is a workbook that is damaged, has a password, or is none; export the list again as CSV."
        ) from None
    filled = {name: frame for name, frame in sheets.items() if not frame.is_empty()}
    if len(filled) > 1:
        shown = ", ".join(map(repr, filled))
        raise ExportError(f"{source} has {len(filled)} sheets with rows, {shown}; keep the one with the customers.")
    if not filled:
        raise ExportError(f"{source} is a workbook without any rows; export it again.")
    [frame] = filled.values()
    frame.write_csv(target, include_header=False)
    return Unpacked(target, is_sheet=True)


def _sheet(workbook: "fastexcel.ExcelReader", name: str) -> pl.DataFrame:
    """One sheet as text, its first row included; a row without a value is left out."""
    frame = workbook.load_sheet(name, header_row=None, dtypes="string").to_polars()
    return frame.select(_as_a_person_sees_it(pl.col(column)) for column in frame.columns).filter(
        pl.any_horizontal(pl.all().is_not_null())
    )


def _as_a_person_sees_it(cell: pl.Expr) -> pl.Expr:
    """A moment to the second of a minute is one to the minute, as exports have it."""
    return cell.str.replace(r"^(\d{4}-\d\d-\d\d \d\d:\d\d):00$", "$1")
