"""Whoever wrote a file and whatever became of its quotes: it is read exactly as it was meant, or refused.

A file is made of tokens, so that damage hits what holds rows and fields together, and not a letter of a text, which
nobody could notice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.exports.file import open_export
from schemas.errors import ExportError

Writer = Literal["all", "needed", "texts", "undoubled", "undoubled if needed", "backslash", "none"]
"""Which fields are quoted, and how a quote in a text is written."""

Role = Literal["text", "quote", "separator", "row end"]
Row = tuple[str, ...]


@dataclass(frozen=True)
class Token:
    """A part of a file; the quotes around a field and the first of two that stand for one hold it together."""

    text: str
    role: Role
    row: int


@dataclass(frozen=True)
class Written:
    """A file and what it says."""

    rows: list[Row]
    separator: str
    line_end: str
    tokens: list[Token]

    @property
    def body(self) -> str:
        return "".join(token.text for token in self.tokens)

    @property
    def header(self) -> str:
        return self.separator.join(self.labels) + self.line_end

    @property
    def labels(self) -> list[str]:
        return ["id", *(f"c{at}" for at in range(1, len(self.rows[0])))]

    def without(self, at: int) -> str:
        return "".join(token.text for place, token in enumerate(self.tokens) if place != at)

    def places(self, *roles: Role) -> list[int]:
        return [at for at, token in enumerate(self.tokens) if token.role in roles]


def tokens(rows: list[Row], separator: str, line_end: str, writer: Writer) -> Iterator[Token]:
    for number, row in enumerate(rows):
        for at, value in enumerate(row):
            if at:
                yield Token(separator, "separator", number)
            yield from _field(value, separator, number, writer, is_first=at == 0)
        yield Token(line_end, "row end", number)


def _field(value: str, separator: str, row: int, writer: Writer, *, is_first: bool) -> Iterator[Token]:
    needs = any(sign in value for sign in (separator, '"', "\n", "\r"))
    always = writer in {"all", "undoubled"} or (writer == "texts" and not is_first)
    is_quoted = writer != "none" and (always or needs)
    if is_quoted:
        yield Token('"', "quote", row)
    for letter in value:
        if is_quoted and letter == '"' and writer in {"all", "needed", "texts"}:
            yield Token('"', "quote", row)
        elif is_quoted and letter in '"\\' and writer == "backslash":
            yield Token("\\", "quote", row)
        yield Token(letter, "text", row)
    if is_quoted:
        yield Token('"', "quote", row)


def files(writers: tuple[Writer, ...], alphabet: str = 'abx é"\n,;\t') -> st.SearchStrategy[Written]:
    values = st.text(alphabet, max_size=6)
    columns = st.integers(1, 4).flatmap(lambda width: st.lists(st.tuples(*[values] * width), min_size=1, max_size=6))

    def written(texts: list[Row], separator: str, line_end: str, writer: Writer) -> Written:
        rows = [(str(10 + at), *text) for at, text in enumerate(texts)]
        return Written(rows, separator, line_end, list(tokens(rows, separator, line_end, writer)))

    ends = st.sampled_from(["\n", "\r\n"])
    return st.builds(written, columns, st.sampled_from(",;\t"), ends, st.sampled_from(writers))


def read(file: Written, body: str, encoding: str = "utf-8") -> tuple[list[Row], bool] | None:
    """The rows and whether the last line is ended; null where the file is refused."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "export.csv"
        path.write_bytes((file.header + body).encode(encoding))
        try:
            with open_export(path, "id") as export:
                found = export.read({label: label for label in file.labels})
                return [tuple(value or "" for value in row) for row in found.rows()], export.ends_with_newline
        except ExportError:
            return None


STRICT: tuple[Writer, ...] = ("all", "needed", "texts")


