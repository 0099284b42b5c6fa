"""An event to be told."""

from datetime import UTC, datetime

from schemas.events import Occasion, RunEvent


def event(occasion: Occasion = "failure") -> RunEvent:
    return RunEvent(
        declaration="acme",
        job="acme_daily",
        run_id="4f1c",
        occasion=occasion,
        at=datetime(2026, 8, 31, 5, 31, tzinfo=UTC),
        counts={"write_plan/changes": 7},
        plan="a" * 64,
        failed=("acme__write_plan: UserError",) if occasion == "failure" else (),
        brakes=("picture_is_fresh",) if occasion == "brakes" else (),
        results="/srv/out/acme",
    )
