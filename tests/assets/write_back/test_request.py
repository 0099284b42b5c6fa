"""Whether a run may write what nobody has looked at."""

from collections.abc import Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import cast

import pytest

from assets.plan_history import PlanMade, PlanNumbers
from assets.planning.brakes import BrakeResult
from assets.reconciliation import Reconciliation
from assets.write_back.request import check_that_it_may
from schemas.errors import UserError

SYNC = cast("Reconciliation", SimpleNamespace(name="acme"))
MADE = PlanMade("a" * 64, datetime(2026, 9, 3, tzinfo=UTC), "run", PlanNumbers(changes=12))
FREE = BrakeResult("first_run_approved", passed=True, sentence="Expected 1 or more plans; found 1.")
HELD = BrakeResult("extracts_not_shrunk", passed=False, sentence="Expected 9 or more customers; found 3.")


@pytest.mark.rule("W7")
@pytest.mark.rule("X9")
@pytest.mark.parametrize(
    ("run", "brakes", "why"),
    [
        ("another", [FREE], "This run has made no plan"),
        ("run", [FREE, HELD], "because expected 9 or more customers; found 3"),
        ("run", [HELD, HELD], "because expected 9 or more customers; found 3. Expected 9"),
    ],
)
def test_unseen_only_the_run_that_made_the_plan_writes_it_and_only_within_the_brakes(
    run: str, brakes: Sequence[BrakeResult], why: str
) -> None:
    with pytest.raises(UserError, match=f"{why}.+acme_apply with the plan's hash"):
        check_that_it_may(SYNC, run, MADE, brakes)
    check_that_it_may(SYNC, "run", MADE, [FREE])
