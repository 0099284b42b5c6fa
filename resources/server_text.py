"""What a server says, so that it may stand in a sentence of ours: one line, cut, without what nobody should read."""

import re
from typing import Final

_LONGEST: Final = 200


def harmless(text: str) -> str:
    """Return somebody's words so that they may stand in a sentence: one line, cut, no key, no e-mail address."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text[:2_000]).split())
    line = re.sub(r"\b((?:sk|rk|pk)_(?:test|live)_)[^\s'\",]+", r"\1…", line)
    line = re.sub(r"[^\s'\"<>(),:]+@[^\s'\"<>(),:]+", "…", line)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def short(text: str) -> str:
    """Return what names something, such as a code: a word, cut."""
    return re.sub(r"[^\w\[\].-]", "", text)[:64]
