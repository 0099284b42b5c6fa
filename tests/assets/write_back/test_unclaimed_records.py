"""Nobody is made in Stripe for a record that has a customer by now, or that NetSuite does not show."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

import pytest

from assets.write_back.unclaimed_records import UnclaimedOnly
from resources.netsuite_api import FieldEdit, NetsuiteClient, NetsuiteOutcome
from schemas.attempts import Answer, Attempt, Direction, Entry
from schemas.change import Change
from schemas.words import Action, InternalId, System


@dataclass
class Behind:
    """The writer of creates; it remembers what went through."""

    got: list[Attempt] = field(default_factory=list)
    system: System = "stripe"
    kinds: frozenset[Action] = frozenset({"create"})
    workers, records_per_batch = 1, 10

    def write(self, attempts: Sequence[Attempt]) -> Iterator[Answer]:
        self.got += attempts
        yield from (Answer(attempt, "done") for attempt in attempts)

    def inspect(self, entries: Sequence[Entry]) -> Iterator[Answer]:
        yield from (Answer(entry.attempt, "done") for entry in entries)


@dataclass
class Account:
    """NetSuite, as far as it is asked: what it says of each record."""

    says: dict[int, NetsuiteOutcome]
    asked: list[FieldEdit] = field(default_factory=list)

    def look(self, edits: Sequence[FieldEdit]) -> list[NetsuiteOutcome]:
        self.asked += edits
        return [self.of(edit) for edit in edits]

    def of(self, edit: FieldEdit) -> NetsuiteOutcome:
        said = self.says[edit.internal_id]
        return NetsuiteOutcome(edit, said.status, said.found, said.code, said.reason)


NOBODY = FieldEdit(InternalId(0), "stripe_id", "set", None)
SAYS = {
    1: NetsuiteOutcome(NOBODY, "open"),
    2: NetsuiteOutcome(NOBODY, "conflict", "n/a"),
    3: NetsuiteOutcome(NOBODY, "conflict", "cus_9"),
    4: NetsuiteOutcome(NOBODY, "failed", None, "RCRD_DSNT_EXIST", "That record does not exist."),
}


def create(record: int, direction: Direction = "apply") -> Attempt:
    change = Change(f"stripe:create:{record}", "stripe", None, "record", "create", None, "x", None, InternalId(record))
    return Attempt("plan", change, direction)


@pytest.mark.rule("P2")
@pytest.mark.rule("P3")
@pytest.mark.rule("X10")
def test_only_for_a_record_that_is_there_and_names_nobody_a_customer_is_made() -> None:
    behind, account = Behind(), Account(SAYS)
    writer = UnclaimedOnly(behind, cast("NetsuiteClient", account), lambda text: text == "n/a")
    tries = [create(number) for number in SAYS]
    answers = {answer.attempt: answer for answer in writer.write(tries)}
    assert [answers[each].said for each in tries] == ["done", "done", "conflict", "failed"]
    assert behind.got == tries[:2]
    assert answers[tries[2]].found == "the record's Stripe-id field holds cus_9"
    assert answers[tries[3]].code == "RCRD_DSNT_EXIST"
    assert (answers[tries[3]].error or "").startswith("NetSuite does not show the record: That record does not exist.")
    assert [(edit.internal_id, edit.field, edit.old) for edit in account.asked] == [
        (number, "stripe_id", None) for number in SAYS
    ]


@pytest.mark.rule("W10")
def test_a_customer_is_taken_back_whatever_has_become_of_its_record() -> None:
    behind, account = Behind(), Account({})
    writer = UnclaimedOnly(behind, cast("NetsuiteClient", account), lambda _: False)
    assert [answer.said for answer in writer.write([create(3, "undo")])] == ["done"]
    assert account.asked == []
