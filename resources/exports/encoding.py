"""From the bytes of an export to UTF-8: what says which encoding a file has, and which does not.

A mark at its beginning says it, or that every byte is UTF-8, or the declaration. Nothing else does: one text of bytes
is good Windows-1252, Windows-1250 and Latin-1, with other letters in each, so it is never guessed.
"""

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE, getincrementaldecoder, lookup
from pathlib import Path
from typing import Final

from resources.exports.containers import unpack
from resources.exports.encoding_choice import likely_encodings
from resources.exports.foreign import refuse_foreign
from resources.storage.disk import disk_in_words
from schemas.errors import ExportError

_BLOCK: Final = 1 << 24
_NULS_OF_UTF16: Final = 20  # one byte in so many at least: separators, digits and line ends have one in any script
_MARKS: Final = (  # the longer ones first: that of UTF-16 begins the one of UTF-32
    (BOM_UTF32_LE, "utf-32"),
    (BOM_UTF32_BE, "utf-32"),
    (BOM_UTF16_LE, "utf-16"),
    (BOM_UTF16_BE, "utf-16"),
    (BOM_UTF8, "utf-8"),
)
_NAMES: Final = {
    "cp932": "Shift JIS",
    "euc_jp": "EUC-JP",
    "gb18030": "GB 18030",
    "big5": "Big5",
    "cp949": "Korean",
    "cp1252": "Windows-1252",
    "cp1250": "Windows-1250",
    "cp1251": "Windows-1251",
    "mac_roman": "that of a Macintosh",
    "cp850": "that of MS-DOS",
    "latin-1": "Latin-1",
}


def as_utf8(source: Path, room: Path, encoding: str | None = None) -> Path:
    """Give a file of UTF-8 text: the file itself, or in `room` a copy, or what is packed into it.

    Args:
        source: the file that the person named.
        room: a private folder.
        encoding: the one that the declaration names, if any; a mark in the file must not contradict it.

    Raises:
        ExportError: the file is not there, empty, something else than text, or not in this encoding.
    """
    _refuse_unreadable(source)
    held = unpack(source, room)
    if held.is_sheet:
        return held.path
    head = _head(held.path, source)
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    codec = lookup(encoding).name if encoding else None
    refuse_foreign(source, head)
    if marked and codec and not codec.startswith(marked):
        raise ExportError(
            f"{source} begins with the mark of {marked.upper()}, and the declaration says `encoding: {encoding}`; "
            "take `encoding` out."
        )
    if marked is None and codec is None and b"\0" in head:
        name = _utf16_of(head)
        if name is None:
            raise nul_character(source, head.index(b"\0"))
        raise ExportError(
            f"{source} is not text, or is UTF-16 without a byte order mark; save it as 'CSV UTF-8', or write "
            f"`encoding: {name}` beside `export` in the declaration."
        )
    chosen = marked or codec or "utf-8"
    return (
        held.path
        if chosen.startswith("utf-8")
        else _converted(held.path, room / "export.csv", chosen, encoding, source)
    )


def not_utf8(source: Path, line: int, near: bytes) -> ExportError:
    """The error for a line, counted from 1, that is not UTF-8; whole lines from there on may say what it is."""
    codecs = likely_encodings(near.splitlines())
    names = [_NAMES.get(codec, codec) for codec in codecs]
    listed = f"{', '.join(names[:-1])} or {names[-1]}" if names[1:] else names[0]
    return ExportError(
        f"{source} is not UTF-8 (line {line:,}), perhaps {listed}; save it as 'CSV UTF-8', or name its encoding in the "
        f"declaration, as `encoding: {codecs[0]}` beside `export`; it is not guessed, because that would spoil letters."
    )


def escape_sequences(source: Path) -> ExportError:
    """The error for a file that shifts between alphabets, which looks like UTF-8 and is not."""
    return ExportError(
        f"{source} has the escape sequences of ISO-2022-JP; save it as 'CSV UTF-8', or write `encoding: iso2022_jp` "
        "beside `export` in the declaration."
    )


def nul_character(source: Path, byte: int) -> ExportError:
    """The error for a character that no text has."""
    return ExportError(
        f"{source} has a NUL character (near byte {byte:,}): it is damaged, or a cell holds one, which no text may; "
        "remove it in the source, and export again."
    )


def _utf16_of(head: bytes) -> str | None:
    """The form of UTF-16 that a text without a mark has, by the places of its NULs; none, if it has but a few."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if _NULS_OF_UTF16 * max(even, odd) < len(head) or min(even, odd) * 2 > max(even, odd):
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _refuse_unreadable(source: Path) -> None:
    try:
        with source.open("rb"):
            pass
    except FileNotFoundError:
        raise ExportError(
            f"There is no file {source}; put the export there, or correct `export` in the declaration."
        ) from None
    except OSError as error:
        raise ExportError(
            f"{source} cannot be read ({error.strerror}); name a readable file in the declaration."
        ) from error


def _head(path: Path, source: Path) -> bytes:
    with path.open("rb") as file:
        head = file.read(4096)
    if not head.removeprefix(BOM_UTF8).strip():
        raise ExportError(f"{source} is empty; export it again.")
    return head


def _converted(held: Path, target: Path, codec: str, declared: str | None, source: Path) -> Path:
    decoder, as_it_is = getincrementaldecoder(codec)(), getincrementaldecoder("utf-8")()
    line, is_utf8, is_ascii = 1, codec.partition("-")[0] != "utf", True
    with disk_in_words(target.parent), held.open("rb") as old, target.open("w", encoding="utf-8", newline="") as new:
        while True:
            block = old.read(_BLOCK)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeError as error:
                line += _lines_before(error, codec)
                raise _not_so(source, codec, declared, line) from None
            new.write(text)
            line += text.count("\n")
            is_ascii = is_ascii and block.isascii()
            is_utf8 = is_utf8 and _decodes(as_it_is.decode, block, final=not block)
            if not block:
                break
    if is_utf8 and not is_ascii:
        raise ExportError(
            f"{source} is UTF-8, and the declaration says `encoding: {declared}`, which would spoil its letters; take "
            "`encoding` out."
        )
    return target


def _decodes(decode: object, block: bytes, *, final: bool) -> bool:
    try:
        decode(block, final)  # type: ignore[operator]
    except UnicodeDecodeError:
        return False
    return True


def _lines_before(error: UnicodeError, codec: str) -> int:
    """Line ends that stand before the fault in the block that could not be decoded."""
    if not isinstance(error, UnicodeDecodeError):
        return 0
    return error.object[: error.start].decode(codec, errors="replace").count("\n")


def _not_so(source: Path, codec: str, declared: str | None, line: int) -> ExportError:
    if declared is None:
        return ExportError(f"{source} begins as {codec.upper()} but is not (line {line:,}); save it as 'CSV UTF-8'.")
    return ExportError(
        f"Line {line:,} of {source} is not {declared}, which the declaration names; correct `encoding`, or save the "
        "file as 'CSV UTF-8' and take `encoding` out."
    )
