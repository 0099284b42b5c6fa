"""The other ways in which a value may be read, and what to say of each; who is found by them is in `other_readings`."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

import polars as pl

from assets.matching.look_alikes import LOOK_ALIKES
from schemas.invisible import without_invisible
from schemas.rule_kinds import AS_IT_IS, RULE_KINDS, RuleKind
from schemas.rule_kinds.netsuite_name import NUMBER_BEFORE

_ADDRESS: Final = r"[^\s@,;:<>()\[\]\x22'|=]+@[^\s@,;:<>()\[\]\x22'|=#?]+\.[^\s@,;:<>()\[\]\x22'|=.#?]+"
_PHONE: Final = r"^\s*'?\+?[\d\s().\-/]{9,25}$"
_DIGITS_COMPARED: Final = 9
_BY_NUMBER: Final = re.compile(r"\\u([0-9a-fA-F]{4})")


@dataclass(frozen=True)
class Reading:
    """Another way to read a value.

    Attributes:
        says: what to set, or to mend, for people.
        trait: what a value looks like that may be read so.
        rewrite: the other text of such a value.
        kind: the kind of comparison that reads so, of a declaration.
        separators: as of a declaration.
        by_both: whether the values of both sides are rewritten, and not those of one side at a time.
    """

    says: str
    trait: str
    rewrite: Callable[[pl.Expr], pl.Expr] = lambda column: column
    kind: RuleKind = AS_IT_IS
    separators: str = ""
    by_both: bool = False


_MISREAD_AS: Final = ("cp1252", "latin-1", "mac_roman", "cp850", "cp1251")
_TIMES: Final = 3
_C1: Final = {
    0x80 + at: letter
    for at, letter in enumerate(bytes(range(0x80, 0xA0)).decode("cp1252", "replace"))
    if letter != "\ufffd"
}
"""What Windows-1252 has where Latin-1 has control characters."""


def _twice_encoded(column: pl.Expr) -> pl.Expr:
    """Return the text that was written in one encoding and read in another, perhaps twice: `MÃ¼ller` is Müller."""

    def mended(text: str) -> str | None:
        found = next((found for codec in _MISREAD_AS if (found := _read_again(text, codec)) != text), text)
        changed = found.translate(_C1)
        return changed if changed != text else None

    return column.map_elements(mended, return_dtype=pl.String)


def _read_again(text: str, codec: str) -> str:
    for _ in range(_TIMES):
        try:
            text = text.encode(codec).decode("utf-8")
        except UnicodeError:
            break
    return text


def _escaped(column: pl.Expr) -> pl.Expr:
    r"""Return the text with the letters for which programs write numbers: `M\u00fcller`, `M%C3%BCller`."""

    def plain(text: str) -> str:
        lettered = _BY_NUMBER.sub(lambda found: chr(int(found[1], 16)), text)
        # Halves of a character, of which programs write two, make one; alone they are in no text.
        return unquote(lettered.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))

    return column.map_elements(plain, return_dtype=pl.String)


def _own_letters(column: pl.Expr) -> pl.Expr:
    """Return an e-mail with the letters of its domain: `xn--mller-kva` is müller."""

    def decoded(text: str) -> str | None:
        user, _, host = text.partition("@")
        try:
            return f"{user}@{host.strip().encode('ascii').decode('idna')}"
        except UnicodeError:
            return None

    return column.map_elements(decoded, return_dtype=pl.String)


def _last_digits(column: pl.Expr) -> pl.Expr:
    digits = column.str.replace_all(r"\D", "")
    return pl.when(digits.str.len_bytes() >= _DIGITS_COMPARED).then(digits.str.tail(_DIGITS_COMPARED))


_NUMBER_BEHIND: Final = r"\s+(?:[-\x{2013}#]\s*|[(\[]#?)\p{L}{0,5}[-_]?\d{2,}[)\]]?\s*$"
_PARTED: Final = r"\s*[:\x{FF1A}>\x{BB}|\\/()\[\]\x{FF08}\x{FF09}\x{3010}\x{3011}]+\s*|\s+[-\x{2013}\x{2014}]\s+"
"""What stands between two names in a field: `Parent: Child`, `Parent / Child`, `Child - Berlin`, `Child (Parent)`."""
_PART: Final = "\x1f"


def _parts(column: pl.Expr) -> pl.Expr:
    """Return the names in a field; but what `leaf` reads, and a number behind a name, have readings of their own."""
    named = column.str.replace(r"\s:\s[^:]*$", "").str.replace_all(_PARTED, _PART)
    is_numbered = column.str.contains(rf"^\s*{NUMBER_BEFORE}\S|{_NUMBER_BEHIND}")
    return pl.when(~is_numbered).then(named)


_ALIKE: Final = "".join(LOOK_ALIKES)

_OTHER: Final = "\u0130\u0131\u06a9\u06cc\u0649\u9ad9\ufa11\u5fb7\u6ff5\u908a"
_USUAL: Final = "Ii\u0643\u064a\u064a\u9ad8\u5d0e\u5fb3\u6ff1\u8fba"
_LEFT_OUT: Final = "\u2122\u00ae\u00a9\u2120\u0640\ufe0e\ufe0f" + "".join(map(chr, range(0xE0100, 0xE0110)))
_FORMS: Final = dict(zip(_OTHER, _USUAL, strict=True)) | dict.fromkeys(_LEFT_OUT, "")
"""Letters with the form that is written for them as well, and signs that some leave out: marks, variation selectors."""

READINGS: Final = {
    **{
        kind.name: Reading(f"as: {kind.name}", kind.trait, kind=kind)
        for kind in RULE_KINDS.values()
        if kind.trait is not None
    },
    "separators": Reading('separators: ";,"', r"@[^;,]*[;,]|[;,].*@", separators=";,"),
    "further_separators": Reading(
        r'separators: "/|& \n"', r"@[^;,@]*[/|&\s][^;,@]*@", lambda column: column, separators="/|& \n\r\t"
    ),
    "address": Reading(
        "an e-mail inside other text (mailto:, quotes, brackets, a full stop); mend the field",
        r"[<>()\[\]\x22':=].*@|@.*[<>()\[\]\x22':]|@.*\.\s*$",
        lambda column: column.str.extract_all(_ADDRESS).list.join(";"),
        separators=";",
    ),
    "punycode": Reading(
        "a domain in two ways (xn--… for its own letters); mend the field", r"(?i)@.*\bxn--", _own_letters
    ),
    "number": Reading(
        "a number with leading zeros or decimals on one side alone, as spreadsheets rewrite it; export it again",
        r"^\s*(?:0+[1-9]\d*|\d+\.0+)\s*$",
        lambda column: column.str.replace(r"^\s*0*(\d+?)(?:\.0+)?\s*$", "$1"),
    ),
    "turned": Reading(
        "last name before the first, as in Doe, Jane; mend the field",
        r"^[^,@]+,[^,@]+$",
        lambda column: column.str.replace(r"^\s*([^,]+?)\s*,\s*([^,]+?)\s*$", "$2 $1"),
    ),
    "numbered": Reading(
        "a number before or behind the name on one side alone; mend the field",
        rf"^\s*{NUMBER_BEFORE}\S|\S{_NUMBER_BEHIND}",
        lambda column: column.str.replace(rf"^\s*{NUMBER_BEFORE}(\S)", "$1").str.replace(
            rf"(\S){_NUMBER_BEHIND}", "$1"
        ),
    ),
    "parts": Reading(
        "a further name before or behind it, as in Parent: Child; compare a column that has the name alone",
        rf"^[^@]*(?:{_PARTED})[^@]*\p{{L}}[^@]*$",
        _parts,
        separators=_PART,
    ),
    "phone": Reading("as: phone, with country", _PHONE, _last_digits, by_both=True),
    "look_alikes": Reading(
        "letters of another script that look like Latin ones; mend the field",
        rf"[A-Za-z][{_ALIKE}]|[{_ALIKE}][A-Za-z@]",
        lambda column: column.str.replace_many(LOOK_ALIKES),
    ),
    "full_width": Reading(
        "full-width or half-width letters and signs, or other forms (\uff21, \uff71, \ufb01, \u3231); mend the field",
        r"[\x{FF01}-\x{FFDC}\x{FB00}-\x{FB06}\x{3200}-\x{33FF}\x{2100}-\x{214F}]",
        lambda column: column.str.normalize("NFKC"),
    ),
    "letter_forms": Reading(
        "another form of a letter (\u0131 for i, \u06a9 for \u0643, \u9ad9 for \u9ad8), or a sign such as \u2122; "
        "mend the field",
        f"[{''.join(_FORMS)}]",
        lambda column: column.str.replace_many(_FORMS),
    ),
    "invisible": Reading(
        "characters that nobody sees, such as soft hyphens and marks of direction; mend the field",
        r"[\x{AD}\x{200C}-\x{200F}\x{202A}-\x{202E}\x{2061}-\x{206F}]",
        without_invisible,
    ),
    "twice_encoded": Reading(
        "UTF-8 that was read as Windows-1252 or the like (Ã¼, √º or ├╝ for ü); export again, or mend the field",
        r"[Â-ßà-ô][\x{80}-\x{BF}\x{152}-\x{192}\x{2C6}\x{2DC}\x{2013}-\x{2122}]|[\x{80}-\x{9F}]"
        r"|[√¬ƒ≈├┬][^\x00-\x7F]|[\x{420}\x{421}][\x{A0}-\x{BF}\x{402}-\x{40F}\x{451}-\x{491}\x{2013}-\x{2122}]",
        _twice_encoded,
    ),
    "escaped": Reading(
        "letters that stand there as numbers (\\u00fc, %C3%BC); export again, or mend the field",
        r"(?i)\\u[0-9a-f]{4}|%[0-9a-f]{2}",
        _escaped,
    ),
    "apostrophe": Reading(
        "an apostrophe before the value, as spreadsheets keep text; mend the field",
        r"^\s*'",
        lambda column: column.str.strip_chars_start(" '"),
    ),
}
"""Every other reading, by the name under which its customers are counted."""

ANY_TRAIT: Final = "|".join(f"(?:{reading.trait})" for reading in READINGS.values())
