"""The records of a batch are done several at a time; what is known of them is told, whatever happens to the others."""

import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import count

import pytest

from assets.write_back.spread import Spread
from resources.write_guard import see_that_it_is_ours, while_ours
from schemas.attempts import Answer, Attempt, ChangeResult, Entry
from schemas.errors import AccessError, LostLeaseError
from tests.assets.write_back.fakes import FakeSystem
from tests.resources.ledger.ledgers import attempt


class Service(FakeSystem):
    """A writer that does one record after the other; `meeting` is passed when so many are under way."""

    workers = 12

    def __init__(self, meeting: int = 1) -> None:
        super().__init__("stripe")
        self.meeting = threading.Barrier(meeting)
        self.began: list[str] = []
        self.calls: list[int] = []
        self.locked: set[str] = set()
        self.numbers = count()
        self.gate = threading.Event()
        self.gate.set()

    def write(self, attempts: Sequence[Attempt]) -> Iterator[Answer]:
        self.calls.append(len(attempts))
        for one in attempts:
            self.began.append(one.change.record)
            self.meeting.wait(timeout=20)
            if next(self.numbers):
                self.gate.wait(timeout=20)
            see_that_it_is_ours()
            if one.change.record in self.locked:
                raise AccessError("The key may not write.")
            yield Answer(one, "done")


def test_so_many_of_a_batch_are_under_way_as_its_share_of_the_writers_is() -> None:
    spread = Spread(Service(3), records_per_batch=50)
    assert (spread.workers, spread.records_per_batch) == (4, 50)
    tries = [attempt(number) for number in range(9)]
    assert {answer.attempt for answer in spread.write(tries)} == set(tries)


def test_the_changes_of_one_record_are_done_in_one_call() -> None:
    service = Service()
    tries = [attempt(number) for number in (1, 2, 1, 2)]
    assert len(list(Spread(service).write(tries))) == 4
    assert service.calls == [2, 2]


def test_what_is_under_way_is_told_before_the_error_and_nothing_begins_after_it() -> None:
    service = Service(3)
    service.locked = {"1"}
    told: list[str] = []
    answers = Spread(service).write([attempt(n) for n in (1, 2, 3)])
    with pytest.raises(AccessError):
        told.extend(answer.attempt.change.record for answer in answers)
    assert sorted(told) == ["2", "3"]


@pytest.mark.rule("W9")
def test_every_record_is_written_only_while_the_right_to_write_is_ours() -> None:
    def lost() -> None:
        raise LostLeaseError("Another run has taken its place.")

    with while_ours(lost), pytest.raises(LostLeaseError):
        list(Spread(Service()).write([attempt(1), attempt(2)]))


def test_who_stops_listening_lets_those_under_way_end_and_begins_no_more() -> None:
    service = Service()
    service.gate.clear()
    answers = Spread(service).write([attempt(number) for number in range(200)])
    next(answers)
    threading.Timer(0.3, service.gate.set).start()
    answers.close()  # type: ignore[attr-defined]
    assert 1 < len(service.began) < 200


def test_attempts_are_looked_at_in_the_same_way() -> None:
    service = Service()
    service.values["1", "stripe_id"] = "cus_1"
    entries = [Entry(attempt(n), ChangeResult("intended"), "run", datetime.now(UTC)) for n in (1, 2)]
    said = {answer.attempt.change.record: answer.said for answer in Spread(service).inspect(entries)}
    assert said == {"1": "done", "2": "not_done"}
