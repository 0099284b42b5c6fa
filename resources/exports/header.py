"""The first row of an export: which character separates, what the columns are called, and where the rows begin.

A label is found however its white space is written, for nobody sees a no-break space. One that is missing gets the
cause that a person can see: title lines above it, a row of data in its place, another spelling.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from io import BufferedReader
from itertools import islice
from pathlib import Path
from typing import Final

from resources.exports.encoding import not_utf8
from resources.exports.quoting import strict_fields
from schemas.errors import ExportError

SEPARATORS: Final = (",", ";", "\t", "|")
_SEPARATOR_LINE: Final = re.compile(r"sep=(.)\r?\n?")
_ROW_LIMIT: Final = 1 << 24
_UNREADABLE: Final = "\ufffd"
_LINES_OF_LETTERS: Final = 200  # that tell which encoding a file may have
_LINES_SEARCHED: Final = 100
_LABELS_SHOWN: Final = 40
_AS_A_WHOLE: Final = "its lines stand in quotes as a whole, or a line `sep=` above them names another separator"
_PLAINLY: Final = "export it again, with commas and plain double quotes"
_DRAWING: Final = frozenset(" \t|+,;:-")
_ANY_SIGN: Final = r"(?<=\w)(\s*[^\w\s.\"'-]{1,3}\s*|\s{3,}|[\x00-\x08\x0e-\x1f])(?=\w)"
_QUOTES: Final = "'`\u00b4\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb"
_DATA: Final = re.compile(r"^[^@\s]+@[^@\s]+\.\w+$|^cus_\w+$|^\d{4}-\d\d-\d\d")  # what stands in rows, seldom in labels
_INVISIBLE: Final = re.compile("[\u00ad\u180e\u200b-\u200f\u2060\ufeff]")


@dataclass(frozen=True)
class Header:
    """The labels of a file.

    Attributes:
        source: the file that the person named, for messages.
        labels: white space around each is removed.
        line: where it stands; the first line of a file is 1.
        end: the byte at which the rows begin.
        next_line: the line at which they do.
        skipped: rows that polars has to skip; null where lines above the header make that unsafe.
        if_doubled: what a person can do about two columns of one label.
        written: label → the one that the file has in its place, where it is given as if it had another.
    """

    source: Path
    separator: str
    labels: tuple[str, ...]
    line: int
    end: int
    next_line: int
    skipped: int | None
    if_doubled: str
    written: Mapping[str, str] = field(default_factory=dict)

    def as_written(self, label: str) -> str:
        """The label that a person finds in the file."""
        return self.written.get(label, label)

    def found(self, label: str) -> tuple[str, ...]:
        """The labels that a person would take for this one: exactly it, or else those that differ in white space."""
        exact = tuple(other for other in self.labels if other == label.strip())
        return exact or tuple(other for other in self.labels if _plain(other) == _plain(label))

    def in_any_case(self, label: str) -> tuple[str, ...]:
        """The labels that differ from this one in case and white space at most."""
        return tuple(other for other in self.labels if self.is_label(other, label))

    @staticmethod
    def is_label(text: str, label: str) -> bool:
        """Whether a text is this label, in any case."""
        return _plain(text).casefold() == _plain(label).casefold()

    def position(self, label: str) -> int:
        """Where the column with this label stands.

        Raises:
            ExportError: there is none, or more than one.
        """
        found = self.found(label)
        if not found:
            raise self.missing([label])
        if len(found) > 1:
            raise ExportError(f"{self.source} has {len(found)} columns labelled {label!r}; {self.if_doubled}.")
        return self.labels.index(found[0])

    def missing(self, labels: Sequence[str], needed_by: str = "", advice: str = "") -> ExportError:
        """The error for labels that are not there; `needed_by` begins with a comma, `advice` ends with a full stop."""
        if any(map(_DATA.search, self.labels)):
            return ExportError(
                f"{self.source} does not begin with a row of column labels: its line {self.line} holds data, and no "
                f"label {labels[0]!r}; export it again with its header."
            )
        if len(self.labels) == 1 and any(label in re.split(r"[,;\t|]", self.labels[0]) for label in labels):
            return ExportError(
                f"{self.source} has one column alone, labelled {self.labels[0][:80]!r}: {_AS_A_WHOLE}; export it again."
            )
        if because := self._how_parted(labels):
            return ExportError(f"{self.source} {because}; {_PLAINLY}.")
        near = "".join(self._near_miss(label) for label in labels)
        return ExportError(
            f"{self.source} has no column {', '.join(map(repr, labels))}{needed_by}; its columns are: "
            f"{self.shown}.{near}{advice and ' '}{advice}"
        )

    @property
    def shown(self) -> str:
        """The labels, for a message."""
        more = len(self.labels) - _LABELS_SHOWN
        return ", ".join(self.labels[:_LABELS_SHOWN]) + (f" and {more:,} more" if more > 0 else "")

    def _how_parted(self, labels: Sequence[str]) -> str:
        """How the labels are written that are all there, but in a way of their own; empty if they are not."""
        wanted = "|".join(sorted(map(re.escape, filter(None, map(str.strip, labels))), key=len, reverse=True))
        if because := self.parted_by(rf"(?<!\w)(?:{wanted})([^\w]{{1,40}}?)(?=[\w{_QUOTES}])"):
            return because
        quoted = {text[0] for text in self.labels if text.strip(_QUOTES) in labels and text[:1] in _QUOTES}
        return f"has its labels in quotes of another kind ({quoted.pop()}), which belong to the text" if quoted else ""

    def parted_by(self, pattern: str) -> str:
        """Which sign stands between labels that are one, as `pattern` finds signs; empty if none does so twice."""
        [whole] = self.labels if len(self.labels) == 1 else [""]
        for sign, many in Counter(re.findall(pattern, whole)).most_common(1):
            if max(many, whole.count(sign)) > 1:
                if sign.strip() in SEPARATORS:
                    return f"has one column alone, with {sign!r} in its label: {_AS_A_WHOLE}"
                shown = repr(sign) if sign.strip(" ") else "blanks"
                return f"has {shown} between its labels in line {self.line}, which separate no columns"
        return ""

    def _near_miss(self, label: str) -> str:
        near = _nearest(label.strip(), self.labels)
        if near is None:
            return ""
        strange = "" if near.isascii() or not label.isascii() else f" (its characters are {near!a})"
        quoted = ""
        if near.startswith(label.strip()) and near[len(label.strip()) :].lstrip().startswith("#"):
            quoted = f" In YAML what follows a # is a remark: write the label in quotes, '{near}'."
        return f" Did you mean {near!r}{strange}?{quoted}"


def read_header(path: Path, source: Path, key: str | None, if_doubled: str) -> Header:
    """Find the labels of a file of UTF-8 text.

    Args:
        path: its bytes.
        source: the file that the person named.
        key: the label by which its row of labels is known, where there are other lines above it; none, if no label is.
        if_doubled: what a person can do about two columns of one label.

    Raises:
        ExportError: the file is empty or of an old Mac, or lines stand above its labels.
    """
    with path.open("rb") as file:
        declared, start = _separator_line(file)
        line, text = next((row for row in _rows(file, source, start) if row[1].strip()), (0, ""))
        if not text:
            raise ExportError(f"{source} is empty; export it again.")
        if _UNREADABLE in text:
            _refuse_other_encoding(path, source, line, max(text.count("\n"), 1))
        _refuse_drawn_table(file, source, line, text)
        separator, labels = _split(text, declared, key)
        after = line + text.count("\n") + (not text.endswith("\n"))
        header = Header(
            source=source,
            separator=separator,
            labels=labels,
            line=line,
            end=file.tell(),
            next_line=after,
            skipped=(1 if declared is None else 2) if line == start else None,
            if_doubled=if_doubled,
        )
        if key is None and (because := header.parted_by(_ANY_SIGN)):
            raise ExportError(f"{source} {because}; {_PLAINLY}.")
        if key is not None and not _has(labels, key):
            _refuse_title_lines(header, islice(_rows(file, source, after), _LINES_SEARCHED), key)
    return header


def _refuse_drawn_table(file: BufferedReader, source: Path, line: int, text: str) -> None:
    """Refuse a table that is drawn for people, with lines of dashes: signs of the drawing would be columns and rows."""
    end = file.tell()
    below = file.readline(_ROW_LIMIT).decode("utf-8", errors="replace")
    file.seek(end)
    for number, drawn in ((line, text), (line + text.count("\n"), below)):
        signs = {*drawn.strip()}
        if ("--" in drawn or "|-" in drawn) and signs <= _DRAWING and len(signs) > 1:  # of more than one column
            raise ExportError(
                f"{source} is a table as it is drawn for people: its line {number} is made of dashes, as in Markdown "
                "or where a database's program shows rows; export the list as CSV."
            )


def _refuse_other_encoding(path: Path, source: Path, line: int, count: int) -> None:
    """Refuse labels that are not UTF-8: read as if they were, none would be the one that is looked for."""
    with path.open("rb") as file:
        lines = list(islice(file, line - 1, line - 1 + _LINES_OF_LETTERS))
    try:
        b"".join(lines[:count]).decode()
    except UnicodeDecodeError:
        raise not_utf8(source, line, b"".join(lines)) from None


def _separator_line(file: BufferedReader) -> tuple[str | None, int]:
    """The separator that a spreadsheet declares in a line of its own, and the number of the line that follows."""
    declared = _SEPARATOR_LINE.fullmatch(file.readline(64).decode("utf-8-sig", errors="replace"))
    if declared is None:
        file.seek(0)
    return (declared[1], 2) if declared else (None, 1)


def _rows(file: BufferedReader, source: Path, number: int) -> Iterator[tuple[int, str]]:
    """Each row as text, what is in quotes counted as one, with the number of the line in which it begins."""
    while line := file.readline(_ROW_LIMIT):
        row, end = line, file.tell()
        while row.count(b'"') % 2 and len(row) < _ROW_LIMIT and (line := file.readline(_ROW_LIMIT)):
            row += line
        if row.count(b'"') % 2:  # a quote that means nothing: the line is the row
            file.seek(end)
            row = row[: row.find(b"\n") + 1] or row
        if len(row) >= _ROW_LIMIT:
            raise ExportError(
                f"Line {number:,} of {source} is longer than {_ROW_LIMIT >> 20} MB: it has no line ends, or a quote is "
                "never closed; export it again."
            )
        if b"\r" in row and b"\n" not in row:
            raise ExportError(f"{source} has the line ends of an old Mac (CR only); save it with LF or CRLF.")
        text = row.decode("utf-8-sig" if number == 1 else "utf-8", errors="replace")
        yield number, text
        number += max(text.count("\n"), 1)


def _split(text: str, declared: str | None, key: str | None) -> tuple[str, tuple[str, ...]]:
    """The separator and the labels: of the separators that may be meant the one that shows the key, or most labels."""
    splits = {separator: _labels(text, separator) for separator in ([declared] if declared else SEPARATORS)}
    separator = max(splits, key=lambda s: (key is not None and _has(splits[s], key), len(splits[s])))
    return separator, splits[separator]


def _labels(text: str, separator: str) -> tuple[str, ...]:
    row = text.rstrip("\r\n")
    fields = strict_fields(row, separator)
    return tuple(field.strip() for field in (row.split(separator) if isinstance(fields, str) else fields))


def _refuse_title_lines(header: Header, rows: Iterable[tuple[int, str]], key: str) -> None:
    for line, text in rows:
        if any(_has(_labels(text, separator), key) for separator in SEPARATORS):
            raise ExportError(
                f"{header.source} begins with title lines: its column labels are in line {line:,}; delete the lines "
                "above it, or export it without a title."
            )


def _has(labels: Iterable[str], key: str) -> bool:
    return any(Header.is_label(label, key) for label in labels)


def _plain(label: str) -> str:
    """A label as it looks: white space of any kind is one space, what nobody sees is nothing."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", label)).split())


def _nearest(label: str, labels: Sequence[str]) -> str | None:
    folded = {_plain(other).casefold(): other for other in labels}
    begun = next((other for other in labels if label and re.match(re.escape(label) + r"\s*[#:,]", other)), None)
    close = get_close_matches(_plain(label).casefold(), folded, n=1, cutoff=0.8)
    return begun or (folded[close[0]] if close else None)
