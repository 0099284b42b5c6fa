"""The proof, at the speed of a disk, that a file is CSV as RFC 4180 has it: every byte belongs to a row of full width.

What stands in quotes is replaced by one byte that UTF-8 does not use, so that in what is left a line is a row; a quote
that does not begin or end a field where one may is left over. A file that is not proved here is read by
`lines`, slowly, which knows what to say about it.
"""

import re
from codecs import getincrementaldecoder
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Final

from resources.exports.encoding import escape_sequences, not_utf8, nul_character
from resources.exports.encoding_choice import two_encodings
from resources.exports.header import Header
from resources.exports.quoting import two_readings
from schemas.errors import InternalError

BLOCK: Final = 1 << 17  # small enough for a processor's cache
_FIELD: Final = b"\xff"
_NEAR: Final = 1 << 14
_LOST: Final = "\ufffd"


@dataclass(frozen=True)
class Strict:
    """What was proved of a file.

    Attributes:
        rows: those that polars has to find, blank lines included.
        filled: those that are not blank.
        ends_with_newline: false is a hint, not a proof, that the file was cut.
        has_formulas: `="` stands somewhere in it.
        lost: how many letters are the one that stands for a letter that was lost.
    """

    rows: int
    filled: int
    ends_with_newline: bool
    has_formulas: bool
    lost: int = 0


def prove_strict(path: Path, header: Header, block: int = BLOCK) -> Strict | None:
    """Look at each byte after the header; null where the file is not strict, or where it may be read in two ways.

    Raises:
        ExportError: the file is not UTF-8.
    """
    counter = _Counter(header, path)
    for lines in _whole_lines(path, header.end, block):
        counter.add(lines)
    proved = counter.end()
    if proved and counter.may_hold_a_row and _may_be_several_rows(path, header, block):
        return None
    return proved


class _Counter:
    """Counts rows block by block; once a block is not strict, only the encoding of the others is looked at.

    Attributes:
        may_hold_a_row: a further line of some row may have as many separators as a row. Few have, and to find out is
            cheap where quotes are few; only then can `_may_be_several_rows` be true.
    """

    def __init__(self, header: Header, path: Path) -> None:
        self._header, self._path, self._source = header, path, header.source
        self._separator, self._width = header.separator.encode(), len(header.labels)
        self._full_row = self._separator * (self._width - 1) + b"\n"
        self._others = bytes(set(range(256)) - {*self._separator, *b"\n"})
        self._quoted = _quoted(header.separator)
        self._decoder = getincrementaldecoder("utf-8")()
        self._lines = self._filled = 0
        self._is_strict = header.skipped is not None
        self._in_quotes = self._has_formulas = False
        self._unfinished = b""
        self._lost = 0
        self._has_letters = False
        self._offset = header.end
        self.may_hold_a_row = False

    def add(self, block: bytes) -> None:
        self._check_encoding(block)
        if (found := block.find(b"\0")) >= 0:
            raise nul_character(self._source, self._offset + found)
        self._has_formulas = self._has_formulas or (b"=" in block and b'="' in block)
        self._offset += len(block)
        if self._is_strict:
            self._count(self._unfinished + self._outside_quotes(block))

    def end(self) -> Strict | None:
        self._check_encoding(b"", final=True)
        ends_with_newline = not self._unfinished.strip()
        if self._unfinished:
            self._count(self._unfinished + b"\n")
        if not self._is_strict or self._in_quotes:
            return None
        return Strict(self._lines, self._filled, ends_with_newline, self._has_formulas, self._lost)

    def _outside_quotes(self, block: bytes) -> bytes:
        if not self._in_quotes and b'"' not in block:
            return block
        text = b'"\n' + block if self._in_quotes else block
        is_looked_at = not self.may_hold_a_row and block.count(b'"') <= block.count(b"\n")
        replaced = self._look_into_quotes(text) if is_looked_at else self._quoted.sub(_FIELD, text)
        outside, quote, open_field = replaced.partition(b'"')
        if not is_looked_at:
            self.may_hold_a_row = self.may_hold_a_row or outside.count(b"\n") < text.count(b"\n")
        self._is_strict = _FIELD not in open_field and b'"' not in open_field
        self._in_quotes = bool(quote)
        return outside

    def _look_into_quotes(self, text: bytes) -> bytes:
        """Return the text with a byte for what is in quotes, after a look at all lines that do not begin a row."""
        outside, further, end = [], [], 0
        for found in self._quoted.finditer(text):
            start = found.start()
            outside.append(text[end:start])
            end = found.end()
            if (newline := text.find(b"\n", start, end)) >= 0:
                last = text.find(b"\n", end)
                further.append(text[newline : last if last >= 0 else None])
        outside.append(text[end:])
        open_field = outside[-1].partition(b'"')[2]
        further.append(open_field[open_field.find(b"\n") :])
        most = max(map(bytes.count, b"".join(further).split(b"\n"), repeat(self._separator)))
        self.may_hold_a_row = most >= self._width - 1
        return _FIELD.join(outside)

    def _count(self, text: bytes) -> None:
        rows, newline, self._unfinished = text.rpartition(b"\n")
        # Separators and line ends alone show whether all rows are of full width, for half of a look at each row.
        signs, blank = rows.translate(None, self._others) + newline, 0
        count = len(signs) // self._width
        if signs != self._full_row * count:
            count, blank = signs.count(b"\n"), self._blank_lines(rows.split(b"\n"))
        if b"\r" in text and b"\r\r\n" in text:  # polars takes one of them for text
            self._is_strict = False
        self._lines += count
        self._filled += count - blank

    def _blank_lines(self, lines: list[bytes]) -> int:
        """Count the blank ones of some lines; another one that is not of full width is not strict."""
        fields = map(bytes.count, lines, repeat(self._separator))
        wrong = any(count != self._width - 1 and line.strip(b"\r") for line, count in zip(lines, fields, strict=True))
        self._is_strict = self._is_strict and not wrong
        return sum(line in {b"", b"\r"} for line in lines)

    def _check_encoding(self, block: bytes, *, final: bool = False) -> None:
        if block.isascii() and not final and not self._decoder.getstate()[0]:
            if b"\x1b" in block and b"\x1b$" in block:
                raise escape_sequences(self._source)
            return
        try:
            text = self._decoder.decode(block, final)
        except UnicodeDecodeError as error:
            line = self._line_of_block() + error.object[: error.start].count(b"\n")
            begin = error.object.rfind(b"\n", 0, error.start) + 1
            if self._has_letters or not error.object[:begin].isascii():
                raise two_encodings(self._source, line) from None
            near = error.object[begin : begin + _NEAR]
            raise not_utf8(self._source, line, near.rpartition(b"\n")[0] or near) from None
        self._lost += text.count(_LOST) if _LOST in text else 0
        self._has_letters = self._has_letters or not block.isascii()

    def _line_of_block(self) -> int:
        """The line in which the block begins; lines are counted where one is asked for alone, as a file has many."""
        with self._path.open("rb") as file:
            file.seek(self._header.end)
            before = iter(lambda: file.read(min(BLOCK, self._offset - file.tell())), b"")
            return self._header.next_line + sum(block.count(b"\n") for block in before)


