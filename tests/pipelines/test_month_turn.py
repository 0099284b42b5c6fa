"""When a month begins, each code location loads anew, once; one that could not is asked again."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import cast

from dagster._core.workspace.context import WorkspaceProcessContext

from pipelines.month_turn import follow_months

PATIENCE_S = 20


class Workspace:
    """Two code locations, of which the second cannot load at first."""

    code_location_names: Sequence[str] = ("tieout", "other")

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.is_settled = threading.Event()

    def create_request_context(self) -> "Workspace":
        return self

    def reload_code_location(self, name: str) -> None:
        self.asked.append(name)
        if self.asked == ["tieout", "other"]:
            raise RuntimeError("hush")


def test_code_locations_load_anew_when_a_month_begins_and_not_before() -> None:
    workspace, ended, looks = Workspace(), threading.Event(), 0

    def clock() -> datetime:
        nonlocal looks
        looks += 1
        if looks > 6:
            workspace.is_settled.set()
        if looks == 3:
            assert workspace.asked == []
        return datetime(2026, 8 if looks < 4 else 9, 1, tzinfo=UTC)

    thread = follow_months(cast("WorkspaceProcessContext", workspace), ended, clock, every_seconds=0.01)
    assert workspace.is_settled.wait(PATIENCE_S)
    ended.set()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()
    assert workspace.asked == ["tieout", "other", "tieout", "other"]
