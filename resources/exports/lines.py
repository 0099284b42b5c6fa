"""An export read line by line, for files that are not strict: read where there is one way, or refused with its cause.

This is the slow reader, a hundred times slower than polars. What it reads becomes a strict copy; what it refuses it
says with the line that a person finds in an editor.
"""

import csv
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from resources.exports.header import SEPARATORS, Header
from resources.exports.quoting import Flaw, Kind, only_reading, strict_fields, two_readings
from schemas.errors import ExportError
from schemas.words import many

_LONGEST_ROW: Final = 1 << 22
_END_OF_DOS_FILE: Final = "\x1a"
_DOUBLED: Final = "export it again, with every quote that belongs to a text doubled"
_AGAIN: Final = "export it again"
_CONFLICT: Final = ("<<<<<<<", "=======", ">>>>>>>")
_CUT: Final = "a line end stands in an unquoted field, or it was cut"
_QUOTES_AROUND: Final[frozenset[Kind]] = frozenset({"quoted", "doubled", "undoubled"})
_CONFLICTING: Final[Mapping[Kind, frozenset[Kind]]] = {
    "doubled": frozenset({"undoubled"}),
    "undoubled": frozenset({"doubled"}),
}
"""Kind of a field's quotes → those that another row of one writer has not."""
_CONTINUING: Final[Mapping[Kind, frozenset[Kind]]] = {
    "opens": _QUOTES_AROUND | {"closes"},
    **dict.fromkeys(_QUOTES_AROUND, frozenset({"closes"})),
}
"""Kind of a field's quotes → those in a later row that might end what they begin."""


@dataclass(frozen=True)
class Row:
    """The fields of a row, and the line in which it begins."""

    line: int
    fields: list[str]


def read_rows(path: Path, header: Header) -> Iterator[Row]:
    """Read each row that holds something.

    Args:
        path: UTF-8 text.
        header: its header; the rows follow it.

    Raises:
        ExportError: a row has not the width of the header, or can be read in two ways.
    """
    return iter(_Reader(path, header))


