"""Whatever the ids are and however threads race, every id of a span is kept exactly once, and no thread waits long."""

import threading
from bisect import bisect_right

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.netsuite_api.reading.ranges import Ranges, Read


class Pages:
    """A sorted list of ids that is read in pages, as NetSuite gives them."""

    def __init__(self, ids: list[int], page_rows: int, threads: int) -> None:
        self.ids = ids
        self.page_rows = page_rows
        self.kept: list[int] = []
        self.calls = 0
        self.ranges: Ranges[list[int]] = Ranges(self.fetch, self.keep, page_rows, threads)

    def fetch(self, after: int, until: int) -> Read[list[int]]:
        low, high = bisect_right(self.ids, after), bisect_right(self.ids, until)
        found = self.ids[low : min(high, low + self.page_rows)]
        self.calls += 1
        return Read(found, found, high - low > self.page_rows)

    def keep(self, page: list[int], until: int) -> None:
        self.kept += [number for number in page if number <= until]

    def read(self) -> list[int]:
        self.ranges.read(self.ids[0], self.ids[-1], len(self.ids))
        return sorted(self.kept)


clustered = st.lists(
    st.tuples(st.integers(1, 10**7), st.integers(1, 60), st.sampled_from([1, 1, 2, 50])), min_size=1, max_size=8
).map(lambda clusters: sorted({start + step * n for start, size, step in clusters for n in range(size)}))


@pytest.mark.rule("X10")
@settings(deadline=None, max_examples=200)
@given(clustered, st.integers(1, 20), st.integers(1, 5))
def test_every_id_is_kept_exactly_once(ids: list[int], page_rows: int, threads: int) -> None:
    assert Pages(ids, page_rows, threads).read() == ids


def in_step(pages: Pages, calls: int) -> None:
    """Let each of the first calls wait until four are in flight: the read ends only if all four threads are busy."""
    barrier, first, whole = threading.Barrier(4), threading.Semaphore(calls), pages.fetch

    def fetch(after: int, until: int) -> Read[list[int]]:
        if first.acquire(blocking=False):
            barrier.wait(timeout=20)
        return whole(after, until)

    pages.ranges._fetch = fetch


def test_even_ids_need_hardly_more_calls_than_there_are_pages() -> None:
    pages = Pages(list(range(5, 100_005)), 1000, 4)
    in_step(pages, 96)
    pages.read()
    assert pages.calls <= 112


def test_all_threads_read_at_the_same_time() -> None:
    pages = Pages(list(range(1, 401)), 10, 4)
    in_step(pages, 8)
    assert pages.read() == pages.ids


def test_a_thread_that_is_done_takes_over_from_one_that_is_not() -> None:
    """All ids lie in the last quarter of the span, so three of four threads find nothing of their own."""
    ids = [1, *range(10_000, 10_800)]
    pages = Pages(ids, 10, 4)
    readers: set[int] = set()
    met = threading.Event()
    whole = pages.fetch

    def fetch(after: int, until: int) -> Read[list[int]]:
        read = whole(after, until)
        if len(read.ids) == 10:
            readers.add(threading.get_ident())
            if len(readers) > 1:
                met.set()
            met.wait(timeout=20)
        return read

    pages.ranges._fetch = fetch
    assert pages.read() == ids
    assert len(readers) > 1


@pytest.mark.parametrize("failing", ["_fetch", "_keep"])
def test_an_error_in_one_thread_ends_all_and_is_told(failing: str) -> None:
    pages = Pages(list(range(1, 1001)), 10, 4)

    def fail(*_: object) -> Read[list[int]]:
        raise LookupError("broken")

    setattr(pages.ranges, failing, fail)
    with pytest.raises(LookupError, match="broken"):
        pages.read()
