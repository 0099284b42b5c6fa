"""An export file of which nothing is known yet: its labels and all its columns, as text."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import polars as pl

from resources.exports.containers import unpack
from resources.exports.encoding import as_utf8
from resources.exports.encoding_choice import Encoding, choose_encoding
from resources.exports.file import open_export
from resources.exports.header import Header, read_header
from resources.exports.known_labels import fields_meant
from schemas.errors import ExportError

_IF_DOUBLED: Final = "give each its own label and export again"
_SEPARATORS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclass(frozen=True)
class WholeFile:
    """A file as it is.

    Attributes:
        path: the file.
        encoding: which one it has, and why.
        separator: what stands between its columns, in words.
        labels: of all its columns, as they are.
        columns: of each label that is there once, the text.
    """

    path: Path
    encoding: Encoding
    separator: str
    labels: tuple[str, ...]
    columns: pl.DataFrame


def read_whole(path: Path, encoding: str | None = None) -> WholeFile:
    """Read all columns of a file.

    Args:
        path: the file.
        encoding: the one that a person names, for a file that is not UTF-8.

    Raises:
        ExportError: it cannot be read, or not in one way; one sentence says why.
    """
    if path.is_dir():
        raise ExportError(f"{path} is a folder; name the file in it.")
    if not path.exists():
        raise ExportError(f"There is no file {path}; correct its path, or put the export there.")
    with TemporaryDirectory() as folder:
        room = Path(folder)
        if not path.is_file() or not path.stat().st_size:
            as_utf8(path, room)  # it says what is wrong
        chosen = _chosen(path, room, encoding)
    with TemporaryDirectory() as folder:
        header = read_header(as_utf8(path, Path(folder), chosen.name), path, None, _IF_DOUBLED)
        key = _known_label(header)
        if key is None:
            _refuse_title_lines(path, Path(folder), chosen.name)
    with open_export(path, key, encoding=chosen.name) as export:
        labels = export.header.labels
        once = [label for label, count in Counter(labels).items() if count == 1 and label]
        columns = export.read({label: label for label in once})
    return WholeFile(path, chosen, _SEPARATORS.get(header.separator, repr(header.separator)), labels, columns)


def _chosen(path: Path, room: Path, encoding: str | None) -> Encoding:
    try:
        chosen = choose_encoding(path, room)
    except ExportError:
        if encoding is None:
            raise
        return _as_said(path, encoding)
    return _as_said(path, encoding) if encoding and chosen.name else chosen


def _as_said(path: Path, encoding: str) -> Encoding:
    """The encoding that a person names, if there is one of that name and the file can be in it."""
    try:
        with TemporaryDirectory() as folder:
            held = unpack(path, Path(folder))
            held.path.read_bytes().decode(encoding)
    except LookupError:
        raise ExportError(
            f"There is no encoding {encoding!r}; ENCODING takes the names that Python has, such as cp1252 or cp932."
        ) from None
    except UnicodeError:
        raise ExportError(f"{path} is not {encoding}, as ENCODING says; leave ENCODING out, or name another.") from None
    return Encoding(encoding, "you said so")


def _known_label(header: Header) -> str | None:
    known = (label for label in header.labels if label.casefold() == "id" or fields_meant(label))
    return next(known, None)


def _refuse_title_lines(path: Path, folder: Path, encoding: str | None) -> None:
    """The row of labels may stand below others; then it has one of the labels by which files are known."""
    room = folder / "again"
    room.mkdir()
    text = as_utf8(path, room, encoding)
    for word in _KEYS:
        read_header(text, path, word, _IF_DOUBLED)


_KEYS: Final = ("id", "Internal ID", "Interne ID", "内部ID", "ID interne", "ID interno", "내부 ID", "内部 ID")
