"""A world that is put back to a checkpoint is the one of then, whatever was done to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.stripe_standin import Fault
from sandbox.stripe_standin.world import ApiKey
from tests.pipelines.api_world import MOMENT, Site, sentences, site
from tests.pipelines.checkpoint import Checkpoint


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path / "site") as made:
        yield made


def all_of(at: Site) -> dict[str, object]:
    """Everything that a test can look at."""
    folder = at.sync.folders.root
    with at.sync.ledger() as ledger, ledger.engine.connect() as connection:
        ledger_rows = list(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]  # SQLite's own
    runs = [run.run_id for run in at.instance.get_runs()]
    return {
        "files": {
            str(path.relative_to(folder)): (path.lstat().st_mtime_ns, path.lstat().st_mode, path.read_bytes())
            for path in folder.rglob("*")
            if path.is_file() and path.name != "ledger.db"  # which is looked at by its rows
        },
        "ledger": ledger_rows,
        "runs": runs,
        "events": [entry.to_json() for run in runs for entry in at.instance.all_logs(run)],  # type: ignore[no-untyped-call]  # Dagster gives it no type
        "plan": at.metadata("write_plan"),
        "records": {number: (one.values.copy(), one.version) for number, one in at.netsuite.customers.items()},
        "fields": sorted(at.netsuite.custom_fields),
        "saves": list(at.netsuite.saves),
        "refusals": dict(at.netsuite.refusals),
        "secrets": dict(at.netsuite.portal.secrets),
        "customers": list(zip(at.stripe.ids, at.stripe.bodies, strict=True)),
        "changes": list(at.stripe.events),
        "payments": {kind: list(rows) for kind, rows in at.stripe.payments.items()},
        "portal": at.stripe.portal.saved,
        "keys": sorted(at.world.keys),
        "books": len(at.world.books()),
        "requests": [line for line in at.service.log if line.method != "GET"],
    }


def disturb(at: Site, plan: str) -> None:
    """Do what tests do, and more: write, take back, decide, edit, delete, and hand out keys."""
    assert at.apply(plan).success
    assert at.undo(plan, ids=["cus_2"]).success
    assert at.override("cus_4", "3").success
    at.netsuite.edit(1, comments="by hand")
    at.netsuite.delete(3)
    at.netsuite.insert(9, email="n9@acme.example")
    at.netsuite.custom_fields.add("custentity_other")
    at.netsuite.refuse(2, "externalid", "USER_ERROR", "Not this.")
    at.netsuite.portal.secrets["custsecret"] = "x"
    at.stripe.update("cus_1", {"name": "Other"})
    at.stripe.delete("cus_3")
    at.stripe.load([("cus_9", MOMENT + 9, {"email": "n9@acme.example"})])
    at.stripe.payments["charge"].append({"id": "ch_1"})
    at.stripe.portal.saved = True
    at.world.add_key(ApiKey("sk_test_other", "acct_other"))
    at.world.book("acct_other").load([("cus_1", MOMENT, {})])
    at.service.fault(Fault(kind="server_error", status=500, times=None))
    (at.sync.folders.home / "more").mkdir()
    (at.sync.folders.root / "mine.txt").write_text("a note")


def test_what_was_done_since_is_gone_from_everywhere(at: Site) -> None:
    plan = at.plan()
    checkpoint = Checkpoint(at)
    before = all_of(at)
    for _ in range(2):
        disturb(at, plan)
        there = all_of(at)
        assert not {name for name in before if there[name] == before[name]}
        again = checkpoint.restored()
        assert all_of(again) == before
    assert again.plan() == plan
    result = again.apply(plan)
    assert result.success, sentences(result)
    assert set(again.statuses(plan).values()) == {"applied"}
    assert again.stripe.ids == at.stripe.ids == ["cus_1", "cus_2", "cus_3", "cus_4"]
    assert again.link_of("cus_3") == "3"