def write_strict(path: Path, header: Header, target: Path) -> tuple[int, bool, int]:
    """Write what `read_rows` gives as strict CSV without a header, with commas and every field in quotes.

    Returns:
        rows, whether the last line of the original is ended, and how many letters were lost before.
    """
    rows = lost = 0
    reader = _Reader(path, header)
    with target.open("w", encoding="utf-8", newline="") as new:
        writer = csv.writer(new, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for rows, row in enumerate(reader, 1):  # noqa: B007 (the count)
            writer.writerow(row.fields)
            lost += sum(field.count("\ufffd") for field in row.fields)
    return rows, reader.ends_with_newline, lost


class _Reader:
    def __init__(self, path: Path, header: Header) -> None:
        self._path, self._header = path, header
        self._width, self._separator = len(header.labels), header.separator
        self._ahead: deque[tuple[int, str]] = deque()
        self._first: dict[Kind, int] = {}  # the kind of a field's quotes → the first line that has it
        self.ends_with_newline = True

    def __iter__(self) -> Iterator[Row]:
        lines = self._lines()
        while (line := self._next(lines)) is not None:
            number, text = line
            row = text.rstrip("\r\n")
            if not row.strip(f" \r{self._separator}") or self._is_end_of_dos_file(row, lines):
                continue
            yield Row(number, self._fields(number, row, text, lines))

    def _lines(self) -> Iterator[tuple[int, str]]:
        number = self._header.next_line
        with self._path.open("rb") as file:
            file.seek(self._header.end)
            for number, raw in enumerate(file, number):  # noqa: B020
                self.ends_with_newline = raw.endswith(b"\n")
                yield number, raw.decode("utf-8")

    def _next(self, lines: Iterator[tuple[int, str]]) -> tuple[int, str] | None:
        return self._ahead.popleft() if self._ahead else next(lines, None)

    def _is_end_of_dos_file(self, row: str, lines: Iterator[tuple[int, str]]) -> bool:
        if row.strip() != _END_OF_DOS_FILE:
            return False
        after = self._next(lines)
        if after is None:
            self.ends_with_newline = True
            return True
        self._ahead.appendleft(after)
        return False

    def _fields(self, number: int, row: str, text: str, lines: Iterator[tuple[int, str]]) -> list[str]:
        strict = strict_fields(row, self._separator)
        if isinstance(strict, list) and len(strict) == self._width:
            return self._agreeing(number, strict, _strict_kinds(row, strict))
        alone = only_reading(row, self._separator, self._width)
        if strict == "open":
            whole = self._row_of_several_lines(number, text, lines)
            if whole and len(whole) == self._width:
                return self._agreeing(number, whole, _strict_kinds(text, whole))
            strict = whole or strict
        if alone is None:
            raise self._refusal(number, row, strict, is_last=self._next(lines) is None)
        return self._agreeing(number, [field.value for field in alone], {field.kind for field in alone})

    def _row_of_several_lines(self, number: int, text: str, lines: Iterator[tuple[int, str]]) -> list[str] | None:
        """The fields of the strict row that begins here, if there is one; only if it is of full width it is taken."""
        parts = [text]
        quotes, size = text.count('"'), len(text)
        while quotes % 2 and size < _LONGEST_ROW and (line := self._next(lines)):
            parts.append(line[1])
            quotes, size = quotes + line[1].count('"'), size + len(line[1])
        found = strict_fields("".join(parts).rstrip("\r\n"), self._separator)
        if isinstance(found, list) and len(found) == self._width:
            if two_readings([part.rstrip("\r\n") for part in parts], self._separator, self._width):
                raise self._open_to_two(number, "a quoted field goes on over lines that look like rows of their own")
            return found
        self._ahead.extendleft(reversed([(number + at, part) for at, part in enumerate(parts) if at]))
        return found if isinstance(found, list) else None

    def _agreeing(self, number: int, values: list[str], kinds: set[Kind]) -> list[str]:
        """The values, if quotes mean in this line what they meant in those before."""
        if other := self._earlier(kinds, _CONFLICTING):
            raise self._open_to_two(number, f"quotes within quotes are doubled in it or in line {other:,}, not in both")
        if other := self._earlier(kinds, _CONTINUING):
            raise self._open_to_two(number, f"a quote in it may end what one in line {other:,} begins")
        for kind in kinds:
            self._first.setdefault(kind, number)
        return values

    def _earlier(self, kinds: set[Kind], against: Mapping[Kind, frozenset[Kind]]) -> int:
        """The first line that has a kind which one of these is against; 0 for none."""
        lines = [line for kind, line in self._first.items() if kinds & against.get(kind, frozenset())]
        return min(lines, default=0)

    def _open_to_two(self, number: int, why: str) -> ExportError:
        return ExportError(
            f"Line {number:,} of {self._header.source} can be read in two ways: {why}; {_DOUBLED}, or correct the line."
        )

    def _refusal(self, number: int, row: str, strict: list[str] | Flaw, *, is_last: bool) -> ExportError:
        line = f"Line {number:,} of {self._header.source}"
        if isinstance(strict, list):
            count = f"{line} has {len(strict)} of {self._width} fields"
            return ExportError(f"{count}: {self._why_not_as_many(row, strict, is_last=is_last)}.")
        if '\\"' in row:
            return ExportError(f"{line} escapes a quote with a backslash, which is not CSV; {_DOUBLED}.")
        if strict == "open" and self._ends_in_quotes(number):
            return ExportError(
                f"{self._header.source} ends inside a quoted field, which begins in line {number:,}: it was cut short, "
                "or a quote is not doubled; export it again."
            )
        if re.search(rf'(^|{re.escape(self._separator)})[ \t]+"', row):
            return ExportError(
                f"{line} has a blank between a separator and a quote, so that the quote may belong to the text or not; "
                "export it again without such blanks."
            )
        return ExportError(
            f"{line} can be read in more than one way: a quote in a field is not doubled, or one is missing; "
            f"{_DOUBLED}, or correct the line."
        )

    def _why_not_as_many(self, row: str, fields: list[str], *, is_last: bool) -> str:
        more = fields[self._width :]
        if "\r" in row:
            return (
                "it holds a line end of an old Mac (CR), as where files were joined; save it with one kind of line ends"
            )
        if more and not any(field.strip() for field in more):
            ends = f"it ends in {many(len(more), 'more separator')} than the line of labels"
            return f"{ends}, or a separator stands in a field; {_AGAIN}"
        if more:
            return f"a separator stands in an unquoted field; {_AGAIN}"
        if len(fields) == 1:
            return self._why_one(row, fields[0], is_last=is_last)
        return f"{'it was cut short' if is_last and not self.ends_with_newline else _CUT}; {_AGAIN}"

    def _why_one(self, row: str, field: str, *, is_last: bool) -> str:
        """Why a row is one field."""
        if row.startswith(_CONFLICT):
            return "it is a mark of a conflict between two versions of the file; take one of them"
        if self._is_of_full_width(field, self._separator):
            return f"it stands in quotes as a whole; {_AGAIN}"
        other = next((each for each in SEPARATORS if self._is_of_full_width(row, each)), None)
        if other:
            return f"it is separated by {other!r}, and the labels by {self._separator!r}; {_AGAIN}"
        if is_last:
            return "it is a remark below the list, which you can take out, or it was cut short"
        return f"{_CUT}; {_AGAIN}"

    def _is_of_full_width(self, text: str, separator: str) -> bool:
        found = strict_fields(text, separator)
        return isinstance(found, list) and len(found) == self._width

    def _ends_in_quotes(self, number: int) -> bool:
        """Whether the quotes from this line to the end do not pair."""
        quotes = (text.count('"') for line, text in self._lines() if line >= number)
        return sum(quotes) % 2 == 1


def _strict_kinds(text: str, values: list[str]) -> set[Kind]:
    if '"' not in text:
        return {"plain"}
    return {"quoted", "doubled"} if any('"' in value for value in values) else {"quoted"}
