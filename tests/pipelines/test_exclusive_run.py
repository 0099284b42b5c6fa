"""Runs that say that they are alive, and what becomes of those that do not any more."""

from pathlib import Path

import dagster as dg
from sqlalchemy import text

from pipelines.exclusive_run import alive
from resources.ledger import RUN, Ledger
from tests.resources.ledger.ledgers import ledger


def test_a_run_that_did_its_work_stays_good_though_the_ledger_is_gone_at_its_end(tmp_path: Path) -> None:
    with (
        ledger("sqlite", tmp_path) as opened,
        dg.DagsterInstance.ephemeral() as instance,
        alive("ours", opened, instance),
    ):
        _lose(opened)


def _lose(opened: Ledger) -> None:
    with opened.engine.begin() as connection:
        connection.execute(text("DROP TABLE ledger_lease"))


def test_the_end_of_a_run_that_others_know_is_left_to_them(tmp_path: Path) -> None:
    with ledger("sqlite", tmp_path) as opened, dg.DagsterInstance.ephemeral() as instance:
        with opened.engine.begin() as connection:
            add = text("INSERT INTO ledger_lease VALUES (:purpose, 'a token', 'theirs', 'another machine', 0)")
            connection.execute(add, {"purpose": f"{RUN}theirs"})
        with alive("ours", opened, instance):
            pass
        assert [holder.run for holder in opened.find_runs_gone()] == ["theirs"]
