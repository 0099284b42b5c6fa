"""The two stand-ins with a random small world, and a plan made for it."""

import multiprocessing
import os
import random
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext
from pathlib import Path

from sandbox.netsuite_standin import STRIPE_FIELD, NetsuiteStandIn, Options, World
from sandbox.stripe_standin import StandInOptions, StripeStandIn, StripeWorld
from schemas.change import Change
from schemas.words import LINK_KEY, InternalId, StripeId
from tests.proofs import child
from tests.proofs.oracle import FIELD_IDS, METADATA, State, effects, state

POISONED = 0.1
"""The share of the customers that have as many metadata keys as Stripe takes, so that it refuses one more; and of the
records of which NetSuite refuses one field."""

FULL = {f"key{number}": "x" for number in range(50)}


@dataclass
class Stage:
    """Both stand-ins, and one world in them at a time."""

    netsuite: NetsuiteStandIn
    stripe: StripeStandIn
    context: ForkServerContext
    customers: list[StripeId] = field(default_factory=list)
    events_before: int = 0
    victim: int | None = None
    deadly_update: int | None = None
    forgets_keys: bool = False
    """Whether Stripe has forgotten all idempotency keys when a child begins."""

    @property
    def records(self) -> World:
        return self.netsuite.world

    def set_up(self, world: "Example") -> None:
        """Put a world in place; the customers of earlier ones stay in Stripe, out of the way."""
        self.netsuite.world = World()
        for number, values in world.records.items():
            self.records.insert_values(number, values)
        for place in world.poison:
            system, record, name = place.split(":", 2)
            if system == "netsuite":
                self.records.refuse(int(record), FIELD_IDS[name])
        book = self.stripe.world.book()
        book.load(
            (customer, 1_700_000_000, {"metadata": dict(metadata)}) for customer, metadata in world.metadata.items()
        )
        self.customers, self.events_before = list(world.metadata), len(book.events)
        self.stripe.clear()
        self.netsuite._faults.clear()
        self.deadly_update, self.forgets_keys = None, False

    def state(self) -> State:
        """What stands in both systems."""
        return state(self.records, self.stripe.world.book(), self.customers)

    def effects(self) -> Counter[str]:
        """What the stand-ins say was changed by calls, and how often: by `system:record:field:value`."""
        return effects(self.records.saves, self.stripe.world.book().events[self.events_before :])

    def run(self, task: child.Task) -> int:
        """Do a task in a process of its own; its exit code, negative for a signal."""
        if self.forgets_keys:
            self.stripe.forget_keys()
        process = self.context.Process(target=child.carry_out, args=(task,))
        process.start()
        self.victim = process.pid
        process.join()
        self.victim = None
        assert process.exitcode is not None
        return process.exitcode

    def kill_at_save(self, number: int) -> None:
        """Let the child be killed while NetSuite is at its so-manieth save from now: the save happens all the same."""
        self.records.interfere("record.save", self._kill, skip=number)

    def kill_at_update(self, number: int) -> None:
        """Let the child be killed while Stripe is at its so-manieth update, create or delete from now."""
        self.deadly_update = number

    def _kill(self) -> None:
        if self.victim is not None:
            os.kill(self.victim, signal.SIGKILL)

    def before_update(self) -> None:
        if self.deadly_update is not None:
            self.deadly_update -= 1
            if self.deadly_update < 0:
                self.deadly_update = None
                self._kill()


@dataclass
class Example:
    """A small random world: records, Stripe metadata, and the plan that links them."""

    records: dict[int, dict[str, str | None]]
    metadata: dict[StripeId, dict[str, str]]
    plan: list[Change]
    poison: frozenset[str] = frozenset()
    """Folders, as in `State`, at which the system refuses every write."""


