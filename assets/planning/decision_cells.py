"""What is written in a row of decisions, or typed, before anybody knows whether it can be meant (M8, X16); pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final
from unicodedata import normalize

from assets.keys import INVISIBLE, WHITE_SPACE
from resources.exports.decisions import CUSTOMER
from schemas.review import DECISION, DECISION_WORDS, WHY
from schemas.words import InternalId, StripeId, many

_INTERNAL_ID: Final = re.compile(r"0*([1-9][0-9]{0,17})(?:[.,]0)?")
_SHOWN_RECORD: Final = re.compile(r"([1-9][0-9]{0,17})[,:] .*", re.DOTALL)
_REWRITTEN: Final = re.compile(r"[0-9][0-9.,'\s]*(?:[Ee][+-]?[0-9]+)?")
_ERROR: Final = re.compile(r"#[A-Z0-9/]+[!?]?")
_ID: Final = re.compile(r"cus_\w+|[\d.,E+-]+")
"""What may be shown as the id of a customer; what else stands there can be a cell of another column."""

_LONGEST_SHOWN: Final = 40


class Refused(Exception):  # noqa: N818 (it is caught where it is collected, and never leaves)
    """A cell that cannot be meant."""

    def __init__(self, row: "Row", column: str, why: str) -> None:
        """Say of which row, which column and why."""
        super().__init__(why)
        self.row, self.column, self.why = row.number, column, why
        self.whose = f" ({row.customer})" if _ID.fullmatch(row.customer) else ""


@dataclass(frozen=True)
class Row:
    """A row of the file whose decision is filled in."""

    number: int
    customer: StripeId
    decision: str
    why: str
    decided: str
    offered: tuple[str, ...]

    @classmethod
    def of(cls, number: int, cells: Mapping[str, str | None]) -> "Row":
        """From the cells of a row."""
        texts = (cells["candidate_details"], cells["suggestions"])
        return cls(
            number,
            StripeId(_text(cells[CUSTOMER])),
            _as_typed(_text(cells[DECISION])),
            _text(cells[WHY]),
            plain(cells["decided"]),
            tuple(part.strip() for text in texts if text for part in text.split(" | ")),
        )

    @classmethod
    def typed(cls, customer: str, decision: str, why: str) -> "Row":
        """From what a person types about one customer."""
        return cls(0, StripeId(_text(customer)), _as_typed(_text(decision)), _text(why), "", ())

    @property
    def word(self) -> str:
        """The decision in lower case: a word, or else a record."""
        return self.decision.lower()

    @property
    def is_later(self) -> bool:
        """Whether it decides nothing yet."""
        return self.word == "later"

    @property
    def meant(self) -> str:
        """The decision as two rows of one customer are compared by."""
        number = self.number_meant
        return self.word if number is None else str(number)

    @property
    def number_meant(self) -> InternalId | None:
        """The record that is decided for: its id, or one of those that the row shows, as it is shown."""
        found = _INTERNAL_ID.fullmatch(self.decision)
        if found is None and self.decision in self.offered:
            found = _SHOWN_RECORD.fullmatch(self.decision)
        return InternalId(int(found[1])) if found else None


def _text(cell: str | None) -> str:
    return (cell or "").strip(WHITE_SPACE + INVISIBLE)


def _as_typed(text: str) -> str:
    """A number or a word that was typed in full-width letters, as Japanese keyboards give them, in plain ones."""
    plain = normalize("NFKC", text)
    return plain if _INTERNAL_ID.fullmatch(plain) or plain.lower() in DECISION_WORDS else text


def is_rewritten(text: str) -> bool:
    """Whether a number of it is as spreadsheets leave it: `1,042`, `4.93012E+11`."""
    return bool(_REWRITTEN.fullmatch(text))


def plain(cell: str | None) -> str:
    """A text whatever became of its white space."""
    return " ".join((cell or "").split())


def typed(text: str) -> str:
    """Return a text that a person typed, as far as a sentence has room for it."""
    return repr(text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…")


def shown(text: str) -> str:
    """Return a cell as far as a sentence may have it: a number, an error, nearly a word, no name of a wrong column."""
    if record := _SHOWN_RECORD.fullmatch(text):
        return repr(f"{record[1]}, …")
    is_number = _INTERNAL_ID.fullmatch(text) or _REWRITTEN.fullmatch(text) or _ERROR.fullmatch(text)
    if is_number or get_close_matches(text.lower(), DECISION_WORDS):
        return typed(text)
    return f"a text of {many(len(text), 'character')}"
