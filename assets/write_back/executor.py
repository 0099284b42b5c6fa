"""Carries attempts out: intent on disk, effect, outcome on disk, batch by batch, several batches at a time.

Whoever is killed between two of these leaves an intent without an outcome, never an effect without an intent. The
target then says what is true, and `settle` writes it down before anything else happens.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Final

from assets.write_back.effects import Answer, Writer, outcome_of
from resources.ledger import Decisions, Journal
from resources.write_guard import while_ours
from schemas.change import Attempt, ChangeResult, Entry
from schemas.errors import TieoutError, TransientError
from schemas.words import System

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
        writers: the ways into the two systems.
        run_id: of this run.
        decisions: of persons, which no plan is applied against; None where there can be none.
        checkpoint: told the name of every step between two durable ones, before it happens and after.
        on_progress: told, now and then, in words and counts, how far a run is.
    """

    journal: Journal
    writers: Mapping[System, Writer]
    run_id: str
    decisions: Decisions | None = None
    checkpoint: Callable[[str], None] = _nothing
    on_progress: Callable[[str], None] = _nothing


def settle(work: WriteBack) -> None:
    """Look at the target of every intent without an outcome, of whatever plan, and put down what is true.

    Raises:
        TransientError: a system could not be asked; what it holds is still unknown.
    """
    open_entries = work.journal.unsettled()
    for system, writer in work.writers.items():
        mine = [entry.attempt for entry in open_entries if entry.attempt.change.system == system]
        _in_parallel(writer, mine, partial(_settle_batch, work, writer))


def carry_out(work: WriteBack, system: System, attempts: Sequence[Attempt]) -> None:
    """Write attempts, all of one system; what became of each is in the journal.

    Raises:
        TransientError: the system could not be asked, and some attempts have no outcome; the next run settles them.
        AccessError, UserError: a person must act; what was done is in the journal.
    """
    writer, unknown = work.writers[system], _Unknown()
    progress = _Progress(work.on_progress, system, len(attempts))

    def write(batch: Sequence[Attempt]) -> None:
        _write_batch(work, writer, batch, unknown)
        progress.add(len(batch))

    _in_parallel(writer, attempts, write)
    unknown.check(most=0)


def _write_batch(work: WriteBack, writer: Writer, batch: Sequence[Attempt], unknown: "_Unknown") -> None:
    work.checkpoint("before intent")
    work.journal.intend(batch, work.run_id)
    work.checkpoint("after intent")
    outcomes: list[tuple[Attempt, ChangeResult]] = []
    try:
        with while_ours(work.journal.check):
            for answer in _checked(work.journal, writer.write(batch)):
                work.checkpoint("after effect")
                outcome = outcome_of(answer)
                if outcome is None:
                    unknown.add(answer)
                else:
                    outcomes.append((answer.attempt, outcome))
    finally:
        work.checkpoint("before outcome")
        work.journal.settle(outcomes)
        work.checkpoint("after outcome")


def _checked(journal: Journal, answers: Iterator[Answer]) -> Iterator[Answer]:
    """The answers, each asked for only while the right to write is ours."""
    journal.check()
    for answer in answers:
        yield answer
        journal.check()


def _settle_batch(work: WriteBack, writer: Writer, batch: Sequence[Attempt]) -> None:
    done = {"apply": ChangeResult("applied"), "undo": ChangeResult("undone")}
    stopped = ChangeResult("stopped")
    found = [(attempt, done[attempt.direction] if stands else stopped) for attempt, stands in writer.stands(batch)]
    work.checkpoint("before settling")
    work.journal.settle(found, is_own=False)
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
                f"Of {count:,} changes nobody knows whether they were done: {self._answers[0].error or ''} Apply the "
                "same plan again later; it looks first."
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
                self._on_progress(f"{self._done:,} of {self._total:,} {self._system} changes")
                self._next = time.monotonic() + _SECONDS_BETWEEN


def _in_parallel(writer: Writer, attempts: Sequence[Attempt], act: Callable[[Sequence[Attempt]], None]) -> None:
    """Act on every batch, as many at a time as the writer takes; after an error no further batch begins."""
    if not attempts:
        return
    stopped = threading.Event()

    def one(batch: Sequence[Attempt]) -> BaseException | None:
        if stopped.is_set():
            return None
        try:
            act(batch)
        except BaseException as error:  # noqa: BLE001 - kept, and raised below, when the others have ended
            stopped.set()
            return error
        return None

    with ThreadPoolExecutor(writer.workers, thread_name_prefix="write-back") as pool:
        errors = [error for error in pool.map(one, _batches(attempts, writer.records_per_batch)) if error is not None]
    for error in sorted(errors, key=_importance):
        raise error


def _importance(error: BaseException) -> int:
    """A bug before a person's mistake before what passes by itself."""
    if isinstance(error, TransientError):
        return 2
    return 1 if isinstance(error, TieoutError) else 0


def _batches(attempts: Sequence[Attempt], records: int) -> Iterator[list[Attempt]]:
    """So many records at a time, each with all of its attempts."""
    by_record = sorted(attempts, key=lambda attempt: attempt.change.record_id)
    groups = [list(group) for _, group in groupby(by_record, key=lambda attempt: attempt.change.record_id)]
    for start in range(0, len(groups), records):
        yield [attempt for group in groups[start : start + records] for attempt in group]


def entries_of(run_id: str, entries: Mapping[str, Entry]) -> list[Entry]:
    """The entries that a run made, of the last attempts at each change."""
    return [entry for entry in entries.values() if entry.run_id == run_id]
