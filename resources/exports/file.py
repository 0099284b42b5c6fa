"""Opening an export file: one delimited text of which every byte is accounted for, and its columns by label.

It knows nothing of Stripe or NetSuite. Polars pads a row that is too short with nulls, pairs quotes as it finds them
and says nothing; so what it has to find is proved before it reads (`exports.strict`), and what it found is compared.
A file that is not strict is read line by line (`exports.lines`), where there is one way to, and polars gets a copy.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

import polars as pl

from resources.exports.encoding import as_utf8
from resources.exports.header import Header, read_header
from resources.exports.lines import read_rows, write_strict
from resources.exports.strict import line_of_row, prove_strict
from resources.exports.usual_labels import with_usual_labels
from resources.extracts.on_disk import Disk, OnDisk
from resources.storage.disk import disk_in_words
from resources.storage.scratch import scratch, temporary_folder
from schemas.errors import ExportError, InternalError
from schemas.words import DateForm

_IF_DOUBLED: Final = "give each its own label and export again"
_AS_THEY_ARE: Final[Mapping[str, str]] = {}
_FORMULA: Final = r'^="([^"]*)"$'


@dataclass(frozen=True)
class ExportFile:
    """A delimited text file whose every row has as many fields as its header.

    Attributes:
        source: the file that the person named, for messages.
        header: its labels, and where its rows begin.
        rows: data rows; blank lines do not count.
        ends_with_newline: false is a hint, not a proof, that the file was cut.
        lost: how many letters are the one that stands for a letter that was lost.
    """

    source: Path
    header: Header
    rows: int
    _text: Path
    _strict: "_StrictText"
    ends_with_newline: bool = True
    lost: int = 0

    def read(self, columns: Mapping[str, str]) -> pl.DataFrame:
        """The columns with the given labels, under the names that `columns` maps to them.

        All are String, empty fields are null, rows with nothing in any of these columns are left out.

        Raises:
            ExportError: a label is missing, or is there more than once.
        """
        found = self._all_rows(columns).collect(engine="streaming")
        self._check(found.height)
        return found.filter(_is_filled())

    def read_to(self, disk: Disk, columns: Mapping[str, str]) -> OnDisk | None:
        """What `read` gives, on the disk; None where it is not needed. Raises as `read`."""
        if not disk.is_needed(self._strict.path.stat().st_size, len(columns), self._strict.rows):
            return None
        found = disk.kept(self._all_rows(columns))
        self._check(found.height)
        is_whole = found.rows.select(_is_filled().all()).collect().item()
        return found if is_whole else disk.kept(found.rows.filter(_is_filled()))

    def lazily(self, columns: Mapping[str, str]) -> pl.LazyFrame:
        """What `read` gives, blank rows with it, without a proof that it is all: for a look at it. Raises as `read`."""
        return self._all_rows(columns)

    def place_of(self, columns: Mapping[str, str], row: int) -> int:
        """Which of all rows this row of what `read` gives is, counted from 0; slow, for messages."""
        place: int = self._all_rows(columns).select(_is_filled()).collect().to_series().arg_true()[row]
        return place

    def line_of(self, columns: Mapping[str, str], row: int) -> int:
        """The line, as an editor counts it, at which this row of what `read` gives begins; slow, for messages."""
        at = self.place_of(columns, row)
        if self._strict.path == self._text:
            return line_of_row(self._text, self.header, at)
        return next(islice(read_rows(self._text, self.header), at, None)).line

    def _all_rows(self, columns: Mapping[str, str]) -> pl.LazyFrame:
        positions = {name: self.header.position(label) for name, label in columns.items()}
        frame = pl.scan_csv(
            self._strict.path,
            has_header=False,
            skip_rows=self._strict.skipped,
            separator=self._strict.separator,
            schema={str(i): pl.String for i in range(len(self.header.labels))},
            missing_columns="insert",
            glob=False,
        )
        value = _unwrapped if self._strict.has_formulas else _empty_is_null
        return frame.select(value(pl.col(str(i))).alias(name) for name, i in positions.items())

    def _check(self, found: int) -> None:
        if found != self._strict.rows:
            raise InternalError(f"{self.source} has {self._strict.rows:,} rows, and {found:,} were read.")


@dataclass(frozen=True)
class Declared:
    """What a declaration says of a file, because the file does not.

    Attributes:
        encoding: where it is not UTF-8.
        dates: what dates mean that leave it open.
        labels: our field → the label of its column, where it is not the usual one.
        account: of a Stripe export, the account whose customers it has.
        mode: likewise `test` or `live`.
    """

    encoding: str | None = None
    dates: DateForm | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    account: str | None = None
    mode: str | None = None


@dataclass(frozen=True)
class _StrictText:
    """What polars reads, and how many rows it has to find."""

    path: Path
    separator: str
    skipped: int
    rows: int
    has_formulas: bool


@contextmanager
def open_export(
    source: Path,
    key: str | None,
    *,
    check: Callable[[Header], object] = lambda _: None,
    if_doubled: str = _IF_DOUBLED,
    encoding: str | None = None,
    labels: Mapping[str, str] = _AS_THEY_ARE,
) -> Iterator[ExportFile]:
    """Look at a file and give it as an `ExportFile`, or say in one sentence why that cannot be.

    Commas, semicolons, tabs and bars separate. UTF-8 with or without BOM is read, what has another BOM or is in the
    encoding that the declaration names is converted, and anything else refused.

    Args:
        source: the file.
        key: the label by which the row of labels is known; none, if no label is.
        check: looks at the labels before the rows are, and raises an ExportError if they are not the right ones.
        if_doubled: what the person who exports can do about two columns of one label.
        encoding: the one that the declaration names.
        labels: of a Stripe export, our field → its label, where it is not the Dashboard's: the file is then given as if
            it were.

    Raises:
        ExportError: the file is not there, empty, something else than delimited text, in an unknown encoding, cut, or
            can be read in two ways.
    """
    with scratch(temporary_folder()) as room:
        text = as_utf8(source, room, encoding)
        header = with_usual_labels(read_header(text, source, key, if_doubled), labels)
        check(header)
        proved = prove_strict(text, header)
        if proved and header.skipped is not None:
            strict = _StrictText(text, header.separator, header.skipped, proved.rows, proved.has_formulas)
            rows, ends_with_newline, lost = proved.filled, proved.ends_with_newline, proved.lost
        else:
            copy = room / "strict.csv"
            with disk_in_words(room):
                rows, ends_with_newline, lost = write_strict(text, header, copy)
            strict = _StrictText(copy, ",", 0, rows, has_formulas=True)
        if not rows:
            raise ExportError(f"{source} has a header and no rows; export it again, with the customers in it.")
        yield ExportFile(source, header, rows, text, strict, ends_with_newline=ends_with_newline, lost=lost)


def check_header(
    source: Path,
    key: str,
    check: Callable[[Header], object],
    *,
    if_doubled: str = _IF_DOUBLED,
    encoding: str | None,
    labels: Mapping[str, str] = _AS_THEY_ARE,
) -> None:
    """Look at the labels of a file, and no further; what is packed or not UTF-8 is unpacked first.

    Arguments and errors as for `open_export`.
    """
    with scratch(temporary_folder()) as room:
        check(with_usual_labels(read_header(as_utf8(source, room, encoding), source, key, if_doubled), labels))


def _is_filled() -> pl.Expr:
    return pl.any_horizontal(pl.all().is_not_null())


def _empty_is_null(text: pl.Expr) -> pl.Expr:
    """An empty field in quotes says no more than one without."""
    return pl.when(text.str.len_bytes() > 0).then(text)


def _unwrapped(text: pl.Expr) -> pl.Expr:
    """`="0123"` is how a text is written that no spreadsheet must take for a number."""
    return _empty_is_null(text.str.replace(_FORMULA, "$1"))
