"""Files that are no lists of customers, told by how they begin: archives of other kinds, pages, pictures, databases."""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path
from typing import Final

from schemas.errors import ExportError

_UNPACK: Final = "unpack it, and name the file in it"
_EXPORT: Final = "export the list again as CSV"
_ARCHIVES: Final = {
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ\0": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a Zstandard archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"\x1f\x8b": "an archive in an archive",
    b"PK\x03\x04": "an archive in an archive",
    b"PK\x05\x06": "a zip archive without files",
}
_OTHERS: Final = {
    b"%PDF": "a PDF",
    b"PAR1": "a Parquet file",
    b"SQLite format 3": "a database",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"{\\rtf": "a text of a word processor (RTF)",
    b"<?xml": "an XML file",
    b"<": "a web page (often a log-in page that was saved in place of the file)",
}
_JSON: Final = re.compile(rb'\{\s*"|\[\s*\{')
_CONFLICT: Final = b"<<<<<<< "
_LFS: Final = b"version https://git-lfs"
_TAR: Final = slice(257, 262)
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/]*={0,2}")
_SHORTEST: Final = 40  # in one line; labels are parted before
_DATA: Final = re.compile(rb"data:[^,]{0,99};base64,")


def refuse_foreign(source: Path, head: bytes) -> None:
    """Refuse what begins as something else than a list does.

    Raises:
        ExportError: it does.
    """
    if head.startswith(_LFS):
        raise ExportError(f"{source} is a pointer of Git LFS to the file, not the file; fetch it with `git lfs pull`.")
    if head[_TAR] == b"ustar":
        raise ExportError(f"{source} is a tar archive, not CSV; {_UNPACK}.")
    text = in_utf8(head)
    if text.startswith(_CONFLICT):
        raise ExportError(
            f"{source} begins with a mark of a conflict between two versions of the file; take one of them."
        )
    if _is_base64(text):
        raise ExportError(f"{source} is base64, not CSV; decode it, and name the file that it becomes.")
    archive = next((name for mark, name in _ARCHIVES.items() if head.startswith(mark)), None)
    other = next((name for mark, name in _OTHERS.items() if text.startswith(mark)), None)
    if archive or other or _JSON.match(text):
        raise ExportError(f"{source} is {archive or other or 'JSON'}, not CSV; {_UNPACK if archive else _EXPORT}.")


def in_utf8(head: bytes) -> bytes:
    """What a file begins with, without a byte order mark and space before it, as UTF-8 where it is UTF-16."""
    little = head.startswith(BOM_UTF16_LE) or (head[1:2] == b"\0" != head[:1])
    big = head.startswith(BOM_UTF16_BE) or (head[:1] == b"\0" != head[1:2])
    if little or big:
        head = head.decode("utf-16-le" if little else "utf-16-be", errors="ignore").encode(errors="ignore")
    return head.removeprefix(BOM_UTF8).lstrip()


def _is_base64(text: bytes) -> bool:
    """Whether a text is whole lines of one length, of the letters of base64 alone."""
    first, *others = text.split() or [text]
    lines = [first, *others[:-1]]
    is_long = len(first) >= _SHORTEST and not len(first) % 4 and {*map(len, lines)} == {len(first)}
    return bool(_DATA.match(text)) or (is_long and all(map(_BASE64.fullmatch, [first, *others])))
