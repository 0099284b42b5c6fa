"""What a row of decisions says by what is known now, and why it cannot be meant (M8, X16); pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from assets.planning.decision_cells import Refused, Row, is_rewritten, plain, shown, typed
from resources.exports.decisions import CUSTOMER
from resources.ledger import NewDecision
from schemas.review import DECISION, WHY
from schemas.words import DecisionKind, StripeId

_CHECK: Final = "check the id, or reconcile first, if it is new"
_OF_THE_GONE: Final = ("never", "later", "withdraw")


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
        held: customers whose id a record holds, and which, though it links nobody: a lead, or an imported id.
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
    held: Mapping[str, int] = field(default_factory=dict)


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
            yield Refused(row, DECISION, f"{shown(row.decision)}, and another row says {shown(before.decision)}")


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
        raise Refused(row, CUSTOMER, f"{known}{rewritten}; {_CHECK}")


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
            raise Refused(row, DECISION, f"{typed(row.decision)} is no decision; expected {what}")
        if is_rewritten(row.decision):
            raise Refused(row, DECISION, f"{shown(row.decision)} is a number that a spreadsheet has rewritten")
        raise Refused(
            row, DECISION, f"{shown(row.decision)} is no decision; write an internal id, {new}never, later or withdraw"
        )
    if record not in picture.records:
        raise Refused(row, DECISION, f"NetSuite has no record {record}, as far as it was read; {_CHECK}")
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
    if record := picture.held.get(row.customer):
        what = f"record {record} holds this customer's id, and NetSuite takes no second one with it"
        raise Refused(row, DECISION, f"{what}: take the id out of that record first, and reconcile")


def _check_meanwhile(row: Row, picture: Picture) -> None:
    stands = picture.in_words.get(row.customer, "")
    if row.decided == plain(stands):
        return
    if not stands:
        raise Refused(row, DECISION, "the decision that this row shows was taken back since; reconcile first")
    otherwise = "was decided since" if picture.shows_decided else "stands, and the file has no column 'decided'"
    raise Refused(row, DECISION, f"'{stands}' {otherwise}; reconcile first, or decide with CUSTOMER=")