def example(chance: random.Random, name: str, pairs: int = 7) -> Example:
    """Records with and without traces of earlier links; now and then two customers share one."""
    records: dict[int, dict[str, str | None]] = {}
    metadata: dict[StripeId, dict[str, str]] = {}
    plan: list[Change] = []
    for number in range(1, pairs + 1):
        customer = StripeId(f"cus_{name}_{number}")
        record = InternalId(number if not records or chance.random() > 0.3 else chance.choice(list(records)))
        is_new = record not in records
        if is_new:
            records[record] = _record(chance, customer)
        is_full = chance.random() < POISONED
        metadata[customer] = dict(FULL) if is_full else {"kept": "yes"}
        if not is_full and chance.random() < 0.15:
            metadata[customer][LINK_KEY] = "999"
        plan += list(_planned(customer, record, records[record], metadata[customer], is_oldest=is_new))
    poison = {f"stripe:{customer}:{METADATA}" for customer, found in metadata.items() if found == FULL}
    refused = [record for record in records if chance.random() < POISONED]
    poison |= {f"netsuite:{record}:{chance.choice(list(FIELD_IDS))}" for record in refused}
    return Example(
        records, metadata, sorted(plan, key=lambda c: (c.system, c.netsuite_internal_id, c.field)), frozenset(poison)
    )


@contextmanager
def stage() -> Iterator[Stage]:
    """Run both stand-ins, without limits, and a parent for children."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.proofs.child"])
    unlimited = StandInOptions(endpoint_rate=None, test_rate=None, live_rate=None)
    world = StripeWorld()
    options = Options(concurrency=5, permissions={"LIST_CUSTJOB": 4, "LIST_FIND": 1})
    with NetsuiteStandIn(World(), options) as netsuite, StripeStandIn(world, unlimited) as stripe:
        netsuite.register_token(child.CONSUMER, child.TOKEN)
        made = Stage(netsuite, stripe, context)
        _watch(world, made.before_update)
        yield made


def task_of(made: Stage, plan: list[Change], folder: Path, **given: object) -> child.Task:
    defaults: dict[str, object] = {
        "what": "apply",
        "plan": "a" * 64,
        "changes": plan,
        "ledger_url": f"sqlite:///{folder / 'ledger.db'}",
        "folder": folder,
        "netsuite_url": made.netsuite.url,
        "stripe_url": made.stripe.url,
        "stripe_key": made.stripe.world.test_key,
        "run_id": "run",
    }
    return child.Task(**{**defaults, **given})  # type: ignore[arg-type]


def _watch(world: StripeWorld, before_update: Callable[[], None]) -> None:
    book = world.book()

    def watched(act: Callable[..., object]) -> Callable[..., object]:
        def watching(*args: object, **given: object) -> object:
            before_update()
            return act(*args, **given)

        return watching

    for name in ("put", "create", "delete"):
        setattr(book, name, watched(getattr(book, name)))


def _record(chance: random.Random, customer: StripeId) -> dict[str, str | None]:
    return {
        "comments": chance.choice([None, "VIP", f"met {customer} at the fair", "two\nlines"]),
        "externalid": chance.choice([None, None, f"ERP-{customer}"]),
        STRIPE_FIELD: chance.choice([None, None, None, customer]),
        "phone": "+1 555 0100",
    }


def _planned(
    customer: StripeId, record: InternalId, values: dict[str, str | None], metadata: dict[str, str], *, is_oldest: bool
) -> Iterator[Change]:
    def change(system: str, field_: str, action: str, old: str | None, new: str) -> Change:
        place = customer if system == "stripe" else str(record)
        suffix = f":{customer}" if action == "append" else ""
        key = f"{system}:{place}:{field_}{suffix}"
        return Change(key, system, place, field_, action, old, new, customer, record)  # type: ignore[arg-type]

    comments = values["comments"]
    if customer not in (comments or "").split():
        yield change("netsuite", "comments", "append", comments, customer)
    for name in ("external_id", "stripe_id"):
        if is_oldest and not values[FIELD_IDS[name]]:
            yield change("netsuite", name, "set", None, customer)
    yield change("stripe", METADATA, "set", metadata.get(LINK_KEY), str(record))