def _may_be_several_rows(path: Path, header: Header, block: int) -> bool:
    """Whether a row of several lines may as well be several rows; of a strict file."""
    width, separator = len(header.labels), header.separator
    return any(
        max(map(bytes.count, lines[1:], repeat(separator.encode()))) >= width - 1
        and two_readings([line.decode("utf-8", "replace").rstrip("\r") for line in lines], separator, width)
        for lines in _rows_of_several_lines(path, header.end, block)
    )


def _rows_of_several_lines(path: Path, start: int, block: int) -> Iterator[list[bytes]]:
    """The lines of each such row: the first and the last have an odd number of quotes, those between an even one."""
    row: list[bytes] = []
    for block_of_lines in _whole_lines(path, start, block):
        lines, at = block_of_lines.split(b"\n"), 0
        quotes = map(bytes.count, lines, repeat(b'"'))
        for end in [line for line, count in enumerate(quotes) if count & 1]:
            if row:
                yield row + lines[at : end + 1]
                row = []
            else:
                row, at = [lines[end]], end + 1
        if row:
            row += lines[at:]


def _whole_lines(path: Path, start: int, block: int) -> Iterator[bytes]:
    """The bytes from `start` on, in blocks that end with a line end; the last one may not."""
    unfinished = b""
    with path.open("rb") as file:
        file.seek(start)
        while data := file.read(block):
            lines, newline, rest = data.rpartition(b"\n")
            if newline:
                yield unfinished + lines + newline
                unfinished = rest
            else:
                unfinished += rest
    if unfinished:
        yield unfinished


def _quoted(separator: str) -> re.Pattern[bytes]:
    """What is in quotes, where a quote may begin and end it, at the start as well: a doubled one parts it."""
    sign = re.escape(separator.encode())
    return re.compile(rb'"(?<![^\n"' + sign + rb']")[^"]*+"(?=[\n"' + sign + rb"]|\r\n|\Z)")


def line_of_row(path: Path, header: Header, row: int) -> int:
    """The line, counted from 1, in which this row of a strict file begins; blank lines are rows."""
    quotes = seen = 0
    with path.open("rb") as file:
        file.seek(header.end)
        for line, text in enumerate(file, header.next_line):
            if quotes % 2 == 0:
                if seen == row:
                    return line
                seen += 1
            quotes += text.count(b'"')
    raise InternalError(f"{header.source} has {seen:,} rows, and row {row:,} was asked for.")
