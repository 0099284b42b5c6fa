"""Whatever the ids are and however threads race, every id is kept exactly once, and no thread waits long."""

import threading
from bisect import bisect_right

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.netsuite_api.reading.ranges import Begun, Ranges, Read


class Pages:
    """A sorted list of ids that is read in pages and parts, as NetSuite gives them."""

    def __init__(self, ids: list[int], page_rows: int, threads: int, parts: int = 1) -> None:
        self.ids = ids
        self.page_rows = page_rows
        self.threads, self.parts = threads, parts
        self.kept: list[int] = []
        self.calls = 0
        self.sizes: list[int] = []
        self.counting = threading.Lock()
        self.ranges: Ranges[list[int]] = Ranges(self.begin, self.fetch, self.keep, page_rows, 5_000)

    def begin(self, part: int) -> Begun[list[int]]:
        count, filled = len(self.ids), min(self.parts, len(self.ids))
        low, high = (min(count, count * number // filled) for number in (part, part + 1))
        start = self.ids[low] if part and low < high else 0
        last = self.ids[-1] if part == self.parts - 1 else None
        rows = high - low + (part == 0)
        read = self.fetch(start, 10**15, max(1, min(rows, self.page_rows))) if low < high else Read([], [], more=False)
        return Begun(read, start if low < high or part == 0 else None, rows, last)

    def fetch(self, after: int, until: int, limit: int) -> Read[list[int]]:
        low, high = bisect_right(self.ids, after), bisect_right(self.ids, until)
        found = self.ids[low : min(high, low + limit)]
        with self.counting:
            self.calls += 1
            self.sizes.append(len(found))
        return Read(found, found, high - low > limit)

    def keep(self, page: list[int], after: int, until: int) -> None:
        self.kept += [number for number in page if after < number <= until]

    def read(self) -> list[int]:
        self.ranges.read(self.threads, self.parts)
        return sorted(self.kept)


clustered = st.lists(
    st.tuples(st.integers(1, 10**7), st.integers(1, 60), st.sampled_from([1, 1, 2, 50])), min_size=1, max_size=8
).map(lambda clusters: sorted({start + step * n for start, size, step in clusters for n in range(size)}))


@pytest.mark.rule("X10")
@settings(deadline=None, max_examples=200)
@given(clustered, st.integers(1, 20), st.integers(1, 5), st.data())
def test_every_id_is_kept_exactly_once(ids: list[int], page_rows: int, threads: int, data: st.DataObject) -> None:
    parts = data.draw(st.integers(1, threads))
    assert Pages(ids, page_rows, threads, parts).read() == ids


@pytest.mark.rule("X10")
@settings(deadline=None, max_examples=100)
@given(clustered, st.integers(1, 20), st.permutations(range(4)), st.data())
def test_parts_that_answer_in_any_order_and_begin_anywhere_hide_nothing(
    ids: list[int], page_rows: int, order: list[int], data: st.DataObject
) -> None:
    """Customers come and go between the answers of two parts, so that their starts fit together as it happens."""
    pages = Pages(ids, page_rows, 4, 4)
    starts = [0, *data.draw(st.lists(st.integers(0, ids[-1] + 5), min_size=3, max_size=3))]
    answered = [threading.Event() for _ in range(5)]
    answered[4].set()
    turn = {part: answered[order[place - 1] if place else 4] for place, part in enumerate(order)}

    def begin(part: int) -> Begun[list[int]]:
        turn[part].wait(timeout=20)
        read = pages.fetch(starts[part], 10**15, page_rows)
        answered[part].set()
        return Begun(read, starts[part], page_rows, ids[-1] if part == 3 else None)

    pages.ranges._begin = begin
    assert pages.read() == ids


def in_step(pages: Pages, calls: int) -> None:
    """Let each of the first calls wait until four are in flight: the read ends only if all four threads are busy."""
    barrier, first, whole = threading.Barrier(4), threading.Semaphore(calls), pages.fetch

    def fetch(after: int, until: int, limit: int) -> Read[list[int]]:
        if first.acquire(blocking=False):
            barrier.wait(timeout=20)
        return whole(after, until, limit)

    pages.fetch = fetch  # type: ignore[method-assign]
    pages.ranges._fetch = fetch


def test_even_ids_need_no_more_calls_than_there_are_pages_and_all_are_about_as_large() -> None:
    pages = Pages(list(range(5, 100_405)), 1000, 4, 4)
    in_step(pages, 100)
    pages.read()
    assert pages.calls <= 100
    assert min(pages.sizes) > 900


def test_all_threads_read_at_the_same_time_from_the_first_call_on() -> None:
    pages = Pages(list(range(1, 401)), 10, 4, 4)
    in_step(pages, 8)
    assert pages.read() == pages.ids


def test_a_part_that_fits_into_one_call_takes_one() -> None:
    pages = Pages(list(range(1, 4_001)), 1_001, 4, 4)
    assert pages.read() == pages.ids
    assert pages.calls == 4


def test_a_thread_that_is_done_takes_over_from_one_that_is_not() -> None:
    """There is one part, so that three of four threads have nothing of their own; its ids are far from the first."""
    ids = [1, *range(10_000, 10_800)]
    pages = Pages(ids, 10, 4)
    readers: set[int] = set()
    met = threading.Event()
    whole = pages.fetch

    def fetch(after: int, until: int, limit: int) -> Read[list[int]]:
        read = whole(after, until, limit)
        if len(read.ids) == 10:
            readers.add(threading.get_ident())
            if len(readers) > 1:
                met.set()
            met.wait(timeout=20)
        return read

    pages.ranges._fetch = fetch
    assert pages.read() == ids
    assert len(readers) > 1


@pytest.mark.parametrize("failing", ["_begin", "_fetch", "_keep"])
def test_an_error_in_one_thread_ends_all_and_is_told(failing: str) -> None:
    pages = Pages(list(range(1, 1001)), 10, 4, 4)

    def fail(*_: object) -> Read[list[int]]:
        raise LookupError("broken")

    setattr(pages.ranges, failing, fail)
    with pytest.raises(LookupError, match="broken"):
        pages.read()
