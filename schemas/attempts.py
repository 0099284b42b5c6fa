"""An attempt carries a change out or takes it back; an entry of the journal is an attempt with what became of it.

The words that write-back, its writers and the ledger share. Light on purpose: no polars, no SQL.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from schemas.change import Change
from schemas.errors import InternalError

Direction = Literal["apply", "undo"]
"""Carry a change out, or take it back."""

Status = Literal["intended", "applied", "already", "conflict", "failed", "stopped", "undone", "unfit"]
"""What an attempt ended in; `intended` while nobody knows.

`applied`, `undone`: done by us. `already`: what was wanted stood there, put by somebody else. `conflict`: another value
stands there and was left alone. `failed`: refused; nothing was done. `stopped`: the run ended first, and its target
showed afterwards that nothing was done. `unfit`: a record was made, but not as wanted: it is ours to take back, and
nothing that requires it is done.
"""

Said = Literal["done", "already", "conflict", "failed", "unknown", "unfit", "not_done"]
"""What a system says of an attempt.

`done` now, or of an attempt that was only inspected: it stands; `already` there; `conflict`: another value is there,
left alone; `failed`: refused, nothing was done; `unknown`: it could not be asked, and may have done it; `unfit`: a
record was made, but not as wanted; `not_done`: inspected, and not there.
"""


@dataclass(frozen=True)
class Attempt:
    """One try at one change of one plan.

    Attributes:
        plan: the hash of the plan.
        change: with the ids of the creates that it refers to.
        number: counts the attempts at this change of this plan, undoing included, from 1.
        cycle: counts how often the change was begun anew: an attempt that goes on after a crash has the same cycle, one
            that applies again after an undo, or because the plan was made again, has the next.
        is_uncertain: an earlier attempt of this cycle may still have taken effect, so that finding the work done
            means that we did it.
        since: when that one was begun (UTC), where it is uncertain.
        result_id: to undo a create, the id of the record that it made.
        witness: to undo a create, what shows that nobody has touched the record since.
    """

    plan: str
    change: Change
    direction: Direction
    number: int = 1
    cycle: int = 0
    is_uncertain: bool = False
    since: datetime | None = None
    result_id: str | None = None
    witness: str | None = None

    @property
    def expected(self) -> str | None:
        """The value under which a `set` may be done: what the plan saw, or to undo it, what we wrote."""
        return self.change.old_value if self.direction == "apply" else self.change.new_value

    @property
    def wanted(self) -> str | None:
        """The value that stands after a `set`; None clears it."""
        return self.change.new_value if self.direction == "apply" else self.change.old_value

    @property
    def key(self) -> str:
        """What the new record of a create is found by."""
        return self._of_a_create(self.change.new_value, "without a key")

    @property
    def values(self) -> str:
        """The new record of a create, as canonical JSON."""
        return self._of_a_create(self.change.values, "without a record")

    @property
    def made_id(self) -> str:
        """The id of the record that a create made, to take it back."""
        return self._of_a_create(self.result_id, "that is to be taken back, and of which the journal names no record,")

    def _of_a_create(self, value: str | None, without: str) -> str:
        if value is None:
            raise InternalError(f"A create {without} was given to the writer of {self.change.system}.")
        return value

    @property
    def purpose(self) -> str:
        """What makes two requests the same one: the same for an attempt that goes on, another after an undo."""
        return f"{self.plan} {self.change.change_id} {self.direction} {self.cycle}"


@dataclass(frozen=True)
class ChangeResult:
    """What became of an attempt.

    Attributes:
        found: with a conflict, what is there.
        code: with a failure, the system's short code; `error` is its sentence.
        result_id: of a create, the id of the record that it made.
        witness: of a create, what shows later whether somebody has touched the record since.
    """

    status: Status
    found: str | None = None
    code: str | None = None
    error: str | None = None
    result_id: str | None = None
    witness: str | None = None


@dataclass(frozen=True)
class Answer:
    """What a system said of one attempt.

    Attributes:
        found: with a conflict, what is there.
        code: with a failure, the system's short code; `error` is its sentence.
        is_repeat: it was asked more than once, so that `already` may be the work of the first time.
        result_id: of a create, the id of the record.
        witness: of a create, what shows later whether somebody has touched the record since.
    """

    attempt: Attempt
    said: Said
    found: str | None = None
    code: str | None = None
    error: str | None = None
    is_repeat: bool = False
    result_id: str | None = None
    witness: str | None = None

    @property
    def result(self) -> ChangeResult | None:
        """What to put down; None where nobody knows.

        What was there already is ours where an earlier try may have put it there.
        """
        is_ours = self.is_repeat or self.attempt.is_uncertain
        done: Status = "applied" if self.attempt.direction == "apply" else "undone"
        status: dict[Said, Status] = {
            "done": done,
            "already": done if is_ours else "already",
            "conflict": "conflict",
            "failed": "failed",
            "unfit": "unfit",
            "not_done": "stopped",
        }
        if self.said == "unknown":
            return None
        found = self.found if self.said in {"conflict", "unfit"} else None
        return ChangeResult(status[self.said], found, self.code, self.error, self.result_id, self.witness)


@dataclass(frozen=True)
class Entry:
    """An attempt in the journal: what became of it, the run that made it, and when (UTC)."""

    attempt: Attempt
    result: ChangeResult
    run_id: str
    intended_at: datetime
    settled_at: datetime | None = None

    @property
    def status(self) -> Status:
        """The status of the result."""
        return self.result.status

    @property
    def is_in_effect(self) -> bool:
        """Whether the change stands in its system and is ours: applied, and not taken back."""
        if self.attempt.direction == "apply":
            return self.status in {"applied", "unfit"}
        return self.status in {"failed", "stopped"}

    @property
    def may_have_taken_effect(self) -> bool:
        """Whether the change may stand there as ours: it is in effect, or the run that tried it was stopped."""
        was_stopped = self.attempt.direction == "apply" and self.status == "stopped"
        return self.is_in_effect or was_stopped
