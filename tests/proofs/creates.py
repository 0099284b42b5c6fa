"""The proof of creating: customers without a record, deaths and failures; afterwards each has one record, named once.

`make prove` runs it with hundreds of deaths; the tests run a few dozen of the same. Every trial makes the records of a
plan, makes them again (which must make none), takes them back, and makes them once more; in each of these the process
is killed again and again before it comes through.
"""

import random
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import orjson

from sandbox.netsuite_standin import STRIPE_FIELD
from schemas.change import Change
from schemas.words import LINK_FIELD, LINK_KEY, StripeId
from tests.proofs.stage import Example, Stage, task_of
from tests.proofs.write_back import FEW_DEATHS, Count, cause_faults, check_creates, go_on, until_done

CUSTOMERS = 7


def trial(on: Stage, seed: int, count: Count, *, with_faults: bool = False, deaths: int = FEW_DEATHS) -> None:
    """One world, from no record to one for each customer, to none, and back.

    Raises:
        AssertionError: a record was doubled, lost, or taken from somebody else.
    """
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose
    customers = [StripeId(f"cus_new{seed}x{number}") for number in range(1, CUSTOMERS + 1)]
    plan = [change for customer in customers for change in (_create(customer), _link(customer))]
    on.set_up(Example({}, {customer: {"kept": "yes"} for customer in customers}, plan))
    foreign = {customer: on.records.insert(externalid=customer) for customer in customers if chance.random() < 0.15}
    ours = [customer for customer in customers if customer not in foreign]
    with tempfile.TemporaryDirectory() as folder:
        task = task_of(on, plan, Path(folder))
        if with_faults:
            cause_faults(on, chance)
        until_done(on, replace(task, run_id="1"), chance, count, deaths)
        _check(on, ours, foreign, times=1)
        assert on.run(replace(task, run_id="2")) in {0, 1}  # 1: a fault that was ordered
        until_done(on, replace(task, run_id="2"), chance, count, 0)
        _check(on, ours, foreign, times=1)
        until_done(on, replace(task, what="undo", run_id="3"), chance, count, deaths)
        assert sorted(on.records.customers) == sorted(foreign.values())
        assert set(_links(on).values()) == {None}
        until_done(on, replace(task, run_id="4"), chance, count, deaths)
        _check(on, ours, foreign, times=2)
        check_creates(task, lambda change: change.stripe_customer_id in foreign)
    count.trials += 1


def _create(customer: StripeId) -> Change:
    links = {"externalid": customer, STRIPE_FIELD: customer, "comments": customer}
    record = {"fields": {"companyname": f"Company {customer}", "entityid": f"Company {customer}", **links}}
    values = orjson.dumps(record, option=orjson.OPT_SORT_KEYS).decode()
    name = f"netsuite:create:{customer}"
    return Change(name, "netsuite", None, "record", "create", None, customer, customer, None, values=values)


def _link(customer: StripeId) -> Change:
    name, create = f"stripe:{customer}:{LINK_FIELD}", f"netsuite:create:{customer}"
    return Change(name, "stripe", customer, LINK_FIELD, "set", None, None, customer, None, value_from=create)


def _check(on: Stage, ours: list[StripeId], foreign: dict[StripeId, int], *, times: int) -> None:
    """Each customer has one record, made so often as it was to be, and its metadata name it."""
    held: dict[str, list[int]] = {}
    for number, record in on.records.customers.items():
        held.setdefault(str(record.values["externalid"]), []).append(number)
    assert {customer: len(numbers) for customer, numbers in held.items()} == dict.fromkeys([*ours, *foreign], 1)
    assert {customer: held[customer][0] for customer in foreign} == foreign
    made = Counter(str(save.after["externalid"]) for save in on.records.saves)
    assert made == dict.fromkeys(ours, times), "a record was made too often"
    named = {customer: str(held[customer][0]) for customer in ours} | dict.fromkeys(foreign)
    assert _links(on) == named


def _links(on: Stage) -> dict[StripeId, str | None]:
    found: dict[StripeId, str | None] = {}
    for customer in on.customers:
        metadata = (on.stripe.world.book().get(customer) or {})["metadata"]
        found[customer] = metadata.get(LINK_KEY) if isinstance(metadata, dict) else None  # type: ignore[assignment]
    return found


def run(argv: list[str]) -> int:
    """The command line: go on until so many kills were survived; 0 when nothing was doubled or lost."""

    def one(on: Stage, seed: int, count: Count) -> None:
        trial(on, seed, count, with_faults=seed % 2 == 0)

    return go_on(argv, __doc__, 200, one, "each new record made once, none lost, none of others touched")


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
