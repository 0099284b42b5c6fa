"""What a writer of one system is asked: carry attempts out by compare-and-set, and say how they stand."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from schemas.attempts import Answer, Attempt, Entry
from schemas.errors import InternalError
from schemas.words import Action, System


class Writer(Protocol):
    """The way into one system for some kinds of changes.

    Used from several threads at a time, never for one record at the same time. How many batches it takes and how large
    they are follows from the account's limits, which only it knows.
    """

    @property
    def system(self) -> System:
        """The system that it writes."""

    @property
    def kinds(self) -> frozenset[Action]:
        """The kinds of changes that it carries out."""

    @property
    def workers(self) -> int:
        """How many batches it takes at a time."""

    @property
    def records_per_batch(self) -> int:
        """How many records are in a batch at most, each with all of its attempts."""

    def write(self, attempts: Sequence[Attempt]) -> Iterator[Answer]:
        """Carry attempts out by compare-and-set, and say of each what became of it, as soon as that is known."""

    def inspect(self, entries: Sequence[Entry]) -> Iterator[Answer]:
        """Say of each attempt whether what it wants stands in the system now. Changes nothing."""


Writers = Mapping[tuple[System, Action], Writer]
"""Who carries out a kind of change in a system."""


def registry(writers: Iterable[Writer]) -> Writers:
    """Return each writer by what it carries out.

    Raises:
        InternalError: two are there for the same.
    """
    found: dict[tuple[System, Action], Writer] = {}
    for writer in writers:
        for kind in writer.kinds:
            if found.setdefault((writer.system, kind), writer) is not writer:
                raise InternalError(f"Two writers carry out {kind} in {writer.system}.")
    return found
