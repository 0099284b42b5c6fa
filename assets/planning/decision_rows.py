"""What a decision says, a row of a file or a single one, and why it cannot be meant (M8, X16); pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final
from unicodedata import normalize

from assets.keys import INVISIBLE, WHITE_SPACE
from resources.exports.decisions import CUSTOMER
from resources.ledger import NewDecision
from schemas.review import DECISION, DECISION_WORDS, WHY
from schemas.words import DecisionKind, InternalId, StripeId

_INTERNAL_ID: Final = re.compile(r"0*([1-9][0-9]{0,17})(?:[.,]0)?")
_SHOWN_RECORD: Final = re.compile(r"([1-9][0-9]{0,17})[,:] .*", re.DOTALL)
_REWRITTEN: Final = re.compile(r"[0-9][0-9.,'\s]*(?:[Ee][+-]?[0-9]+)?")
_ERROR: Final = re.compile(r"#[A-Z0-9/]+[!?]?")
_ID: Final = re.compile(r"cus_\w+|[\d.,E+-]+")
"""What may be shown as the id of a customer; what else stands there can be a cell of another column."""

_OF_THE_GONE: Final = ("never", "later", "withdraw")
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
            _plain(cells["decided"]),
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


@dataclass(frozen=True)
class Picture:
    """What is known now.

    Attributes:
        customers: Stripe ids, those among them that differ from one in the file in leading zeros only.
        gone: ids that NetSuite names and that are no customer's.
        records: internal id → whether it is a customer.
        standing: customer → what was decided, and the record decided for.
        in_words: the same as the review shows it.
        shows_decided: whether the file has the column with what was decided before.
        is_typed: whether a person typed it, so that no spreadsheet has rewritten it.
        makes_records: whether customers without a record get a new one (`on_none: create`).
        linked: customers that a link names a record for, or may, with the outcome that they have by it.
    """

    customers: frozenset[str]
    gone: frozenset[str]
    records: Mapping[int, bool]
    standing: Mapping[str, tuple[DecisionKind, int | None]]
    in_words: Mapping[str, str]
    shows_decided: bool
    is_typed: bool = False
    makes_records: bool = False
    linked: Mapping[str, str] = field(default_factory=dict)


def decision_of(row: Row, picture: Picture, why: str) -> NewDecision | None:
    """The decision of a row; none if it says `later`, or what stands already.

    Args:
        row: the row.
        picture: what is known now.
        why: for a row without a `why` of its own.

    Raises:
        Refused: a cell of it cannot be meant.
    """
    if row.is_later:
        _check_customer(row, picture)
        return None
    decided = meant_by(row, picture, row.why or why)
    if picture.standing.get(row.customer, ("withdrawn", None)) == (decided.kind, decided.record):
        return None
    _check_meanwhile(row, picture)
    if not decided.why:
        raise Refused(row, WHY, "it is empty; say why there, or WHY= for all rows without")
    return decided


def meant_by(row: Row, picture: Picture, why: str) -> NewDecision:
    """The decision of a row that says one, whatever was decided before.

    Raises:
        Refused: a cell of it cannot be meant.
    """
    _check_customer(row, picture)
    return _decided(row, picture, why)


def refuse_twice(rows: Sequence[Row]) -> Iterator[Refused]:
    """Refuse each row whose customer a row before it decides otherwise about."""
    first: dict[StripeId, Row] = {}
    for row in rows:
        before = first.setdefault(row.customer, row)
        if row.customer and before.meant != row.meant:
            yield Refused(row, DECISION, f"{_shown(row.decision)}, and another row says {_shown(before.decision)}")


def _check_customer(row: Row, picture: Picture) -> None:
    if not row.customer:
        raise Refused(row, CUSTOMER, "it is empty, so that nobody knows about whom this decides")
    if row.customer.isdecimal():
        bare = row.customer.lstrip("0")
        alike = sorted(each for each in picture.customers if each.lstrip("0") == bare and each != row.customer)
        if alike and not (picture.is_typed and row.customer in picture.customers):
            both = row.customer in picture.customers
            what = f"{alike[0]!r} is a customer, too" if both else f"there is no such customer, but {alike[0]!r}"
            raise Refused(
                row, CUSTOMER, f"{what}; as spreadsheets drop zeros, decide for the one that is meant with CUSTOMER="
            )
    if row.customer not in picture.customers and not (row.customer in picture.gone and row.word in _OF_THE_GONE):
        known = "Stripe has no such customer, as far as it was read"
        if row.customer in picture.gone:
            raise Refused(row, CUSTOMER, f"{known}; it was deleted, so that only never can be decided")
        rewritten = " (a spreadsheet has rewritten it)" if "E+" in row.customer.upper() else ""
        check = "; check the id, or reconcile first" if picture.is_typed else ""
        raise Refused(row, CUSTOMER, f"{known}{rewritten}{check}")


def _decided(row: Row, picture: Picture, why: str) -> NewDecision:
    if row.word == "never":
        return NewDecision(row.customer, "never", None, why)
    if row.word == "withdraw":
        return NewDecision(row.customer, "withdrawn", None, why)
    if row.word == "create":
        _check_create(row, picture)
        return NewDecision(row.customer, "create", None, why)
    record = row.number_meant
    if record is None:
        new = "create, " if picture.makes_records else ""
        if picture.is_typed:
            what = f"a record's internal id (a whole number of at most 18 digits), {new}never or withdraw"
            raise Refused(row, DECISION, f"{_typed(row.decision)} is no decision; expected {what}")
        if _REWRITTEN.fullmatch(row.decision):
            raise Refused(row, DECISION, f"{_shown(row.decision)} is a number that a spreadsheet has rewritten")
        raise Refused(
            row, DECISION, f"{_shown(row.decision)} is no decision; write an internal id, {new}never, later or withdraw"
        )
    if record not in picture.records:
        raise Refused(row, DECISION, f"NetSuite has no record {record}, as far as it was read")
    if not picture.records[record]:
        raise Refused(
            row, DECISION, f"record {record} is no customer, but a lead or a prospect: make it one in NetSuite first"
        )
    return NewDecision(row.customer, "link", record, why)


def _check_create(row: Row, picture: Picture) -> None:
    if not picture.makes_records:
        raise Refused(row, DECISION, "no record is made for anybody: create needs on_none: create in the declaration")
    if outcome := picture.linked.get(row.customer):
        what = f"the customer is {outcome} by a link that is there"
        raise Refused(row, DECISION, f"{what}: clear it in Stripe and NetSuite first, and reconcile")


def _check_meanwhile(row: Row, picture: Picture) -> None:
    stands = picture.in_words.get(row.customer, "")
    if row.decided == _plain(stands):
        return
    if not stands:
        raise Refused(row, DECISION, "the decision that this row shows was taken back since; reconcile first")
    otherwise = "was decided since" if picture.shows_decided else "stands, and the file has no column 'decided'"
    raise Refused(row, DECISION, f"'{stands}' {otherwise}; reconcile first, or decide with CUSTOMER=")


def _text(cell: str | None) -> str:
    return (cell or "").strip(WHITE_SPACE + INVISIBLE)


def _as_typed(text: str) -> str:
    """A number or a word that was typed in full-width letters, as Japanese keyboards give them, in plain ones."""
    plain = normalize("NFKC", text)
    return plain if _INTERNAL_ID.fullmatch(plain) or plain.lower() in DECISION_WORDS else text


def _plain(cell: str | None) -> str:
    """A text whatever became of its white space."""
    return " ".join((cell or "").split())


def _typed(text: str) -> str:
    return repr(text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…")


def _shown(text: str) -> str:
    """A cell as far as a sentence may have it: a number, an error, nearly a word; never the name of a wrong column."""
    if record := _SHOWN_RECORD.fullmatch(text):
        return repr(f"{record[1]}, …")
    is_number = _INTERNAL_ID.fullmatch(text) or _REWRITTEN.fullmatch(text) or _ERROR.fullmatch(text)
    if is_number or get_close_matches(text.lower(), DECISION_WORDS):
        return _typed(text)
    return "a text of 1 character" if len(text) == 1 else f"a text of {len(text)} characters"
