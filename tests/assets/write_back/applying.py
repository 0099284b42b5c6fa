"""Applying and taking back a plan in a world without services."""

from datetime import datetime

from assets.write_back.run import Tally, apply_step, undo_part
from assets.write_back.selection import NETSUITE_EDITS, STRIPE_EDITS, Filters, Part
from schemas.change import Change
from tests.assets.write_back.fakes import FakeWorld
from tests.resources.ledger.ledgers import PLAN, change

FIELDS = ("comments", "external_id", "stripe_id", "metadata.netsuite_customer_id")


METADATA = FIELDS[3]


def pairs(*numbers: int) -> list[Change]:
    changes = [change(number, field) for number in numbers for field in FIELDS]
    return sorted(changes, key=lambda c: c.system)


def apply(
    world: FakeWorld,
    changes: list[Change],
    run_id: str,
    filters: Filters | None = None,
    made_at: datetime | None = None,
) -> tuple[Tally, Tally]:
    work, chosen = world.run(run_id), filters or Filters()
    return (
        apply_step(work, Part(PLAN, changes, chosen, made_at), NETSUITE_EDITS),
        apply_step(work, Part(PLAN, changes, chosen, made_at), STRIPE_EDITS),
    )


def undo(world: FakeWorld, changes: list[Change], run_id: str, filters: Filters | None = None) -> Tally:
    return undo_part(world.run(run_id), Part(PLAN, changes, filters or Filters()))
