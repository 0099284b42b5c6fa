"""Lets a writer that does one record after the other do those of a batch several at a time.

So a batch can be large, for what is asked once for all of it (its intents, NetSuite before a create in Stripe), and a
service that is asked for each record by itself still has its whole rate used, from the first record to the last.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from typing import Final, TypeVar

from assets.write_back.batches import by_record
from resources.writers import Writer
from schemas.attempts import Answer, Attempt, Entry

T = TypeVar("T", Attempt, Entry)
_Said = tuple[list[Answer], BaseException | None]

_BATCHES: Final = 4
_RECORDS: Final = 100


class Spread:
    """See `Writer`. What is under way in all batches together is what the writer takes by itself."""

    def __init__(self, writer: Writer, records_per_batch: int = _RECORDS) -> None:
        """`writer` does the work."""
        self._writer = writer
        self.system, self.kinds = writer.system, writer.kinds
        self.workers, self.records_per_batch = min(_BATCHES, writer.workers), records_per_batch
        self._threads = max(1, writer.workers // self.workers)

    def write(self, attempts: Sequence[Attempt]) -> Iterator[Answer]:
        """See `Writer`. After an error no further record is begun, and the answers of those under way still come."""
        return self._each(attempts, lambda attempt: attempt.change.record, self._writer.write)

    def inspect(self, entries: Sequence[Entry]) -> Iterator[Answer]:
        """See `Writer`."""
        return self._each(entries, lambda entry: entry.attempt.change.record, self._writer.inspect)

    def _each(
        self, items: Sequence[T], record_of: Callable[[T], str], ask: Callable[[Sequence[T]], Iterator[Answer]]
    ) -> Iterator[Answer]:
        def one(record: Sequence[T]) -> _Said:
            answers: list[Answer] = []
            try:
                answers.extend(ask(record))
            except BaseException as error:  # noqa: BLE001 - raised below, when the others under way have ended
                return answers, error
            return answers, None

        with ThreadPoolExecutor(self._threads, thread_name_prefix=self.system) as pool:
            # Each in a copy of this context, which knows whether the right to write is still ours.
            under_way = {pool.submit(copy_context().run, one, record) for record in by_record(items, record_of)}
            try:
                yield from _answers(under_way)
            finally:
                pool.shutdown(cancel_futures=True)


def _answers(under_way: set[Future[_Said]]) -> Iterator[Answer]:
    errors: list[BaseException] = []
    while under_way:
        ended, under_way = wait(under_way, return_when=FIRST_COMPLETED)
        for future in ended:
            answers, error = future.result()
            yield from answers
            if error is not None:
                errors.append(error)
                under_way = {other for other in under_way if not other.cancel()}
    if errors:
        raise errors[0]
