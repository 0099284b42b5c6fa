"""The short form of the proof: a few dozen kills, each world with every fault. `make prove` is the long form."""

import random
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.proofs import creates, stripe_creates
from tests.proofs.oracle import expected_state
from tests.proofs.stage import Stage, example, stage, task_of
from tests.proofs.write_back import Count, trial
from tests.resources.ledger.ledgers import database_url


@pytest.fixture(scope="module")
def on() -> Iterator[Stage]:
    with stage() as made:
        yield made


@pytest.mark.rule("X6")
@pytest.mark.rule("W9")
@pytest.mark.rule("W10")
@pytest.mark.parametrize("seed", range(1, 9))
def test_nothing_is_lost_doubled_or_trampled(on: Stage, seed: int) -> None:
    count = Count()
    trial(on, seed, count, with_faults=seed % 2 == 0, editors=seed % 4 > 1)
    assert count.kills >= 1


@pytest.mark.rule("C15")
@pytest.mark.rule("W9")
@pytest.mark.parametrize("seed", range(1, 5))
def test_no_new_record_is_doubled_lost_or_taken_from_somebody_else(on: Stage, seed: int) -> None:
    count = Count()
    creates.trial(on, seed, count, with_faults=seed % 2 == 0)
    assert count.kills >= 1


@pytest.mark.rule("P2")
@pytest.mark.rule("W9")
@pytest.mark.parametrize("seed", range(1, 5))
def test_no_new_customer_of_stripe_is_doubled_or_lost(on: Stage, seed: int) -> None:
    count = Count()
    stripe_creates.trial(on, seed, count, with_faults=seed % 2 == 0)
    assert count.kills >= 1


def test_a_tenth_of_the_worlds_customers_are_refused() -> None:
    worlds = [example(random.Random(seed), f"seed{seed}") for seed in range(1, 9)]  # noqa: S311 - repeatable on purpose
    systems = Counter(place.split(":")[0] for world in worlds for place in world.poison)
    assert 3 <= systems["stripe"] <= 9
    assert 3 <= systems["netsuite"] <= 9


@pytest.mark.rule("D5")
def test_a_ledger_in_postgresql_is_as_good(on: Stage) -> None:
    count = Count()
    trial(on, 20, count, with_faults=True, editors=True, ledger_url=database_url())
    assert count.kills >= 1


@pytest.mark.rule("W8")
def test_notes_that_people_write_meanwhile_are_kept(on: Stage, tmp_path: Path) -> None:
    made = example(random.Random(11), "notes")  # noqa: S311 - repeatable on purpose
    on.set_up(made)
    _, effects = expected_state(on.state(), made.plan, made.poison)
    written: list[tuple[int, str]] = []

    def write(number: int) -> None:
        note = f"note{number}"
        on.records.edit(number, comments=f"{on.records.value(number, 'comments') or ''} {note}".strip())
        written.append((number, note))

    for number in made.records:
        on.records.interfere("record.save", partial(write, number), skip=number % 3)
    assert on.run(task_of(on, made.plan, tmp_path)) == 0
    assert len(written) >= 3
    for number, note in written:
        words = str(on.records.value(number, "comments")).split()
        ids = [str(c.new_value) for c in made.plan if c.record_id == str(number) and c.action == "append"]
        assert [words.count(word) for word in (note, *ids)] == [1] * (1 + len(ids))
    assert on.effects() == effects
