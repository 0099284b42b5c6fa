"""The proof of creating in Stripe: records without a customer, deaths and failures; afterwards each has one.

`make prove` runs it with hundreds of deaths; the tests run a few dozen of the same. Every trial makes the customers of
a plan, makes them again (which must make none), takes them back, and makes them once more; in each of these the process
is killed again and again before it comes through. In half of the worlds Stripe has
forgotten every idempotency key when the process comes back, as it does after a day.
"""

import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import orjson

from sandbox.netsuite_standin import STRIPE_FIELD
from schemas.change import Change
from schemas.words import LINK_KEY, InternalId
from tests.proofs.oracle import FIELD_IDS
from tests.proofs.stage import Example, Stage, task_of
from tests.proofs.write_back import FEW_DEATHS, Count, cause_faults, check_creates, go_on, until_done

RECORDS = 7


def trial(on: Stage, seed: int, count: Count, *, with_faults: bool = False, deaths: int = FEW_DEATHS) -> None:
    """One world, from no customer to one for each record, to none, and back.

    Raises:
        AssertionError: a customer was doubled, lost, or made for a record that somebody else has given one.
    """
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
    numbers = [InternalId(seed * 100 + number) for number in range(1, RECORDS + 1)]
    plan = [change for number in numbers for change in _planned(number)]
    on.set_up(Example({number: {"comments": "VIP" if number % 2 else None} for number in numbers}, {}, plan))
    foreign = [number for number in numbers if chance.random() < 0.15]
    for number in foreign:
        on.records.edit(number, **{STRIPE_FIELD: "cus_foreign"})
    ours = [number for number in numbers if number not in foreign]
    before = _fields(on)
    on.forgets_keys = seed % 4 > 1
    with tempfile.TemporaryDirectory() as folder:
        task = task_of(on, plan, Path(folder))
        if with_faults:
            cause_faults(on, chance)
        until_done(on, replace(task, run_id="1"), chance, count, deaths)
        _check(on, ours, times=1)
        assert on.run(replace(task, run_id="2")) in {0, 1}  # 1: a fault that was ordered
        until_done(on, replace(task, run_id="2"), chance, count, 0)
        _check(on, ours, times=1)
        until_done(on, replace(task, what="undo", run_id="3"), chance, count, deaths)
        assert _made(on) == {}
        assert _fields(on) == before
        until_done(on, replace(task, run_id="4"), chance, count, deaths)
        _check(on, ours, times=2)
        check_creates(task, lambda change: change.netsuite_internal_id in foreign)
    count.trials += 1


def _planned(number: InternalId) -> Iterator[Change]:
    """A new customer for a record, and what names it there."""
    create, record = f"stripe:create:{number}", str(number)
    values = {"email": f"n{number}@acme.example", "metadata": {LINK_KEY: record}}
    text = orjson.dumps(values, option=orjson.OPT_SORT_KEYS).decode()
    yield Change(create, "stripe", None, "record", "create", None, record, None, number, values=text)
    for name in ("external_id", "stripe_id"):
        change = f"netsuite:{record}:{name}"
        yield Change(change, "netsuite", record, name, "set", None, None, None, number, value_from=create)
    old, change = ("VIP" if number % 2 else None), f"netsuite:{record}:comments:{create}"
    yield Change(change, "netsuite", record, "comments", "append", old, None, None, number, value_from=create)


def _check(on: Stage, ours: list[InternalId], *, times: int) -> None:
    """Each record has one customer, made so often as it was to be, and names it in all fields."""
    made = _made(on)
    assert {record: len(customers) for record, customers in made.items()} == {str(number): 1 for number in ours}
    born = Counter(record for kind, record in _events(on) if kind == "customer.created")
    assert born == Counter({str(number): times for number in ours}), "a customer was made too often"
    fields = _fields(on)
    for number in ours:
        [customer] = made[str(number)]
        old = "VIP\n" if number % 2 else ""
        assert fields[number] == (customer, customer, f"{old}{customer}")


def _made(on: Stage) -> dict[str, list[str]]:
    """The living customers by the record that their metadata name."""
    found: dict[str, list[str]] = {}
    book = on.stripe.world.book()
    mine = {str(number) for number in on.records.customers}
    for customer in book.ids:
        metadata = (book.get(customer) or {}).get("metadata")
        record = metadata.get(LINK_KEY) if isinstance(metadata, dict) else None
        if str(record) in mine:
            found.setdefault(str(record), []).append(customer)
    return found


def _events(on: Stage) -> Iterator[tuple[str, str]]:
    for event in on.stripe.world.book().events[on.events_before :]:
        body = orjson.loads(orjson.dumps(event))
        yield body["type"], str(body["data"]["object"]["metadata"].get(LINK_KEY))


def _fields(on: Stage) -> dict[int, tuple[str | None, ...]]:
    ids = [FIELD_IDS[name] for name in ("external_id", "stripe_id", "comments")]
    return {
        number: tuple(str(record.values.get(field) or "") or None for field in ids)
        for number, record in on.records.customers.items()
    }


def run(argv: list[str]) -> int:
    """The command line: go on until so many kills were survived; 0 when nothing was doubled or lost."""

    def one(on: Stage, seed: int, count: Count) -> None:
        trial(on, seed, count, with_faults=seed % 2 == 0)

    return go_on(argv, __doc__, 200, one, "each new customer made once, none lost, none beside another's")


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
