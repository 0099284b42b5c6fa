"""Which encoding a file of another one than UTF-8 has, as far as its labels and letters say it; else a person is asked.

A reader never guesses (`exports.encoding`): this is for the person who writes a declaration, who is told what was taken
and why.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from resources.exports.containers import unpack
from resources.exports.foreign import refuse_foreign
from resources.exports.known_labels import fields_meant
from schemas.column_words import CODEC_LANGUAGES
from schemas.errors import ExportError

_MARKS: Final = (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")
_EASTERN: Final = ("cp932", "euc_jp", "gb18030", "big5", "cp949")
_HALF_ASCII: Final = ("cp932", "gb18030", "big5")
"""Those in which the second byte of a letter may be one of ASCII."""

_WESTERN: Final = ("cp1252", "cp1250", "cp1251")
_OF_SPREADSHEETS: Final = ("mac_roman", "cp850")
"""What a spreadsheet writes as "CSV (Macintosh)" and "CSV (MS-DOS)"; looked at if the usual ones read nonsense."""
_OWN_LETTERS: Final = {"cp932": "[\u3041-\u30fa]{2}", "euc_jp": "[\u3041-\u30fa]{2}", "cp949": "[\uac00-\ud7a3]{2}"}
_EASTERN_WORD: Final = re.compile("(?<![A-Za-z])[\u3041-\u30fc\u4e00-\u9fff]{2,}(?![A-Za-z])")
_STRAY: Final = re.compile(
    "[A-Za-z][\u00a1-\u00ac\u00ae-\u00b6\u00b8-\u00de\u0152\u0160\u0178\u017d\u0192\u2018\u201a-\u2030\u2039-\u2122][a-z]"
)
_MANY: Final = 4  # a fourth
_LINES: Final = 2_000
_SHOWN: Final = 40
_ASCII_END: Final = 128


@dataclass(frozen=True)
class Encoding:
    """What to say of a file beside `export`, and why; no name where the file says it itself."""

    name: str | None
    why: str


def choose_encoding(source: Path, room: Path) -> Encoding:
    """Return the encoding that a declaration has to name for a file, if any.

    Args:
        source: a file that is there.
        room: a private folder.

    Raises:
        ExportError: it can be in several, which read it differently.
    """
    held = unpack(source, room)
    with held.path.open("rb") as file:
        lines = file.readlines()
    head = lines[0] if lines else b""
    if held.is_sheet:
        return Encoding(None, "cells of a workbook")
    refuse_foreign(source, head)
    if head.startswith(_MARKS):
        return Encoding(None, "its byte order mark says so")
    if head.count(0) * 3 > len(head):
        name = "utf-16-be" if head.startswith(b"\0") else "utf-16-le"
        return Encoding(name, "every second byte of its labels is zero")
    if any(b"\0" in line for line in lines[:_LINES]):
        raise ExportError(f"{source} is not text, or damaged: it holds zero bytes; export it again as CSV.")
    high = [line for line in lines if not line.isascii()]
    if all(_reads(line, "utf-8") is not None for line in high):
        shifts = b"\x1b$" in b"".join(lines[:_LINES])
        return (
            Encoding("iso2022_jp", "it has its escape sequences") if shifts else Encoding(None, "every byte is UTF-8")
        )
    if _reads(high[0], "utf-8") is not None:
        raise two_encodings(source, next(at for at, line in enumerate(lines, 1) if _reads(line, "utf-8") is None))
    return _among(source, head, high)


def two_encodings(source: Path, line: int) -> ExportError:
    """The error for a line that is not UTF-8 in a file that has letters of UTF-8 before it."""
    return ExportError(
        f"{source} is UTF-8 before line {line:,}, and not there: texts of two encodings were joined, or a letter was "
        "cut; export it again, or save each as 'CSV UTF-8' and join them then."
    )


def likely_encodings(lines: Sequence[bytes]) -> list[str]:
    """Return the encodings that some whole lines of a file may have, one of each reading; at least one."""
    high = [line for line in lines if not line.isascii()]
    by_reading: dict[tuple[str, ...], str] = {}
    found = _likely(b"", high)[0]
    if all(any(map(_is_mixed, _texts(high, codec))) for codec in found):
        found = [codec for codec in _OF_SPREADSHEETS if not _is_misread(_texts(high, codec))] or found
    # The commonest Chinese characters are hangul in Korean.
    also = [codec for codec in _HALF_ASCII if "cp949" in found and _may_be(high, codec)]
    for codec in (*found, *also):
        by_reading.setdefault(tuple(_texts(high, codec)), codec)
    return [*by_reading.values()] or ["latin-1"]


def _among(source: Path, head: bytes, high: Sequence[bytes]) -> Encoding:
    among, why = _likely(head, high)
    if not among:
        raise ExportError(f"{source} is neither UTF-8 nor in an encoding that is known; save it as 'CSV UTF-8'.")
    if len({tuple(_texts(high, codec)) for codec in among}) == 1:
        return Encoding(among[0], why or "what else could be read says the same")
    readings = " or ".join(f"{codec} ({_difference(high, codec, among)!r})" for codec in among)
    raise ExportError(f"{source} is not UTF-8, and may be {readings}; name the right one: ENCODING={among[0]}.")


def _likely(head: bytes, high: Sequence[bytes]) -> tuple[list[str], str]:
    """The encodings in which lines can be, and why it is not one of all others; nothing if all fit alike."""
    fits = [codec for codec in _candidates(high) if all(_reads(line, codec) is not None for line in high)]
    whole = [codec for codec in fits if not any(map(_is_mixed, _texts(high, codec)))] or fits
    if not whole:
        return [], ""
    among, why = _best(whole, {codec: _known_labels(head, codec) for codec in whole}), "its labels are words in it"
    if among == whole:
        among, why = (
            _best(whole, {codec: _has_own_letters(high, codec) for codec in whole}),
            "only so its letters are those of one language",
        )
    if _is_misread(_texts(high, among[0])):
        others = [codec for codec in _OF_SPREADSHEETS if not _is_misread(_texts(high, codec))]
        others = [codec for codec in among if codec == "cp1250" and _is_clean(_texts(high, codec))] + others
        among, why = others or among, "the usual encodings have signs within its words"
    return among, why if among != whole else ""


def _best(codecs: Sequence[str], points: Mapping[str, int]) -> list[str]:
    return [codec for codec in codecs if points[codec] == max(points.values())]


def _candidates(high: Sequence[bytes]) -> tuple[str, ...]:
    """Bytes beyond ASCII stand alone in Western text, and mostly side by side in Eastern and Cyrillic."""
    near = b"".join(high[:_LINES])
    is_high = [byte >= _ASCII_END for byte in near]
    together = sum(one and other for one, other in pairwise(is_high))
    if together * 2 >= sum(is_high):
        return (*_EASTERN, *_WESTERN)
    return (*(codec for codec in _HALF_ASCII if _has_eastern_words(high[:_LINES], codec)), *_WESTERN)


def _has_eastern_words(high: Sequence[bytes], codec: str) -> bool:
    """Whether most letters beyond ASCII are Eastern, and stand side by side; misread ones stand between Latin ones."""
    texts = [_reads(line, codec) or "\ufffd" for line in high]
    within = sum(len(word) for text in texts for word in _EASTERN_WORD.findall(text))
    beyond = sum(not letter.isascii() for text in texts for letter in text)
    return within * 2 > beyond and not any("\ufffd" in text for text in texts)


def _reads(line: bytes, codec: str) -> str | None:
    try:
        return line.decode(codec)
    except UnicodeDecodeError:
        return None


def _may_be(high: Sequence[bytes], codec: str) -> bool:
    texts = [_reads(line, codec) for line in high]
    return not any(text is None or _is_mixed(text) for text in texts)


def _texts(high: Sequence[bytes], codec: str) -> Sequence[str]:
    return [line.decode(codec, errors="replace") for line in high[:_LINES]]


def _is_mixed(text: str) -> bool:
    """Whether a text has what no encoding that fits would show: a word of two alphabets, half-width kana, a control."""
    if re.search("[\x80-\x9f\uff61-\uff9f\ue000-\uf8ff]", text):
        return True
    for word in re.findall(r"[^\W\d_]+", text):
        scripts = {unicodedata.name(letter, "?").split()[0] for letter in word}
        if {"LATIN", "CYRILLIC"} <= scripts:
            return True
    return False


def _is_misread(texts: Sequence[str]) -> bool:
    """Whether many lines have a capital or a sign within a word, as letters look in a wrong encoding."""
    return _MANY * sum(_STRAY.search(text) is not None for text in texts) > len(texts)


def _is_clean(texts: Sequence[str]) -> bool:
    """Whether a text reads as words do: no sign within one, and no capital behind a small letter."""
    letters = ((one, other) for text in texts for one, other in pairwise(text) if not other.isascii())
    return not _is_misread(texts) and not any(one.islower() and not other.islower() for one, other in letters)


def _known_labels(head: bytes, codec: str) -> int:
    """Count labels that are words in a language for which the encoding is there, and no English ones."""
    labels = re.split(r"[,;\t|]", _reads(head, codec) or "")
    meant = [fields_meant(label.strip().strip('"')) for label in labels]
    return sum(any(said & CODEC_LANGUAGES[codec] and "en" not in said for said in fields.values()) for fields in meant)


def _has_own_letters(high: Sequence[bytes], codec: str) -> int:
    """Whether a text has the letters of one language alone: kana, or hangul."""
    own = _OWN_LETTERS.get(codec)
    return int(own is not None and any(map(re.compile(own).search, _texts(high, codec))))


def _difference(high: Sequence[bytes], codec: str, among: Sequence[str]) -> str:
    """Return a word that the encodings read differently."""
    for line in high[:_LINES]:
        own, *others = [_words(line, each) for each in (codec, *among)]
        for at, word in enumerate(own):
            if any(at < len(other) and other[at] != word for other in others):
                return word[:_SHOWN]
    return ""


def _words(line: bytes, codec: str) -> list[str]:
    return re.sub(r'[,;\t|"]', " ", line.decode(codec, errors="replace")).split()
