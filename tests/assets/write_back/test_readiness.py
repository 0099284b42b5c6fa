"""A Stripe edit follows the NetSuite edits of its pair: none was refused, and some stand, or none was needed."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import get_args

import pytest

from assets.write_back.readiness import readiness
from schemas.attempts import Attempt, ChangeResult, Direction, Entry, Status
from tests.assets.write_back.applying import METADATA, pairs
from tests.resources.ledger.ledgers import PLAN, change

States = Mapping[str, tuple[Direction, Status, str | None]]
"""Field → what was tried last, what came of it, and the system's code."""

FIELDS = ("stripe_id", "external_id", "comments")


def is_ready(states: States) -> bool:
    latest = {
        change(1, field).change_id: Entry(
            Attempt(PLAN, change(1, field), direction), ChangeResult(status, code=code), "run", datetime.now(UTC)
        )
        for field, (direction, status, code) in states.items()
    }
    link = change(1, METADATA)
    parted = readiness([link], pairs(1), latest)
    assert [*parted.ready, *parted.waiting] == [link]
    return parted.ready == [link]


@pytest.mark.parametrize("status", [status for status in get_args(Status) if status != "undone"])
def test_an_edit_at_stripe_follows_what_stands_and_nothing_that_was_refused(status: Status) -> None:
    stands = status in {"applied", "already"}
    assert is_ready(dict.fromkeys(FIELDS, ("apply", status, None))) == stands
    beside: States = {"stripe_id": ("apply", "applied", None), "comments": ("apply", status, None)}
    assert is_ready(beside) == (stands or status == "stopped")


def test_what_nobody_has_tried_is_waited_for_and_what_the_field_waives_is_not() -> None:
    assert not is_ready({})
    assert is_ready({"comments": ("apply", "applied", None)})
    taken: tuple[Direction, Status, str] = ("apply", "failed", "DUP_RCRD")
    assert is_ready({"comments": ("apply", "applied", None), "external_id": taken})
    assert not is_ready({"comments": taken, "stripe_id": ("apply", "applied", None)})


@pytest.mark.parametrize(
    ("status", "stands"),
    [("undone", False), ("already", False), ("conflict", False), ("failed", True), ("stopped", True)],
)
def test_of_what_was_taken_back_counts_what_is_there_still(status: Status, *, stands: bool) -> None:
    assert is_ready(dict.fromkeys(FIELDS, ("undo", status, None))) == stands
