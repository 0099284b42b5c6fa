"""A system in memory for the logic of write-back: values by record and field, and every write that reached it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from assets.write_back.executor import WriteBack
from resources.ledger import Decisions, Journal, Ledger
from resources.writers import registry
from schemas.attempts import Answer, Attempt, Entry
from schemas.errors import TransientError
from schemas.words import Action, DeclaredAccounts, System

DECLARATION = "acme"
ACCOUNTS = DeclaredAccounts(DECLARATION)


class FakeSystem:
    """A `Writer`. `silent` are records that do not answer, `refused` those that say no, `taken` external ids."""

    kinds: frozenset[Action] = frozenset({"set", "append"})
    workers = 2
    records_per_batch = 2

    def __init__(self, system: System) -> None:
        self.system: System = system
        self.values: dict[tuple[str | None, str], str] = {}
        self.writes: list[str] = []
        self.silent: set[str] = set()
        self.refused: set[str] = set()
        self.taken: set[str] = set()
        self.is_down = False

    def write(self, attempts: Sequence[Attempt]) -> Iterator[Answer]:
        if self.is_down:
            raise TransientError("It is down.")
        for attempt in attempts:
            yield self._write(attempt)

    def inspect(self, entries: Sequence[Entry]) -> Iterator[Answer]:
        if self.is_down:
            raise TransientError("It is down.")
        for attempt in (entry.attempt for entry in entries):
            yield Answer(attempt, "done" if self._now(attempt) == self._then(attempt) else "not_done")

    def _write(self, attempt: Attempt) -> Answer:
        change = attempt.change
        if change.record_id in self.silent:
            return Answer(attempt, "unknown", error="No answer.")
        if change.record_id in self.refused:
            return Answer(attempt, "failed", code="LOCKED", error="It is locked.")
        now, then = self._now(attempt), self._then(attempt)
        if change.field == "external_id" and then in self.taken:
            return Answer(attempt, "failed", code="DUP_RCRD", error="Another entity has it.")
        if now == then:
            return Answer(attempt, "already")
        if change.action == "set" and now != (attempt.expected or ""):
            return Answer(attempt, "conflict", found=now)
        self.writes.append(change.change_id)
        self.values[change.record_id, change.field] = then
        return Answer(attempt, "done")

    def _now(self, attempt: Attempt) -> str:
        return self.values.get((attempt.change.record_id, attempt.change.field), "")

    def _then(self, attempt: Attempt) -> str:
        change, now = attempt.change, self._now(attempt)
        if change.action == "set":
            return attempt.wanted or ""
        added = change.new_value or ""
        words = [word for word in now.split() if word != added]
        if attempt.direction == "undo":
            return " ".join(words)
        return now if added in now.split() else " ".join([*words, added])


class FakeWorld:
    """Two such systems and a ledger."""

    def __init__(self, folder: Path) -> None:
        self.netsuite, self.stripe = FakeSystem("netsuite"), FakeSystem("stripe")
        self.ledger = Ledger.open(f"sqlite:///{folder / 'ledger.db'}", folder)
        self.journal = Journal(self.ledger, ACCOUNTS)
        self.decisions = Decisions(self.ledger, DECLARATION)

    def run(self, run_id: str) -> WriteBack:
        return WriteBack(self.journal, registry([self.netsuite, self.stripe]), run_id, self.decisions)
