"""A ledger that was put back from yesterday's copy: it settles what it missed, and nothing is made or written twice."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from assets.write_back.run import undo_part
from assets.write_back.selection import Filters, Part
from resources.ledger import Journal, Ledger
from resources.storage.local import LocalStorage
from resources.storage.plans import PlanStore
from schemas.attempts import Attempt
from schemas.plan import changes_of
from schemas.words import LINK_FIELD, StripeId
from tests.assets.write_back.fakes import ACCOUNTS
from tests.assets.write_back.test_creates import World, apply, plan
from tests.resources.netsuite_api.creating import counts

CUSTOMERS = ["cus_1", "cus_2", "cus_3"]


@pytest.mark.rule("W9")
def test_a_ledger_of_yesterday_settles_what_it_missed_and_doubles_nothing(tmp_path: Path) -> None:
    world = World(tmp_path)
    store = PlanStore(LocalStorage(tmp_path / "plans"))
    digest = store.keep(plan(1, 2, 3))
    whole = Part(digest, changes_of(store.read(digest)))
    with world.ledger:
        first = Filters(customers=frozenset({StripeId("cus_1")}))
        apply(world, Part(digest, whole.changes, first), "yesterday")
        begun = next(each for each in whole.changes if each.change_id == "netsuite:create:cus_2")
        world.journal.intend([Attempt(digest, begun, "apply")], "under way during the copy")
        copy_of(tmp_path / "ledger.db", tmp_path / "copy.db")
        apply(world, whole, "today")
    assert sorted(world.creates.made) == CUSTOMERS
    before = dict(world.creates.records), dict(world.stripe.values), list(world.stripe.writes)

    restore(tmp_path / "copy.db", tmp_path / "ledger.db")
    world.ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}", tmp_path)
    world.journal = Journal(world.ledger, ACCOUNTS)
    with world.ledger:
        creates, _, _, stripe = counts(apply(world, whole, "after the copy was put back"))
        assert (creates, stripe) == ({"already": 1}, {"already": 1, "waiting": 1})  # of a record that is not ours
        assert (world.creates.records, world.stripe.values, world.stripe.writes) == before
        assert sorted(world.creates.made) == CUSTOMERS
        known = {name: entry.status for name, entry in world.journal.latest(digest).items()}
        assert known == {
            "netsuite:create:cus_1": "applied",
            "netsuite:create:cus_2": "applied",  # it was begun: what is there is ours
            "netsuite:create:cus_3": "already",
            f"stripe:cus_1:{LINK_FIELD}": "applied",
            f"stripe:cus_2:{LINK_FIELD}": "already",
        }
        undo_part(world.run("undo"), whole)
    assert "cus_1" not in world.creates.records
    assert "cus_3" in world.creates.records  # nothing of the ledger says that it is ours


def copy_of(ledger: Path, copy: Path) -> None:
    """As `sqlite3 ledger.db ".backup copy.db"` does, while the ledger is open."""
    with closing(sqlite3.connect(ledger)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


def restore(copy: Path, ledger: Path) -> None:
    """As docs/deploy.md says."""
    for name in (ledger.name, f"{ledger.name}-wal", f"{ledger.name}-shm"):
        ledger.with_name(name).unlink(missing_ok=True)
    shutil.copyfile(copy, ledger)
