"""Carries attempts out: intent on disk, effect, outcome on disk, batch by batch, several batches at a time.

Whoever is killed between two of these leaves an intent without an outcome, never an effect without an intent. The
target then says what is true, and `settle` writes it down before anything else happens.
"""

import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

from assets.write_back.batches import in_batches
from resources.ledger import Decisions, Journal
from resources.write_guard import while_ours
from resources.writers import Writer, Writers
from schemas.attempts import Answer, Attempt, ChangeResult, Entry
from schemas.change import Change
from schemas.errors import TransientError
from schemas.words import System, many, many_do

T = TypeVar("T", Attempt, Entry)

MOST_UNKNOWN: Final = 3
"""So many attempts that a system did not answer, and a run stops: what it cannot say of three, it cannot of more."""

_SECONDS_BETWEEN: Final = 10.0


def _nothing(_: str) -> None:
    """Does nothing, unless a test dies here, or a person wants to hear of it."""


@dataclass(frozen=True)
class WriteBack:
    """Everything that a run writes with.

    Attributes:
        journal: of the declaration.
        writers: who carries out which kind of change in which system.
        run_id: of this run.
        decisions: of persons, which no plan is applied against; None where there can be none.
        checkpoint: told the name of every step between two durable ones, before it happens and after.
        on_progress: told, now and then, in words and counts, how far a run is.
    """

    journal: Journal
    writers: Writers
    run_id: str
    decisions: Decisions | None = None
    checkpoint: Callable[[str], None] = _nothing
    on_progress: Callable[[str], None] = _nothing


def settle(work: WriteBack) -> None:
    """Look at the target of every intent without a result, of whatever plan, and put down what is true.

    Raises:
        TransientError: a system could not be asked; what it holds is still unknown.
    """
    for writer, entries in _by_writer(work, work.journal.unsettled(), lambda entry: entry.attempt.change):
        in_batches(writer, entries, lambda entry: entry.attempt.change.record, partial(_settle_batch, work, writer))


def carry_out(work: WriteBack, attempts: Sequence[Attempt]) -> None:
    """Write attempts; what became of each is in the journal.

    Raises:
        TransientError: a system could not be asked, and some attempts have no result; the next run settles them.
        AccessError, UserError: a person must act; what was done is in the journal.
    """
    for writer, mine in _by_writer(work, attempts, lambda attempt: attempt.change):
        unknown, progress = _Unknown(), _Progress(work.on_progress, writer.system, len(mine))

        def write(
            batch: Sequence[Attempt],
            writer: Writer = writer,
            unknown: _Unknown = unknown,
            progress: _Progress = progress,
        ) -> None:
            _write_batch(work, writer, batch, unknown)
            progress.add(len(batch))

        in_batches(writer, mine, lambda attempt: attempt.change.record, write)
        unknown.check(most=0)


def _by_writer(
    work: WriteBack, items: Sequence[T], change_of: Callable[[T], Change]
) -> Iterator[tuple[Writer, list[T]]]:
    """Each writer with what is its own; what this run has no writer for is left."""
    found: dict[int, tuple[Writer, list[T]]] = {}
    for item in items:
        change = change_of(item)
        writer = work.writers.get((change.system, change.action))
        if writer is not None:
            found.setdefault(id(writer), (writer, []))[1].append(item)
    yield from found.values()


def _write_batch(work: WriteBack, writer: Writer, batch: Sequence[Attempt], unknown: "_Unknown") -> None:
    work.checkpoint("before intent")
    work.journal.intend(batch, work.run_id)
    work.checkpoint("after intent")
    results: list[tuple[Attempt, ChangeResult]] = []
    try:
        with while_ours(work.journal.check), _ended(writer.write(batch)) as answers:
            for answer in _checked(work.journal, answers):
                work.checkpoint("after effect")
                if answer.result is None:
                    unknown.add(answer)
                else:
                    results.append((answer.attempt, answer.result))
    finally:
        work.checkpoint("before outcome")
        work.journal.settle(results)
        work.checkpoint("after outcome")


def _checked(journal: Journal, answers: Iterator[Answer]) -> Iterator[Answer]:
    """The answers, each asked for only while the right to write is ours."""
    journal.check()
    for answer in answers:
        yield answer
        journal.check()


@contextmanager
def _ended(answers: Iterator[Answer]) -> Iterator[Iterator[Answer]]:
    """Let a writer know when nobody listens any more: it may have records under way, and others waiting."""
    try:
        yield answers
    finally:
        if isinstance(answers, Generator):
            answers.close()


def _settle_batch(work: WriteBack, writer: Writer, batch: Sequence[Entry]) -> None:
    answers = list(writer.inspect(batch))
    work.checkpoint("before settling")
    known = [(answer.attempt, answer.result) for answer in answers if answer.result is not None]
    work.journal.settle(known, is_own=False)
    work.checkpoint("after settling")


class _Unknown:
    """Counts the attempts that a system did not answer."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: list[Answer] = []

    def add(self, answer: Answer) -> None:
        with self._lock:
            self._answers.append(answer)
        self.check(most=MOST_UNKNOWN - 1)

    def check(self, most: int) -> None:
        """Raise TransientError when there are more than that."""
        count = len(self._answers)
        if count > most:
            raise TransientError(
                f"Nobody knows whether {many_do(count, 'change', 'was', 'were')} done: "
                f"{self._answers[0].error or ''} Apply the same plan again later; it looks first."
            )


class _Progress:
    """Tells how far a run is, every few seconds."""

    def __init__(self, on_progress: Callable[[str], None], system: System, total: int) -> None:
        self._lock, self._on_progress, self._system, self._total = threading.Lock(), on_progress, system, total
        self._done, self._next = 0, time.monotonic() + _SECONDS_BETWEEN

    def add(self, done: int) -> None:
        with self._lock:
            self._done += done
            if time.monotonic() >= self._next or self._done == self._total:
                self._on_progress(f"{self._done:,} of {many(self._total, f'{self._system} change')}")
                self._next = time.monotonic() + _SECONDS_BETWEEN
