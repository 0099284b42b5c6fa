"""Creates and what refers to them: hashed, selected, journaled, settled, taken back, with a writer in memory."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from assets.write_back.executor import WriteBack
from assets.write_back.run import Tally, undo_part
from assets.write_back.selection import Filters, Part, decided_otherwise, to_apply
from resources.ledger import LastDecision
from resources.storage.local import LocalStorage
from resources.storage.plans import PlanStore
from resources.writers import registry
from schemas.attempts import Answer, Attempt, Entry, Said
from schemas.change import Change
from schemas.errors import InternalError, TransientError, UserError
from schemas.plan import OF_CREATES, PLAN_COLUMNS, changes_of
from schemas.words import LINK_FIELD, Action, InternalId, StripeId, System
from tests.assets.write_back.fakes import FakeWorld
from tests.resources.netsuite_api.creating import counts, step_by_step


class FakeCreates:
    """A writer of creates: records by key, each with an id, and a mark when somebody has touched it."""

    kinds: frozenset[Action] = frozenset({"create"})
    workers = 2
    records_per_batch = 1

    def __init__(self, system: System = "netsuite") -> None:
        self.system: System = system
        self.records: dict[str, str] = {}
        self.made: list[str] = []
        self.touched: set[str] = set()
        self.leads: set[str] = set()
        self.dies_after: set[str] = set()
        self.foreign: set[str] = set()

    def write(self, attempts: Sequence[Attempt]) -> Iterator[Answer]:
        for attempt in attempts:
            yield self._taken_back(attempt) if attempt.direction == "undo" else self._made(attempt)

    def inspect(self, entries: Sequence[Entry]) -> Iterator[Answer]:
        for attempt in (entry.attempt for entry in entries):
            key = str(attempt.change.new_value)
            is_there = key in self.records
            stands = is_there == (attempt.direction == "apply")
            yield Answer(attempt, "done" if stands else "not_done", result_id=self.records.get(key), witness="clean")

    def _made(self, attempt: Attempt) -> Answer:
        key = str(attempt.change.new_value)
        if key in self.foreign:
            return Answer(attempt, "conflict", found="7")
        if key in self.records:
            return Answer(attempt, "already", result_id=self.records[key], witness="clean")
        self.records[key] = str(900 + len(self.made))
        self.made.append(key)
        if key in self.dies_after:
            raise TransientError("It answers no more.")
        said: Said = "unfit" if key in self.leads else "done"
        return Answer(attempt, said, result_id=self.records[key], witness="clean")

    def _taken_back(self, attempt: Attempt) -> Answer:
        key = str(attempt.change.new_value)
        if self.records.get(key) != attempt.result_id or key in self.touched or attempt.witness != "clean":
            return Answer(attempt, "conflict", found="somebody has worked with it")
        del self.records[key]
        return Answer(attempt, "done")


class World(FakeWorld):
    """The two systems in memory, with a writer of creates."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.creates = FakeCreates()

    def run(self, run_id: str) -> WriteBack:
        writers = registry([self.netsuite, self.stripe, self.creates])
        return WriteBack(self.journal, writers, run_id, self.decisions)


def plan(*numbers: int) -> pl.DataFrame:
    """A new record for each customer, and the metadata that names it."""
    rows: list[dict[str, object]] = []
    for number in numbers:
        customer = f"cus_{number}"
        create = f"netsuite:create:{customer}"
        shared = {"reason": "nobody is there", "stripe_customer_id": customer}
        rows.append(
            {
                **shared,
                "change_id": create,
                "system": "netsuite",
                "field": "record",
                "action": "create",
                "new_value": customer,
                "values": f'{{"companyname":"Company {number}"}}',
            }
        )
        rows.append(
            {
                **shared,
                "change_id": f"stripe:{customer}:{LINK_FIELD}",
                "system": "stripe",
                "record_id": customer,
                "field": LINK_FIELD,
                "action": "set",
                "value_from": create,
            }
        )
    columns = [*PLAN_COLUMNS, *OF_CREATES]
    schema = {name: pl.Int64 if name == "netsuite_internal_id" else pl.String for name in columns}
    return pl.DataFrame([{name: row.get(name) for name in columns} for row in rows], schema)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    with made.ledger:
        yield made


@pytest.fixture
def part(tmp_path: Path) -> Part:
    store = PlanStore(LocalStorage(tmp_path / "plans"))
    digest = store.keep(plan(1, 2))
    return Part(digest, changes_of(store.read(digest)))


def apply(world: World, part: Part, run_id: str) -> list[Tally]:
    return step_by_step(world.run(run_id), part)