@given(file=files(STRICT), encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
def test_what_is_written_by_the_book_is_read_exactly(file: Written, encoding: str) -> None:
    assert read(file, file.body, encoding) == (file.rows, True)


@given(file=files(STRICT), data=st.data(), roles=st.sampled_from([("quote",), ("separator",), ("row end",)]))
def test_what_lost_a_quote_a_separator_or_a_line_end_is_read_exactly_or_refused(
    file: Written, data: st.DataObject, roles: tuple[Role, ...]
) -> None:
    places = file.places(*roles)
    if places:
        found = read(file, file.without(data.draw(st.sampled_from(places))))
        assert found is None or found[0] == file.rows


@given(file=files(STRICT), data=st.data())
def test_what_was_cut_has_the_rows_before_the_cut_or_says_that_its_end_is_open(
    file: Written, data: st.DataObject
) -> None:
    found = read(file, file.body[: data.draw(st.integers(0, len(file.body)))])
    if found is not None:
        rows, is_ended = found
        assert rows[:-1] == file.rows[: len(rows) - 1]
        assert not is_ended or rows == file.rows[: len(rows)]


def _is_plain_of_quotes(value: str, separator: str) -> bool:
    """Whether a quote in it can be told from one that ends a field or is doubled."""
    return not any(pair in value for pair in ('""', f'"{separator}', f'{separator}"', '"\n', '\n"'))


def _is_rows(text: str, separator: str, row: Row) -> bool:
    """Whether a row with line ends in its texts, and no quotes around them, is several rows to everybody."""
    lines = text.split("\n")
    return len(lines) > 1 and all(line.count(separator) == len(row) - 1 for line in lines)


@given(file=files(("undoubled", "undoubled if needed", "none")))
def test_quotes_that_were_never_doubled_are_read_exactly_or_refused(file: Written) -> None:
    is_known = all(_is_plain_of_quotes(value, file.separator) for row in file.rows for value in row)
    is_quoted = any(token.role == "quote" for token in file.tokens)
    lines = (line for row in file.rows for line in file.separator.join(row).split("\n")[1:])
    leaves_blank_lines = not is_quoted and (
        any(value.endswith("\n") for row in file.rows for value in row)
        or not all(line.strip(f" {file.separator}") for line in lines)
    )
    looks_like_rows = not is_quoted and any(
        _is_rows(file.separator.join(row), file.separator, row) for row in file.rows
    )
    is_quoted_text = any(value[:1] == '"' == value[-1:] for row in file.rows for value in row)
    if is_known and not is_quoted_text and not leaves_blank_lines and not looks_like_rows:
        found = read(file, file.body)
        assert found is None or found[0] == file.rows


@given(file=files(("backslash",), alphabet='abx"\n,;'))
def test_quotes_behind_a_backslash_are_refused(file: Written) -> None:
    has_quotes = any('"' in value for row in file.rows for value in row)
    assert read(file, file.body) == (None if has_quotes else (file.rows, True))


@settings(max_examples=10)
@given(rows=st.lists(st.sampled_from(['11,"a\nb",c', "12,a,b", '13,"a ""b""\nc",d', '14,"", e']), min_size=1))
def test_a_line_is_counted_as_an_editor_does(rows: list[str]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "export.csv"
        path.write_text("\n".join(["id,x,y", *rows, ""]))
        with open_export(path, "id") as export:
            lines = [export.line_of({"id": "id"}, at) for at in range(len(rows))]
    assert lines == [2 + "\n".join([*rows[:at], ""]).count("\n") for at in range(len(rows))]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        pytest.param('1,"say \\"hi\\"",x', "Line 2 .* escapes a quote with a backslash", id="backslash"),
        pytest.param('1, "a,b",x', "Line 2 .* has a blank between a separator and a quote", id="blank before a quote"),
        pytest.param('1,a,x\n2,"b"c,d",x', "Line 3 .* more than one way: a quote in a field is not doubled", id="open"),
        pytest.param('1,a,x\n\n2,Alpha",x', "Line 4 .* more than one way: .* or one is missing", id="opening one lost"),
        pytest.param('1,"a,x\n2,b,x\n3,c",x', "Line 2 .* two ways: .* lines that look like rows", id="rows swallowed"),
        pytest.param('1,"a ""b""",x\n2,"5" pipe",x', "Line 3 .* doubled in it or in line 2, not in both", id="mixed"),
        pytest.param('1,"a "b,x\n2,"5",x', "Line 3 .* may end what one in line 2 begins", id="may go on"),
        pytest.param('1,a,x\n2,"b', "ends inside a quoted field, which begins in line 3", id="never closed"),
        pytest.param("1,a,x\n2,b,x,,", "has 5 of 3 fields: it ends in 2 more separators", id="separators at the end"),
        pytest.param('1,a,x\n\n \n2,"b\nc",x,y', "Line 5 .* has 4 of 3 fields: a separator stands", id="separator"),
    ],
)
def test_a_refusal_names_the_line_and_the_cause(rows: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(f"id,x,y\n{rows}\n")
    with pytest.raises(ExportError, match=says), open_export(path, "id"):
        pass


@pytest.mark.parametrize(
    ("rows", "value"),
    [
        pytest.param('1,5" Pipe Co,x', '5" Pipe Co', id="never quoted"),
        pytest.param('1,"5" Pipe Co",x', '5" Pipe Co', id="quoted and not doubled"),
        pytest.param('1,"Pipe 5"",x', None, id="doubled, or one lost"),
        pytest.param('1,"Acme" Inc,x', '"Acme" Inc', id="a word in quotes"),
        pytest.param('1,="0123",x', "0123", id="a text for a spreadsheet"),
        pytest.param('1,"=""0123""",x', "0123", id="the same by the book"),
        pytest.param("1,a,x\n,,\n,,,,\n\x1a", "a", id="rows with nothing, end of a DOS file"),
        pytest.param(
            '1,"2, Main Street\n3, Main Street",x', "2, Main Street\n3, Main Street", id="lines of an address"
        ),
    ],
)
def test_what_has_one_reading_is_read(rows: str, value: str | None, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(f"id,x,y\n{rows}")
    try:
        with open_export(path, "id") as export:
            assert export.read({"x": "x"}).item(0, 0) == value
    except ExportError:
        assert value is None
