"""Write-back into NetSuite over HTTP: whose a value is that stands there already, whatever failed meanwhile."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest

from assets.write_back.executor import WriteBack
from assets.write_back.run import apply_step, undo_part
from assets.write_back.selection import NETSUITE_EDITS, Part
from resources.netsuite_api import NetsuiteEdits
from resources.writers import registry
from sandbox.netsuite_standin import STRIPE_FIELD, Fault, Options, World
from schemas.attempts import Attempt, ChangeResult, Entry
from schemas.errors import TransientError
from tests.assets.write_back.fakes import FakeWorld
from tests.resources.ledger.ledgers import PLAN, change
from tests.resources.netsuite_api.netsuite_world import connected


@pytest.mark.rule("W10")
@pytest.mark.parametrize(
    ("fault", "status", "left"),
    [("limit", "already", "cus_1"), ("busy", "already", "cus_1"), ("lost", "applied", None)],
)
def test_a_value_that_stands_there_is_ours_only_if_an_earlier_try_may_have_run(
    tmp_path: Path, fault: Literal["limit", "busy", "lost"], status: str, left: str | None
) -> None:
    world, fakes, changes = World(), FakeWorld(tmp_path), [change(1)]
    world.insert_values(1, {STRIPE_FIELD: None if fault == "lost" else "cus_1"})
    with fakes.ledger, connected(world) as (client, server):
        work = WriteBack(fakes.journal, registry([NetsuiteEdits(client), fakes.stripe]), "apply")
        server.fail(Fault(kind=fault, action="apply"))
        assert apply_step(work, Part(PLAN, changes), NETSUITE_EDITS).counts() == {status: 1}
        undo_part(WriteBack(fakes.journal, work.writers, "undo"), Part(PLAN, changes))
    assert world.value(1, STRIPE_FIELD) == left


@pytest.mark.rule("W9")
def test_what_a_killed_run_left_open_is_what_netsuite_has_of_it() -> None:
    world = World()
    for number, held in enumerate(("cus_1", "cus_9", None), start=1):
        world.insert_values(number, {STRIPE_FIELD: held, "comments": held})
    changes = [change(number, field) for number in (1, 2, 3, 4) for field in ("stripe_id", "comments")]
    tries = [*(Attempt(PLAN, each, "apply") for each in changes), Attempt(PLAN, change(3), "undo")]
    with connected(world) as (client, _):
        entries = [Entry(each, ChangeResult("intended"), "run", datetime.now(UTC)) for each in tries[:-1]]
        said = [answer.said for answer in NetsuiteEdits(client).inspect(entries)]
        taken_back = [Entry(tries[-1], ChangeResult("intended"), "run", datetime.now(UTC))]
        assert [answer.said for answer in NetsuiteEdits(client).inspect(taken_back)] == ["done"]
    assert said == ["done"] * 2 + ["not_done"] * 6
    assert world.saves == []


@pytest.mark.rule("W9")
def test_what_a_call_answered_is_put_down_whatever_becomes_of_the_next_one(tmp_path: Path) -> None:
    world, fakes = World(), FakeWorld(tmp_path)
    for number in range(1, 8):
        world.insert_values(number, {STRIPE_FIELD: "cus_2" if number == 2 else None})
    world.others.add("cus_1")
    changes = [change(number, field) for number in range(1, 8) for field in ("external_id", "stripe_id")]
    with fakes.ledger, connected(world, Options(units=215)) as (client, server):
        work = WriteBack(fakes.journal, registry([NetsuiteEdits(client), fakes.stripe]), "apply")
        server.fail(Fault(kind="unavailable", action="apply", skip=1, times=4))
        with pytest.raises(TransientError):
            apply_step(work, Part(PLAN, changes), NETSUITE_EDITS)
        found = {name: entry.status for name, entry in fakes.journal.latest(PLAN).items()}
        assert {name: status for name, status in found.items() if name[9] in "127"} == {
            "netsuite:1:external_id": "failed",
            "netsuite:1:stripe_id": "applied",
            "netsuite:2:external_id": "applied",
            "netsuite:2:stripe_id": "already",
            "netsuite:7:external_id": "intended",
            "netsuite:7:stripe_id": "intended",
        }