def test_a_plan_with_creates_is_kept_whole_and_one_without_has_the_columns_of_ever(tmp_path: Path) -> None:
    store, with_creates = PlanStore(LocalStorage(tmp_path)), plan(1)
    kept = store.read(store.keep(with_creates))
    assert kept.equals(with_creates)
    assert changes_of(kept)[0].values == '{"companyname":"Company 1"}'
    without = with_creates.filter(pl.col("action") == "set").with_columns(new_value=pl.lit("5"), value_from=None)
    assert store.read(store.keep(without)).columns == list(PLAN_COLUMNS)


@pytest.mark.parametrize("values", ['{"companyname":"Other"}', None])
def test_the_hash_is_of_the_records_too(tmp_path: Path, values: str | None) -> None:
    store = PlanStore(LocalStorage(tmp_path))
    first = store.keep(plan(1))
    other = plan(1).with_columns(values=pl.when(pl.col("action") == "create").then(pl.lit(values)))
    if values is None:
        with pytest.raises(InternalError, match="make a record of nothing, netsuite:create:cus_1 the first"):
            store.keep(other)
    else:
        assert store.keep(other) != first


def test_a_create_is_made_once_and_what_names_it_gets_its_id(world: World, part: Part) -> None:
    assert counts(apply(world, part, "run")) == [{"applied": 2}, {}, {}, {"applied": 2}]
    ids = world.creates.records
    assert world.stripe.values == {(customer, LINK_FIELD): ids[customer] for customer in ("cus_1", "cus_2")}
    assert counts(apply(world, part, "again")) == [{}, {}, {}, {}]
    entry = world.journal.latest(part.plan)[f"stripe:cus_1:{LINK_FIELD}"]
    assert entry.attempt.change.new_value == ids["cus_1"]


def test_what_needs_a_create_waits_until_it_is_made(world: World, part: Part) -> None:
    world.creates.foreign.add("cus_1")
    creates, _, _, stripe = apply(world, part, "run")
    assert counts([creates, stripe]) == [{"conflict": 1, "applied": 1}, {"waiting": 1, "applied": 1}]
    assert [change.change_id for change in stripe.waiting] == [f"stripe:cus_1:{LINK_FIELD}"]


@pytest.mark.rule("W10")
def test_a_record_that_is_not_as_wanted_is_named_by_nobody_and_can_be_taken_back(world: World, part: Part) -> None:
    world.creates.leads.add("cus_1")
    creates, _, _, stripe = apply(world, part, "run")
    assert counts([creates, stripe]) == [{"unfit": 1, "applied": 1}, {"waiting": 1, "applied": 1}]
    assert undo_part(world.run("undo"), part).counts() == {"undone": 3}
    assert world.creates.records == {}


@pytest.mark.rule("W9")
def test_a_create_whose_answer_was_lost_is_found_again_and_ours(world: World, part: Part) -> None:
    world.creates.dies_after.add("cus_1")
    with pytest.raises(TransientError):
        apply(world, part, "killed")
    world.creates.dies_after.clear()
    creates, _, _, stripe = apply(world, part, "next")
    assert world.creates.made.count("cus_1") == 1
    assert stripe.counts() == {"applied": 2}
    assert world.stripe.values["cus_1", LINK_FIELD] == world.creates.records["cus_1"]
    assert creates.counts()["conflict"] == 0


@pytest.mark.rule("W10")
def test_a_create_is_taken_back_after_what_names_it_and_only_untouched(world: World, part: Part) -> None:
    apply(world, part, "run")
    world.creates.touched.add("cus_2")
    tally = undo_part(world.run("undo"), part)
    assert tally.counts() == {"undone": 3, "conflict": 1}
    assert list(world.creates.records) == ["cus_2"]
    world.creates.touched.clear()
    assert undo_part(world.run("again"), part).counts() == {}


@pytest.mark.rule("W10")
def test_a_record_stays_while_something_of_ours_still_names_it(world: World, part: Part) -> None:
    apply(world, part, "run")
    world.stripe.refused.add("cus_1")
    tally = undo_part(world.run("undo"), part)
    assert tally.counts() == {"undone": 2, "failed": 1, "waiting": 1}
    assert list(world.creates.records) == ["cus_1"]
    world.stripe.refused.clear()
    assert undo_part(world.run("again"), part).counts() == {"undone": 2}
    assert world.creates.records == {}


@pytest.mark.rule("W10")
def test_what_was_taken_back_is_made_anew(world: World, part: Part) -> None:
    for cycle in range(2):
        assert counts(apply(world, part, f"apply {cycle}")) == [{"applied": 2}, {}, {}, {"applied": 2}]
        assert undo_part(world.run(f"undo {cycle}"), part).counts() == {"undone": 4}
    assert world.creates.made.count("cus_1") == 2


