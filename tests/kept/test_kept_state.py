"""A plan and a ledger that an older version left behind are read, carried on and taken back as if they were today's.

The files beside this one were written by the version before links had leases: six pairs, of which three were applied
(one record held another Stripe id), the first taken back, and the fourth killed between its effect and its outcome.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.write_back.executor import WriteBack
from assets.write_back.run import apply_step, undo_part
from assets.write_back.selection import NETSUITE_EDITS, STRIPE_EDITS, Part
from resources.ledger import Decisions, Journal, Ledger, Requests
from resources.storage.local import LocalStorage
from resources.storage.plans import PlanStore
from resources.writers import registry
from schemas.change import Change
from schemas.plan import changes_of
from schemas.words import DeclaredAccounts
from tests.assets.write_back.fakes import FakeSystem

KEPT = Path(__file__).parent
PLAN = "bf745e562be89dc8d2ab2b62039b8a99553c21db92130f074e20935f1de47f6a"
OURS = DeclaredAccounts("acme@0123456789abcdef")
LINK = "metadata.netsuite_customer_id"


class Kept:
    """The kept state in a folder of a test, and the two systems as they stood."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.journal = ledger, Journal(ledger, OURS)
        self.systems = {"netsuite": FakeSystem("netsuite"), "stripe": FakeSystem("stripe")}
        for system, values in json.loads((KEPT / "values.json").read_text()).items():
            self.systems[system].values = {(record, field): value for record, field, value in values}

    @property
    def changes(self) -> list[Change]:
        return changes_of(PlanStore(LocalStorage(KEPT)).read(PLAN))

    def run(self, run_id: str) -> WriteBack:
        return WriteBack(self.journal, registry(self.systems.values()), run_id, Decisions(self.ledger, "acme"))

    def value(self, system: str, record: str, field: str) -> str:
        return self.systems[system].values.get((record, field), "")


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    shutil.copy(KEPT / "ledger.db", tmp_path)
    with Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}", tmp_path) as ledger:
        yield Kept(ledger)


def test_an_old_plan_keeps_its_hash_when_it_is_kept_again(tmp_path: Path) -> None:
    assert PlanStore(LocalStorage(tmp_path)).keep(PlanStore(LocalStorage(KEPT)).read(PLAN)) == PLAN


def test_what_an_old_run_put_down_is_read(kept: Kept) -> None:
    entries, requests = kept.journal.latest(PLAN), Requests(kept.ledger, OURS)
    assert len(entries) == 14
    assert entries["netsuite:102:stripe_id"].result.found == "cus_foreign"
    assert [entry.attempt.change.record_id for entry in kept.journal.unsettled()] == ["104"] * 3
    undo = requests.of("run-2")
    assert undo is not None
    assert (undo.direction, undo.who) == ("undo", None)
    assert [plan for plan, _ in requests.approvals()] == [PLAN, PLAN]
    assert {kind.kind for kind in Decisions(kept.ledger, "acme").last().values()} == {"withdrawn"}


@pytest.mark.rule("W9")
def test_an_old_plan_is_carried_on_where_the_killed_run_stopped(kept: Kept) -> None:
    sides = [apply_step(kept.run("today"), Part(PLAN, kept.changes), step) for step in (NETSUITE_EDITS, STRIPE_EDITS)]
    assert [tally.counts() for tally in sides] == [{"applied": 11}, {"applied": 4, "waiting": 1}]
    assert "netsuite:104:comments:cus_Kept4" not in kept.systems["netsuite"].writes
    assert kept.value("stripe", "cus_Kept4", LINK) == "104"
    assert kept.value("netsuite", "102", "stripe_id") == "cus_foreign"


@pytest.mark.rule("W10")
def test_an_old_plan_is_taken_back(kept: Kept) -> None:
    undo_part(kept.run("today"), Part(PLAN, kept.changes))
    assert kept.value("stripe", "cus_Kept3", LINK) == "7"
    assert {kept.value("netsuite", "103", field) for field in ("external_id", "stripe_id")} == {""}
    assert kept.value("netsuite", "103", "comments") == "pays late"
    assert kept.value("netsuite", "104", "external_id") == ""
    assert kept.value("netsuite", "102", "stripe_id") == "cus_foreign"
