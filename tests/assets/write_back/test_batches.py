"""Batches keep every place of a system busy: two wait ready, they are sized by time, and the end is cut fine."""

import threading
from collections.abc import Sequence

import pytest

from assets.write_back.batches import AHEAD, AT_FIRST, Batches, in_batches
from schemas.attempts import Attempt
from schemas.errors import InternalError, TransientError, UserError
from tests.assets.write_back.fakes import FakeSystem
from tests.resources.ledger.ledgers import attempt


def batches(records: int, most: int = 100, takers: int = 5) -> Batches[Attempt]:
    return Batches([attempt(number) for number in range(records)], record_of, most, takers)


def record_of(one: Attempt) -> str:
    return one.change.record


def test_while_nobody_knows_how_long_a_record_takes_batches_are_small() -> None:
    assert batches(1_000).take()[1] == AT_FIRST


def test_the_first_batches_differ_so_that_the_places_do_not_become_free_together() -> None:
    left = batches(1_000)
    assert [left.take()[1] for _ in range(4)] == [10, 13, 16, 19]


@pytest.mark.parametrize(
    ("seconds", "size"), [(0.05, 100), (0.5, 40), (2.0, 10), (60.0, 1)], ids=["quick", "usual", "slow", "endless"]
)
def test_a_batch_is_as_large_as_fits_into_its_time(seconds: float, size: int) -> None:
    left = batches(1_000)
    left.took(10, 10 * seconds)
    assert left.take()[1] == size


def test_the_end_is_shared_evenly_and_cut_ever_finer_but_not_to_dust() -> None:
    left = batches(100)
    left.took(10, 5.0)
    sizes = []
    while (size := left.take()[1]) > 0:
        sizes.append(size)
    assert sizes == [20, 16, 13, 11, 8, 7, 5, 4, 4, 4, 4, 4]


def test_all_changes_of_a_record_are_in_one_batch() -> None:
    items = [attempt(number) for number in range(30) for _ in range(3)]
    left = Batches(items, record_of, 7, 2)
    seen: list[set[str]] = []
    while (taken := left.take())[1]:
        assert len(taken[0]) == 3 * taken[1]
        seen.append({record_of(one) for one in taken[0]})
    assert sum(map(len, seen)) == len(set().union(*seen)) == 30


class Place(FakeSystem):
    """A writer of two places."""

    workers, records_per_batch = 2, 1


def test_two_batches_more_than_there_are_places_are_under_way() -> None:
    """Each waits until all of them have come: with fewer threads nobody would ever go on."""
    met = threading.Barrier(Place.workers + AHEAD)

    def act(_: Sequence[Attempt]) -> None:
        met.wait(timeout=20)

    in_batches(Place("netsuite"), [attempt(n) for n in range(3 * met.parties)], record_of, act)


def test_after_an_error_no_batch_begins_and_the_gravest_is_told() -> None:
    down, defect = TransientError("it is down"), InternalError("a defect")
    errors = {"1": down, "2": UserError("a person must act"), "3": defect, "4": down}
    met, began = threading.Barrier(Place.workers + AHEAD), []

    def act(batch: Sequence[Attempt]) -> None:
        began.append(record_of(batch[0]))
        met.wait(timeout=20)
        raise errors[record_of(batch[0])]

    with pytest.raises(InternalError):
        in_batches(Place("netsuite"), [attempt(n) for n in range(1, 10)], record_of, act)
    assert sorted(began) == ["1", "2", "3", "4"]
