"""Opening an export file: what kind of bytes it holds, whether it is whole, and its columns by label.

It knows nothing of Stripe or NetSuite. Polars pads a row that is too short with nulls and says nothing, which is how a
file that was cut in the middle of a row would pass for a good one; so every row's fields are counted before it is read.
"""

import csv
import io
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, IncrementalDecoder, getincrementaldecoder
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Final

import polars as pl

from resources.disk import disk_in_words
from resources.scratch import scratch, temporary_folder
from schemas.errors import ExportError

_BLOCK: Final = 1 << 24
_HEADER_LIMIT: Final = 1 << 16
_QUOTED = re.compile(rb'"[^"]*"')
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n")
_DATA = re.compile(r"@|^cus_\w+$|^\d{4}-\d\d-\d\d")  # what stands in rows, and in no label
_SEPARATORS = (",", ";", "\t", "|")
_FOREIGN = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "an Excel workbook or another zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"\x1f\x8b", "a gzip archive"),
)


@dataclass(frozen=True)
class ExportFile:
    """A delimited text file in UTF-8 whose every row has as many fields as its header.

    Attributes:
        path: where its UTF-8 bytes are (for a UTF-16 original: a private copy).
        source: the file that the person named, for messages.
        labels: the header, white space around each label removed.
        rows: data rows; blank lines do not count.
        ends_with_newline: false is a hint, not a proof, that the file was cut.
        if_doubled: what a person can do about two columns of one label.
    """

    path: Path
    source: Path
    separator: str
    labels: tuple[str, ...]
    header_rows: int
    rows: int
    ends_with_newline: bool
    if_doubled: str

    def scan(self, columns: Mapping[str, str]) -> pl.LazyFrame:
        """Read the columns with the given labels, under the names that `columns` maps to them.

        All are String, empty fields are null, rows with nothing in any of these columns are left out.

        Raises:
            ExportError: a label is missing, or is there more than once.
        """
        positions = {name: self.position(label) for name, label in columns.items()}
        frame = pl.scan_csv(
            self.path,
            has_header=False,
            skip_rows=self.header_rows,
            separator=self.separator,
            schema={str(i): pl.String for i in range(len(self.labels))},
            missing_columns="insert",
            glob=False,
        )
        chosen = frame.select(_empty_is_null(pl.col(str(i))).alias(name) for name, i in positions.items())
        return chosen.filter(pl.any_horizontal(pl.all().is_not_null()))

    def position(self, label: str) -> int:
        """Where the column with this label stands.

        Raises:
            ExportError: there is none, or more than one.
        """
        count = self.labels.count(label.strip())
        if count == 0:
            raise ExportError(f"{self.source} has no column {label!r}; its columns are: {', '.join(self.labels)}.")
        if count > 1:
            raise ExportError(f"{self.source} has {count} columns labelled {label!r}; {self.if_doubled}.")
        return self.labels.index(label.strip())


@contextmanager
def open_export(source: Path, if_doubled: str = "give each its own label and export again") -> Iterator[ExportFile]:
    """Look at a file and give it as an `ExportFile`, or say in one sentence why that cannot be.

    `if_doubled` is what the person who exports can do about two columns of one label.

    Commas, semicolons, tabs and bars separate; UTF-8 with or without BOM is read, UTF-16 with BOM is converted. Any
    8-bit encoding is refused, because nothing in such a file says which one it is.

    Raises:
        ExportError: the file is not there, empty, something else than delimited text, in an unknown encoding, or cut.
    """
    with scratch(temporary_folder()) as room:
        path = _as_utf8(source, room)
        separator, labels, header_rows = _header(path, source)
        counter = _RowCounter(source, separator.encode(), width=len(labels), unchecked=header_rows - 1)
        rows, ends_with_newline = counter.count(path)
        if rows <= header_rows:
            raise ExportError(f"{source} has a header and no rows; export it again, with the customers in it.")
        yield ExportFile(
            path, source, separator, labels, header_rows, rows - header_rows, ends_with_newline, if_doubled
        )


