"""The proof of write-back: random worlds, deaths and failures; afterwards all stands as if nothing had happened.

`make prove` runs it with hundreds of deaths; the tests run a few dozen of the same. Every trial applies a plan, applies
it again (which must write nothing), undoes it, and applies it once more, and in each of these the process is killed
again and again before it comes through.
"""

import argparse
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console

from resources.ledger import Journal, Ledger
from sandbox.netsuite_standin import STRIPE_FIELD
from sandbox.netsuite_standin import Fault as NetsuiteFault
from sandbox.stripe_standin import Fault as StripeFault
from schemas.attempts import Status
from schemas.change import Change
from tests.proofs import child
from tests.proofs.oracle import State, expected_state
from tests.proofs.stage import Example, Stage, example, stage, task_of

FEW_DEATHS = 3
MOST_STARTS = 400


@dataclass
class Count:
    """What was survived."""

    trials: int = 0
    kills: int = 0
    failures: int = 0


def trial(
    on: Stage,
    seed: int,
    count: Count,
    *,
    deaths: int = FEW_DEATHS,
    with_faults: bool = False,
    editors: bool = False,
    ledger_url: str | None = None,
) -> None:
    """One world, from plan to undo and back, with so many deaths in each of its runs.

    Raises:
        AssertionError: something was lost, doubled or trampled.
    """
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
    with tempfile.TemporaryDirectory() as folder:
        made = example(chance, f"seed{seed}")
        on.set_up(made)
        if editors:
            _edit_after_planning(on, made, chance)
        before = on.state()
        after, effects = expected_state(before, made.plan, made.poison)
        ledger = ledger_url or f"sqlite:///{folder}/ledger.db"
        task = task_of(on, made.plan, Path(folder), ledger_url=ledger)
        if with_faults:
            cause_faults(on, chance)
        until_done(on, replace(task, run_id="1"), chance, count, deaths)
        _check(on, after, effects)
        _again(on, replace(task, run_id="2"), made)
        _check(on, after, effects)
        until_done(on, replace(task, what="undo", run_id="3"), chance, count, deaths)
        assert on.state() == before
        undone = on.effects() - effects
        assert max(undone.values(), default=0) <= 1
        until_done(on, replace(task, run_id="4"), chance, count, deaths)
        assert on.state() == after
        _check_journal(task, after)
    count.trials += 1


def until_done(on: Stage, task: child.Task, chance: random.Random, count: Count, deaths: int) -> None:
    """Start the task until it comes through; the first few times it is killed somewhere."""
    for start in range(MOST_STARTS):
        dies_at = _plan_a_death(on, chance) if start < deaths else None
        code = on.run(replace(task, dies_at=dies_at, run_id=f"{task.run_id}.{start}"))
        on.records._interferences.clear()
        on.deadly_update = None
        if code == 0:
            return
        count.kills += code < 0
        count.failures += code > 0
    raise AssertionError(f"It did not come through in {MOST_STARTS} starts.")


def _plan_a_death(on: Stage, chance: random.Random) -> int | None:
    """At a checkpoint of the child, or from outside while a system is at work."""
    kind = chance.choice(["checkpoint", "checkpoint", "save", "update"])
    if kind == "save":
        on.kill_at_save(chance.randrange(4))
    elif kind == "update":
        on.kill_at_update(chance.randrange(4))
    return chance.randint(1, 40) if kind == "checkpoint" else None


def cause_faults(on: Stage, chance: random.Random) -> None:
    """A fifth of all calls goes wrong, some of them after their effect."""
    for kind, late in (("rate_limited", False), ("server_error", False), ("reset", True), ("server_error", True)):
        on.stripe.fault(
            StripeFault(kind=kind, times=None, share=0.055, seed=chance.randrange(10**6), after_effect=late, status=503)  # type: ignore[arg-type]
        )
    for number in range(600):
        if chance.random() < 0.22:
            on.netsuite.fail(
                NetsuiteFault(kind=chance.choice(["limit", "busy", "unavailable", "reset", "lost"]), skip=number)
            )


