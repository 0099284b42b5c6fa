"""What the oracle makes of a text: the id in it, its words, and ids as a sentence lists them."""

import re
import unicodedata

from assets.keys import WHITE_SPACE


def read_id(text: str) -> str | None:
    """Return the one id in a text, if all else in it is an address or punctuation around it."""
    if len(re.findall("(?i)cus_", text)) == 1:
        around = re.fullmatch(
            r"""[\s"'`<(\[{]*(?:[^\s,;|]*/)?(cus_[0-9A-Za-z]+)(?:/[^\s,;|]*|[?#][^\s,;|]+)?[\s"'`>)\]}.,;:]*""", text
        )
        if around:
            return around[1]
    address = re.fullmatch(r"https?://[^\s,;|]*/customers/([^\s/?#,;|]+)(?:[/?#][^\s,;|]*)?", text)
    return address[1] if address else None


def with_prefix(text: str) -> str:
    """Return what may be an id without its `cus_`, or with a part of it, or with too many, with one."""
    rest = re.sub(r"^[\W_]+|[\W_]+$", "", text)
    while found := re.match(r"(?i)[\W_]*(?:(?:cus|us|s)?[_\-.:#]+|cus)", rest):
        rest = rest[found.end() :]
    return f"cus_{rest}"


def has_token(text: str, token: str) -> bool:
    """Tell whether the token stands in the text, not inside a longer run of letters, digits and `_`."""
    starts = [found.start() for found in re.finditer(f"(?={re.escape(token)})", text)]
    return any(not _is_word(text[at - 1 : at]) and not _is_word(text[at + len(token) :][:1]) for at in starts)


def _is_word(character: str) -> bool:
    return character == "_" or (character != "" and unicodedata.category(character)[0] in "LMN")


def trimmed(text: str | None) -> str | None:
    visible = "".join(c for c in text or "" if unicodedata.category(c) != "Cf")
    return visible.strip(WHITE_SPACE) or None


def shown(ids: list[int]) -> str:
    return " ".join(map(str, ids[:50]))


def listed(ids: list[int], count: int) -> str:
    """Return the first 50 of the ids in words, and how many of `count` are left out."""
    shown = ids[:50]
    return ", ".join(map(str, shown)) + (f" and {count - len(shown)} more" if count > len(shown) else "")