class _RowCounter:
    """Counts the rows of a file, block by block, and refuses the first one that has not as many fields as the header.

    What stands in quotes is replaced by one character first, so that in what is left a line is a row.
    """

    def __init__(self, source: Path, separator: bytes, *, width: int, unchecked: int) -> None:
        self._source, self._separator, self._width, self._unchecked = source, separator, width, unchecked
        self._decoder: IncrementalDecoder = getincrementaldecoder("utf-8")()
        self._rows = self._offset = 0
        self._in_quotes = False
        self._unfinished = b""

    def count(self, path: Path) -> tuple[int, bool]:
        """Rows, header rows included, and whether the last one ends with a line end."""
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                self._check_encoding(block)
                self._check_text(block)
                self._count_lines(self._unfinished + self._outside_quotes(block))
        self._check_encoding(b"", final=True)
        if self._in_quotes:
            raise ExportError(
                f"{self._source} ends inside a quoted field: it was cut short, or a quote is not doubled; "
                "export it again."
            )
        unfinished = bool(self._unfinished.strip())
        self._count_lines(self._unfinished + b"\n", last=True)
        return self._rows, not unfinished

    def _outside_quotes(self, block: bytes) -> bytes:
        if self._in_quotes:
            block = b'"' + block
        outside, quote, _ = _QUOTED.sub(b"_", block).partition(b'"')
        self._in_quotes = bool(quote)
        return outside

    def _count_lines(self, text: bytes, *, last: bool = False) -> None:
        *lines, self._unfinished = text.split(b"\n")
        fields = list(map(bytes.count, lines, repeat(self._separator)))
        if set(fields) - {self._width - 1}:
            fields = self._without_blank_lines(lines, fields, last=last)
        self._rows += len(fields)

    def _without_blank_lines(self, lines: list[bytes], fields: list[int], *, last: bool) -> list[int]:
        kept = [count for line, count in zip(lines, fields, strict=True) if line.strip(b" \r")]
        first = max(self._unchecked - self._rows, 0)
        wrong = next((i for i, count in enumerate(kept[first:], first) if count != self._width - 1), None)
        if wrong is not None:
            number, count = self._rows + wrong + 1, kept[wrong] + 1
            cut = "it was cut short" if last else "a line end or a separator stands in an unquoted field, or it was cut"
            raise ExportError(
                f"Row {number:,} of {self._source} has {count} of {self._width} fields: {cut}; export it again."
            )
        return kept

    def _check_text(self, block: bytes) -> None:
        if (found := block.find(b"\0")) >= 0:
            raise ExportError(
                f"{self._source} has a NUL character (near byte {self._offset - len(block) + found:,}): it is damaged, "
                "or a cell holds one, which no text may; remove it in the source, and export again."
            )

    def _check_encoding(self, block: bytes, *, final: bool = False) -> None:
        try:
            self._decoder.decode(block, final)
        except UnicodeDecodeError as error:
            raise ExportError(
                f"{self._source} is not UTF-8 (near byte {self._offset + error.start:,}), perhaps Windows-1252; "
                "save it as 'CSV UTF-8', because guessing the encoding would spoil accented letters."
            ) from None
        self._offset += len(block)


def _empty_is_null(text: pl.Expr) -> pl.Expr:
    """An empty field in quotes says no more than one without."""
    return pl.when(text.str.len_bytes() > 0).then(text)


def _as_utf8(source: Path, room: Path) -> Path:
    head = _head(source)
    if head.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return _from_utf16(source, room / "export.csv")
    foreign = next((kind for magic, kind in _FOREIGN if head.startswith(magic)), None)
    if head.removeprefix(BOM_UTF8).lstrip().startswith(b"<"):
        foreign = "a web page (often a log-in page that was saved in place of the file)"
    if foreign:
        raise ExportError(f"{source} is {foreign}, not CSV; export the list again as CSV.")
    if b"\0" in head:
        raise ExportError(f"{source} is not text, or is UTF-16 without a byte order mark; save it as 'CSV UTF-8'.")
    return source


def _head(source: Path) -> bytes:
    try:
        with source.open("rb") as file:
            head = file.read(4096)
    except FileNotFoundError:
        raise ExportError(
            f"There is no file {source}; put the export there, or correct `export` in the declaration."
        ) from None
    except OSError as error:
        raise ExportError(
            f"{source} cannot be read ({error.strerror}); name a readable file in the declaration."
        ) from error
    if not head.removeprefix(BOM_UTF8).strip():
        raise ExportError(f"{source} is empty; export it again.")
    return head


def _from_utf16(source: Path, target: Path) -> Path:
    try:
        with (
            disk_in_words(target.parent),
            source.open(encoding="utf-16", newline="") as old,
            target.open("w", encoding="utf-8", newline="") as new,
        ):
            while text := old.read(_BLOCK):
                new.write(text)
    except UnicodeError:
        raise ExportError(f"{source} begins as UTF-16 but is not; save it as 'CSV UTF-8'.") from None
    return target


def _header(path: Path, source: Path) -> tuple[str, tuple[str, ...], int]:
    """Separator, labels, and how many rows to skip before the data."""
    with path.open("rb") as file:
        text = file.read(_HEADER_LIMIT).decode("utf-8-sig", errors="replace")
    if "\r" in text and "\n" not in text:
        raise ExportError(f"{source} has the line ends of an old Mac (CR only); save it with LF or CRLF.")
    declared = _SEPARATOR_LINE.match(text)
    body = text[declared.end() :] if declared else text
    separator = declared[1] if declared else max(_SEPARATORS, key=lambda s: len(_first_row(body, s)))
    labels = tuple(label.strip() for label in _first_row(body, separator))
    if not any(labels) or any(_DATA.search(label) for label in labels):
        raise ExportError(f"{source} does not begin with a row of column labels; export it again with its header.")
    return separator, labels, 2 if declared else 1


def _first_row(text: str, separator: str) -> list[str]:
    return next(csv.reader(io.StringIO(text, newline=""), delimiter=separator), [])