def test_a_part_takes_a_create_with_what_needs_it(world: World, part: Part) -> None:
    small = Part(part.plan, part.changes, Filters(at_most=2))
    for run_id in ("first", "second"):
        assert counts(apply(world, small, run_id)) == [{"applied": 1}, {}, {}, {"applied": 1}]


@pytest.mark.rule("M8")
def test_nobody_is_made_for_whom_a_person_has_decided_since(world: World, part: Part) -> None:
    since = Part(part.plan, part.changes, made_at=datetime.now(UTC))
    world.decisions.decide(StripeId("cus_1"), "never", None, "ada", "by phone")
    with pytest.raises(UserError, match="decided otherwise about 1 of its customers, cus_1 the first"):
        apply(world, since, "run")
    assert world.creates.made == []


@pytest.mark.rule("M8")
def test_who_is_made_is_no_contradiction_to_the_decision_for_a_new_record(world: World, part: Part) -> None:
    since = Part(part.plan, part.changes, made_at=datetime.now(UTC))
    world.decisions.decide(StripeId("cus_1"), "create", None, "ada", "by phone")
    assert counts(apply(world, since, "run"))[0] == {"applied": 2}


@pytest.mark.rule("M8")
@pytest.mark.parametrize(("is_newer", "contradicted"), [(True, ["cus_1"]), (False, [])])
def test_a_link_is_one_only_if_the_decision_is_newer_than_the_plan(*, is_newer: bool, contradicted: list[str]) -> None:
    link = Change("stripe:cus_1:x", "stripe", "cus_1", LINK_FIELD, "set", None, "7", StripeId("cus_1"), InternalId(7))
    made_at = datetime(2026, 6, 1, tzinfo=UTC)
    last = LastDecision("create", None, made_at + timedelta(days=1 if is_newer else -1))
    assert decided_otherwise([link], {StripeId("cus_1"): last}, made_at) == contradicted


@pytest.mark.rule("M8")
def test_a_record_that_a_person_has_given_to_somebody_gets_no_new_customer() -> None:
    made_at = datetime(2026, 6, 1, tzinfo=UTC)
    new = Change("stripe:create:7", "stripe", None, "record", "create", None, "7", None, InternalId(7), values="{}")
    decided = {
        StripeId("cus_1"): LastDecision("link", InternalId(7), made_at),
        StripeId("cus_2"): LastDecision("link", InternalId(8), made_at),
    }
    assert decided_otherwise([new], decided, made_at) == ["cus_1"]


def test_a_part_takes_a_change_with_what_it_requires_of_another_pair() -> None:
    taken = Change(
        "netsuite:1:external_id", "netsuite", "1", "external_id", "clear", "cus_1", None, None, InternalId(1)
    )
    given = Change(
        "netsuite:2:external_id", "netsuite", "2", "external_id", "set", None, "cus_1", StripeId("cus_1"), None
    )
    other = Change(
        "netsuite:3:external_id", "netsuite", "3", "external_id", "set", None, "cus_3", StripeId("cus_3"), None
    )
    changes = [other, replace(given, requires=(taken.change_id,)), taken]
    part = to_apply(changes[1:] + changes[:1], {}, Filters(at_most=2), "run")
    assert {change.change_id for change in part} == {taken.change_id, given.change_id}
    part = to_apply([taken, other, changes[1]], {}, Filters(at_most=2), "run")
    assert {change.change_id for change in part} == {taken.change_id, given.change_id}


def test_a_change_can_require_others(world: World) -> None:
    first = Change("netsuite:1:stripe_id", "netsuite", "1", "stripe_id", "set", None, "cus_1", StripeId("cus_1"), None)
    second = replace(first, change_id="netsuite:2:stripe_id", record_id="2", requires=(first.change_id,))
    third = Change("stripe:cus_1:x", "stripe", "cus_1", LINK_FIELD, "set", None, "2", None, None)
    third = replace(third, requires=(second.change_id,))
    part = Part("a" * 64, [first, second, third])
    world.netsuite.refused.add("2")
    assert counts(apply(world, part, "run")) == [
        {},
        {},
        {"applied": 1, "waiting": 1},
        {"waiting": 1},
    ]
    world.netsuite.refused.clear()
    assert counts(apply(world, part, "next")) == [{}, {}, {"applied": 1}, {"applied": 1}]


def test_two_writers_of_one_kind_are_a_mistake_of_ours() -> None:
    with pytest.raises(InternalError, match="Two writers carry out create in netsuite"):
        registry([FakeCreates(), FakeCreates()])
