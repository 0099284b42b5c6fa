"""One Stripe customer in plain Python, for the oracle: what it says, and what fits."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from assets.keys import INVISIBLE, WHITE_SPACE, key
from assets.mapping.to_netsuite import CreateSettings
from schemas.customer_fields import CUT, FIELD_WORDS, SAFE_LENGTHS, STANDARD_FIELDS
from schemas.declaration.creation import Constant

Row = Mapping[str, Any]
UNSEEN = WHITE_SPACE + INVISIBLE
SPACE = re.compile(f"[{WHITE_SPACE}]+")
DAMAGED = re.compile(r"[+-]?\d+(?:[.,]\d+)?e\+\d+")


class Customer:
    """One customer on its way: what it says, what becomes of it, and the notes so far."""

    def __init__(self, row: Row, settings: CreateSettings) -> None:
        self.row, self.settings = row, settings
        self.fields: dict[str, Constant | None] = {}
        self.lines: list[dict[str, str | bool]] = []
        self.notes: list[str] = []
        self.id: str = row["id"]
        self.created: datetime = row["created"].replace(second=0, microsecond=0)
        self.entity_id: str | None = None

    def text(self, field: str) -> str | None:
        value = self.fields.get(field)
        assert value is None or isinstance(value, str)
        return value

    def raw(self, path: str) -> str | None:
        """The value at a path, none for blanks and placeholders."""
        if path == "id":
            return self.id
        text = (self.row.get(path) or "").strip(UNSEEN)
        words = self.settings.no_value - ({"na"} if path.endswith((".state", ".country")) else set())
        return text if text and key(text) not in words and not DAMAGED.fullmatch(key(text) or "") else None

    def said(self, path: str) -> str | None:
        """The value at a path for the standard mapping: one line, none where it is suppressed."""
        if self.settings.mapping.get(path, "") is None:
            return None
        return one_line(self.raw(path))

    def mapped(self, field: str) -> str | None:
        values = [self.raw(path) for path in self.settings.paths_to(field)]
        lines = [one_line(value) for value in values] if field in STANDARD_FIELDS else values
        return next((value for value in lines if value is not None), None)

    def picked(self, field: str, standard: str | None) -> str | None:
        value = self.mapped(field)
        if value is not None:
            return value
        default = self.settings.defaults.get(field)
        return str(default) if default is not None else None if field in self.settings.defaults else standard

    def fit(self, value: str | None, field: str, words: str | None = None) -> str | None:
        limit = self.settings.limits.get(field, SAFE_LENGTHS.get(field))
        if value is None or limit is None or len(value) <= limit:
            return value
        words = words or FIELD_WORDS.get(field, field)
        if field in CUT:
            self.notes.append(f"{words} cut to {limit} characters")
            return value[:limit].strip(UNSEEN)
        self.notes.append(f"{words} left out: longer than {limit} characters")
        return None

    def phone(self, value: str | None, field: str, words: str) -> str | None:
        if value is not None and sum(unicodedata.category(c) == "Nd" for c in value) < 7:
            self.notes.append(f"{words} left out: it has fewer than 7 digits")
            return None
        return self.fit(value, field, words)


def one_line(text: str | None) -> str | None:
    if text is None:
        return None
    return "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text).strip(UNSEEN) or None
