"""Leaves an installation behind as this version does, with all that a later one has to carry on: see README.md.

Run in the checkout of a version: `python -m tests.kept.make OUT.zip`. It takes a ledger, frames, a plan, its inputs and
results over both stand-ins, and how these stood.
"""

import json
import sqlite3
import subprocess
import sys
import tempfile
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

from sandbox.netsuite_standin import Options
from tests.pipelines.api_world import MOMENT, NAME, Site, sentences, site

_LEFT_OUT = {"report.html", "review.xlsx"}
_FOLDERS = ("frames", "plans", "inputs")


def main() -> None:
    """Make the state, and keep it as an archive."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        given: dict[str, Any] = {"on_none": "create", "create": {"when": "at_once"}}
        may_delete = Options(permissions={"LIST_CUSTJOB": 4, "LIST_FIND": 1})
        with site(folder, options=may_delete, **given) as at:
            made = {"creates": True, "plan": _work(at), "accounts": at.sync.accounts, "world": _world(at)}
            declared = at.sync.declaration
            made["urls"] = {"netsuite": declared.netsuite.base_url, "stripe": declared.stripe.base_url}
        made["form"] = _kill(folder / "home" / "ledger.db")
        made["commit"] = subprocess.check_output(["git", "rev-parse", "--short", "HEAD"], text=True).strip()
        results = (folder / "out" / NAME).resolve()
        made["results"] = str(results.relative_to((folder / "out").resolve()))
        with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("made.json", json.dumps(made, indent=1, sort_keys=True))
            homes = [folder / "home" / "ledger.db", *(folder / "home" / name for name in _FOLDERS)]
            for path in (path for home in (*homes, results) for path in (home, *home.rglob("*"))):
                if path.is_file() and path.name not in _LEFT_OUT:
                    archive.write(path, path.relative_to(folder))


def _work(at: Site) -> str:
    """Apply a plan but for one conflict; take a pair of it back; decide about its customer. Give the plan's hash."""
    for number in (6, 7):
        at.netsuite.insert(number, email="n6@acme.example")
    at.stripe.create({"email": "n6@acme.example"}, customer_id="cus_6", created=MOMENT + 6)
    plan = at.reconcile()
    at.netsuite.edit(2, externalid="cus_foreign")
    done = [at.apply(plan, ids=[customer]) for customer in ("cus_1", "cus_2", "cus_6", "cus_4", "cus_3")]
    done += [at.undo(plan, ids=["cus_3"]), at.override("cus_3", "3")]
    failed = [said for result in done if not result.success for said in sentences(result)]
    assert not failed, failed
    return plan


def _world(at: Site) -> dict[str, object]:
    """How both services stand."""
    records = {
        str(number): {
            "values": record.values,
            "modified": record.modified.isoformat(),
            "created": record.created.isoformat(),
            "version": record.version,
            "addresses": record.addresses,
            "currencies": record.currencies,
        }
        for number, record in at.netsuite.customers.items()
    }
    return {"netsuite": records, "stripe": [at.stripe.get(customer) for customer in at.stripe.ids]}


def _kill(ledger: Path) -> str:
    """Leave the ledger as a process does that is killed between a write and what came of it; give its form."""
    with closing(sqlite3.connect(ledger)) as opened:
        killed = (
            "UPDATE ledger_journal SET status = 'intended', settled_at = NULL WHERE change_id LIKE 'stripe:cus_1:%'"
        )
        assert opened.execute(killed).rowcount == 1
        opened.commit()
        form = str(opened.execute("SELECT version_num FROM ledger_version").fetchone()[0])
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        opened.execute("PRAGMA journal_mode=DELETE")
        opened.execute("VACUUM")
    return form


if __name__ == "__main__":
    main()
