"""NetSuite's "Export - Microsoft Excel": Excel's XML of 2003, of one sheet, in UTF-8 or in UTF-16."""

import csv
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Final
from xml.parsers.expat import ExpatError, ParserCreate

from resources.exports.foreign import in_utf8
from schemas.errors import ExportError

_NAMESPACE: Final = b"urn:schemas-microsoft-com:office:spreadsheet"
_BLOCK: Final = 1 << 20
_MOST_COLUMNS: Final = 1 << 14  # a sheet of Excel has no more
_UTF16: Final = {BOM_UTF16_LE: "UTF-16", BOM_UTF16_BE: "UTF-16", b"<\0": "UTF-16LE", b"\0<": "UTF-16BE"}
"""The first two bytes → the encoding, whatever the file says of itself: some writers say `utf-8` all the same."""


def is_xml_workbook(head: bytes) -> bool:
    """Whether a file begins as one, in UTF-8 or in UTF-16."""
    text = in_utf8(head)
    return text.startswith(b"<") and _NAMESPACE in text


def write_xml_workbook(held: Path, source: Path, target: Path) -> None:
    """Write the rows of one as CSV, row by row.

    Args:
        held: where its bytes are.
        source: the file that the person named, for messages.
        target: where the rows go.

    Raises:
        ExportError: it is damaged.
    """
    with target.open("w", encoding="utf-8", newline="") as text, held.open("rb") as file:
        sheets = _XmlRows(file.peek(2)[:2])
        writer = csv.writer(text, lineterminator="\n")
        try:
            for row in sheets.rows(file):
                writer.writerow(row)
        except (ExpatError, ValueError):
            raise ExportError(
                f"{source} is NetSuite's Excel export (an XML file), and it is damaged or cut; export the list as CSV."
            ) from None


class _XmlRows:
    """Collects the rows of an XML workbook while it is parsed.

    Prefixes are not resolved, since only a few names matter and not every writer declares them. A document that
    declares entities is refused: no export does, and they can expand for ever.
    """

    def __init__(self, start: bytes) -> None:
        self._parser = ParserCreate(_UTF16.get(start))
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.EntityDeclHandler = self._refuse
        self._rows: list[Sequence[str]] = []
        self._row: list[str] = []
        self._covered = 0  # cells behind the last one, over which it goes
        self._data: list[str] | None = None
        self._type = ""

    def rows(self, file: IO[bytes]) -> Iterator[Sequence[str]]:
        """The rows of all sheets, each made as long as the first."""
        width = 0
        while block := file.read(_BLOCK):
            self._parser.Parse(block)
            found, self._rows = self._rows, []
            for row in found:
                width = width or len(row)
                yield [*row, *[""] * (width - len(row))]
        self._parser.Parse(b"", True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match _local(name):
            case "Row":
                self._row, self._covered = [], 0
            case "Cell":
                index = _attribute(attributes, "Index")
                at = int(index) if index else len(self._row) + 1 + self._covered
                if not len(self._row) + self._covered < at <= _MOST_COLUMNS:
                    raise ValueError("a cell stands out of order")
                self._row += [""] * (at - len(self._row))
                self._covered = int(_attribute(attributes, "MergeAcross") or 0)
            case "Data":
                self._data = []
                self._type = _attribute(attributes, "Type")

    def _end(self, name: str) -> None:
        match _local(name):
            case "Data" if self._data is not None:
                if not self._row:
                    raise ValueError("a value stands in no cell")
                self._row[-1] = _xml_value("".join(self._data), self._type)
                self._data = None
            case "Row" if any(self._row):
                self._rows.append(self._row)

    def _text(self, text: str) -> None:
        if self._data is not None:
            self._data.append(text)

    def _refuse(self, *_: object) -> None:
        raise ValueError("a document that declares entities")


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _attribute(attributes: Mapping[str, str], name: str) -> str:
    return next((value for key, value in attributes.items() if _local(key) == name), "")


def _xml_value(text: str, kind: str) -> str:
    """A cell's value as a CSV export has it: whole numbers without a fraction, moments to the minute."""
    if kind == "Number" and text.strip().endswith(".0"):
        return text.strip()[:-2]
    if kind == "DateTime":
        return f"{datetime.fromisoformat(text.strip()):%Y-%m-%d %H:%M}"
    return text