def _edit_after_planning(on: Stage, made: Example, chance: random.Random) -> None:
    """Other people change what the plan saw: a foreign value, the very value, a note."""
    for number in made.records:
        match chance.randrange(5):
            case 0:
                on.records.edit(number, externalid=f"FOREIGN-{number}")
            case 1:
                on.records.edit(number, **{STRIPE_FIELD: f"cus_foreign{number}"})
            case 2:
                old = on.records.value(number, "comments")
                on.records.edit(number, comments=f"{old or ''} note".strip())
    for customer in made.metadata:
        if chance.random() < 0.2:
            on.stripe.world.book().update(customer, {"metadata": {"netsuite_customer_id": "777"}})
    on.events_before = len(on.stripe.world.book().events)


def _check(on: Stage, after: State, effects: Counter[str]) -> None:
    found = on.effects()
    assert on.state() == after
    assert found == effects, f"effects differ: {found - effects} too many, {effects - found} missing"


def _again(on: Stage, task: child.Task, made: Example) -> None:
    """The same plan once more: nothing is asked for, let alone written, but what was refused."""
    saves, log = len(on.records.saves), len(on.stripe.log)
    applies = len(on.netsuite.calls_of("apply"))
    assert on.run(task) == 0
    is_refused = any(f"{c.system}:{c.record_id}:{c.field}" in made.poison for c in made.plan if c.system == "netsuite")
    assert len(on.records.saves) == saves
    assert is_refused or len(on.netsuite.calls_of("apply")) == applies
    poisoned = {c.stripe_customer_id for c in made.plan if f"{c.system}:{c.record_id}:{c.field}" in made.poison}
    refused = {f"/v1/customers/{customer}" for customer in poisoned}
    asked = {line.path for line in on.stripe.log[log:]}
    assert asked <= refused, f"asked for {sorted(asked - refused)}"


def _check_journal(task: child.Task, after: State) -> None:
    """Every intent has an outcome, and the last outcome of each change says what stands."""
    with Ledger.open(task.ledger_url, task.folder) as ledger:
        journal = Journal(ledger, child.DECLARATION)
        assert journal.unsettled() == []
        latest = journal.latest(task.plan)
    standing: set[Status] = {"applied", "already"}
    for change in task.changes:
        there = after[f"{change.system}:{change.record_id}:{change.field}"] or ""
        is_there = change.new_value in there.split() if change.action == "append" else there == change.new_value
        entry = latest.get(change.change_id)
        assert (entry is not None and entry.status in standing) == is_there, (change, entry)


def check_creates(task: child.Task, is_foreign: Callable[[Change], bool]) -> None:
    """Every intent has an outcome: ours were made and named, foreign ones are conflicts that nobody names."""
    with Ledger.open(task.ledger_url, task.folder) as ledger:
        journal = Journal(ledger, child.DECLARATION)
        assert journal.unsettled() == []
        latest = journal.latest(task.plan)
    for change in task.changes:
        entry = latest.get(change.change_id)
        if not is_foreign(change):
            assert entry is not None
            assert entry.status == "applied"
        elif change.action == "create":
            assert entry is not None
            assert entry.status == "conflict"
        else:
            assert entry is None


def go_on(argv: list[str], doc: str | None, kills: int, one: Callable[[Stage, int, Count], None], proved: str) -> int:
    """A proof's command line: one world after the other until so many kills were survived; 0 when each held."""
    parser = argparse.ArgumentParser(prog="make prove", description=doc)
    parser.add_argument("--kills", type=int, default=kills)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    count, console = Count(), Console()
    with stage() as on, console.status("proving") as status:
        while count.kills < options.kills:
            one(on, options.seed + count.trials, count)
            status.update(f"{count.trials} worlds, {count.kills} kills, {count.failures} runs ended by a service")
    console.print(f"{count.trials} worlds, {count.kills} kills, {count.failures} runs ended by a service: {proved}.")
    return 0


def run(argv: list[str]) -> int:
    """The command line: go on until so many kills were survived; 0 when nothing was lost."""

    def one(on: Stage, seed: int, count: Count) -> None:
        trial(on, seed, count, with_faults=seed % 2 == 0, editors=seed % 3 == 0)

    return go_on(argv, __doc__, 500, one, "each effect once, nothing lost, nothing trampled")


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
