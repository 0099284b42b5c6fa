"""How one line of CSV falls into fields: strictly, as RFC 4180 says, or with quotes that were never doubled.

The second is for people's files, and only where it is the one way to read the line: whoever splits a line at each
separator and gets as many fields as there are labels has no choice left but what the quotes mean.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

Flaw = Literal["open", "broken"]
"""Why a text is not strict: it ends inside a quoted field, or a quote stands where none may."""

Kind = Literal["plain", "quoted", "doubled", "undoubled", "inner", "opens", "closes"]
"""What the quotes of a field are: none; around it; and doubled within; and not doubled within; or its own, somewhere
inside, at its beginning, or at its end."""

_ID: Final = re.compile(r"[a-z]{2,5}_(?=\w)")
_WIDE: Final = 4  # with fewer columns prose has as many commas by chance
_QUOTED: Final = re.compile(r'"([^"]*+(?:""[^"]*+)*+)"')


@dataclass(frozen=True)
class Field:
    """A field of a line that is not strict."""

    value: str
    kind: Kind


def strict_fields(text: str, separator: str) -> list[str] | Flaw:
    """The fields of one row without its line end, or what is wrong with it by RFC 4180.

    >>> strict_fields('7,"Acme, ""the"" first"', ",")
    ['7', 'Acme, "the" first']
    >>> strict_fields('7,Acme "the" first', ","), strict_fields('7,"Acme', ",")
    ('broken', 'open')
    """
    if '"' not in text:
        return text.split(separator)
    fields, at = [], 0
    while True:
        if text.startswith('"', at):
            quoted = _QUOTED.match(text, at)
            if quoted is None:
                return "open"
            fields.append(quoted[1].replace('""', '"'))
            at = quoted.end()
        else:
            end = text.find(separator, at)
            field = text[at:] if end < 0 else text[at:end]
            if '"' in field:
                return "broken"
            fields.append(field)
            at += len(field)
        if at == len(text):
            return fields
        if text[at] != separator:
            return "broken"
        at += 1


def only_reading(text: str, separator: str, width: int) -> Sequence[Field] | None:
    """The fields of a line that has `width` of them when it is split at each separator.

    Returns:
        null where it has not, or where a field could mean two things.

    >>> only_reading('7,"a 5" pipe",blue', ",", 3)
    [Field(value='7', kind='plain'), Field(value='a 5" pipe', kind='undoubled'), Field(value='blue', kind='plain')]
    >>> only_reading('7,"a "5" pipe",blue', ",", 3) is None
    True
    """
    parts = text.split(separator)
    fields = [_field(part) for part in parts] if len(parts) == width else [None]
    found = [field for field in fields if field is not None]
    return found if len(found) == width else None


def _field(part: str) -> Field | None:
    """What a text between two separators means; null where that is open.

    A quote that was dropped leaves an odd one at the beginning or the end, and doubled ones where nothing is quoted.
    """
    if '"' not in part:
        return Field(part, "plain")
    quoted = _QUOTED.fullmatch(part)
    if quoted:
        return Field(quoted[1].replace('""', '"'), "doubled" if '""' in quoted[1] else "quoted")
    begins, ends, is_odd = part.startswith('"'), part.endswith('"'), part.count('"') % 2 == 1
    if '""' in part or '\\"' in part or _QUOTED.fullmatch(part.strip()):
        return None
    if begins and ends:
        return Field(part[1:-1], "undoubled") if is_odd and len(part) > 1 else None
    if begins or ends:
        return None if is_odd else Field(part, "opens" if begins else "closes")
    return Field(part, "inner")


def two_readings(lines: Sequence[str], separator: str, width: int) -> bool:
    """Whether the lines of one row, which is strict, may as well be rows of their own.

    They may where one that follows begins like a row and is as long: so it looks when the quotes of two rows are
    damaged, and what is between them pairs up.
    """
    counts = [line.count(separator) for line in lines]
    kind = _kind_of_id(lines[0], separator)
    if kind is None and set(counts) == {width - 1} and width >= _WIDE:
        return True
    rows = (line for line, count in zip(lines[1:], counts[1:], strict=True) if count >= width - 1)
    return kind is not None and any(_kind_of_id(line, separator) == kind for line in rows)


def _kind_of_id(line: str, separator: str) -> str | None:
    """What the first field is made of, where it may be an id: a number, or letters before an underscore.

    In prose a blank follows a comma, as in `2, Main Street`.
    """
    first, _, rest = line.partition(separator)
    plain = first.strip('"\ufeff')
    if rest.startswith(" "):
        return None
    return "number" if plain.isdecimal() else (_ID.match(plain) or [None])[0]
