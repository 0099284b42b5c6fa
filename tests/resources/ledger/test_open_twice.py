"""A process that has the ledger open twice keeps SQLite's locks on it, so that nobody takes its log away."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from resources.ledger import Journal, Ledger
from tests.reconciling import CHECKOUT
from tests.resources.ledger.ledgers import ACME, attempt

ANOTHER = """
import sys
from pathlib import Path
from resources.ledger import Journal, Ledger
from tests.resources.ledger.ledgers import ACME, attempt
path = Path(sys.argv[1])
with Ledger.open(f"sqlite:///{path}", path.parent) as opened:
    Journal(opened, ACME).intend([attempt(int(sys.argv[2]))], "another")
"""


def another(path: Path, number: int) -> None:
    command = [sys.executable, "-c", ANOTHER, str(path), str(number)]
    ended = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


def test_what_is_written_after_another_process_has_closed_the_ledger_is_there(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with Ledger.open(f"sqlite:///{path}", tmp_path) as outer:
        Journal(outer, ACME).intend([attempt(1)], "run")
        with Ledger.open(f"sqlite:///{path}", tmp_path):
            another(path, 2)
            assert path.with_name("ledger.db-wal").exists()
        another(path, 3)
        assert path.with_name("ledger.db-wal").exists()
        Journal(outer, ACME).intend([attempt(4)], "run")
        another(path, 5)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    with Ledger.open(f"sqlite:///{path}", tmp_path) as opened:
        assert len(Journal(opened, ACME).unsettled()) == 5
    assert not path.with_name("ledger.db-wal").exists()
