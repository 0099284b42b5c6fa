"""What an attempt does to its system, what the system says of it, and what that means for the journal. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from schemas.change import Attempt, ChangeResult, Status


@dataclass(frozen=True)
class Answer:
    """What a system said of one attempt.

    Attributes:
        said: `done` now; `already` there; `conflict`: another value is there, left alone; `failed`: refused, nothing
            was done; `unknown`: it could not be asked, and may have done it.
        found: with a conflict, what is there.
        code: with a failure, the system's short code; `error` is its sentence.
        is_repeat: it was asked more than once, so that `already` may be the work of the first time.
    """

    attempt: Attempt
    said: Literal["done", "already", "conflict", "failed", "unknown"]
    found: str | None = None
    code: str | None = None
    error: str | None = None
    is_repeat: bool = False


class Writer(Protocol):
    """The way into one system. Used from several threads at a time, never for one record at the same time."""

    workers: int
    """How many batches it takes at a time."""
    records_per_batch: int

    def write(self, attempts: Sequence[Attempt]) -> Iterator[Answer]:
        """Carry attempts out by compare-and-set, and say of each what became of it, as soon as that is known."""

    def stands(self, attempts: Sequence[Attempt]) -> Iterator[tuple[Attempt, bool]]:
        """Say of each attempt whether what it wants stands in the system now. Changes nothing."""


def expected(attempt: Attempt) -> str | None:
    """The value under which a `set` may be done: what the plan saw, or to undo it, what we wrote."""
    return attempt.change.old_value if attempt.direction == "apply" else attempt.change.new_value


def wanted(attempt: Attempt) -> str | None:
    """The value that stands after a `set`; None clears it."""
    return attempt.change.new_value if attempt.direction == "apply" else attempt.change.old_value


def purpose(attempt: Attempt) -> str:
    """What makes two requests the same one: the same for an attempt that goes on, another after an undo."""
    return f"{attempt.plan} {attempt.change.change_id} {attempt.direction} {attempt.cycle}"


def outcome_of(answer: Answer) -> ChangeResult | None:
    """The outcome to put down; None where nobody knows it."""
    done: Status = "applied" if answer.attempt.direction == "apply" else "undone"
    match answer.said:
        case "done":
            return ChangeResult(done)
        case "already":
            is_ours = answer.is_repeat or answer.attempt.is_uncertain
            return ChangeResult(done if is_ours else "already")
        case "conflict":
            return ChangeResult("conflict", found=answer.found)
        case "failed":
            return ChangeResult("failed", code=answer.code, error=answer.error)
        case "unknown":
            return None
