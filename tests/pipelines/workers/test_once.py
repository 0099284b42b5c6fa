"""A step that is handed out twice is done once, by whoever lives, and ends with its run."""

import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import dagster as dg
import pytest

from pipelines.workers import once as module
from pipelines.workers.once import events_of, once
from resources.ledger import Holder, Ledger
from tests.memory import in_memory
from tests.resources.ledger.ledgers import ledger


@dg.job(executor_def=dg.in_process_executor)
def greets() -> None:
    @dg.op
    def greet() -> None: ...

    greet()


class Steps:
    """A run of one step, and how often that was done."""

    def __init__(self, opened: Ledger, instance: dg.DagsterInstance) -> None:
        self.ledger, self.instance, self.done = opened, instance, 0
        self.run = instance.create_run_for_job(greets, status=dg.DagsterRunStatus.STARTED).run_id

    def do(self) -> Sequence[dg.DagsterEvent]:
        self.done += 1
        return []

    def once(self) -> Sequence[dg.DagsterEvent] | Holder:
        return once(self.run, "greet", self.ledger, self.instance, self.do)


@pytest.fixture
def steps(tmp_path: Path) -> Iterator[Steps]:
    with ledger("sqlite", tmp_path) as opened, in_memory() as instance:
        yield Steps(opened, instance)


def test_a_step_that_somebody_does_is_left_to_them(steps: Steps) -> None:
    def do() -> Sequence[dg.DagsterEvent]:
        second = steps.once()
        assert isinstance(second, Holder)
        assert second.run == steps.run
        return []

    assert once(steps.run, "greet", steps.ledger, steps.instance, do) == []
    assert steps.done == 0
    assert steps.once() == []
    assert steps.done == 1


def test_a_step_of_a_run_that_has_ended_is_not_done(steps: Steps) -> None:
    run = steps.instance.get_run_by_id(steps.run)
    assert run is not None
    steps.instance.report_run_failed(run)
    assert steps.once() == []
    assert steps.done == 0


def test_a_step_that_has_ended_is_told_of_and_not_done(steps: Steps) -> None:
    ended = greets.execute_in_process(instance=steps.instance, raise_on_error=False)
    told = once(ended.run_id, "greet", steps.ledger, steps.instance, steps.do)
    assert steps.done == 0
    assert isinstance(told, list)
    kinds = [event.event_type_value for event in told]
    assert (kinds[0], kinds[-1]) == ("STEP_START", "STEP_SUCCESS")
    assert events_of(steps.instance, steps.run, "greet") == []


def test_a_step_is_interrupted_when_its_run_is_ended(steps: Steps, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS_BETWEEN_LOOKS", 0.01)
    run = steps.instance.get_run_by_id(steps.run)
    assert run is not None
    threading.Timer(0.1, lambda: steps.instance.report_run_canceling(run)).start()

    def do() -> Sequence[dg.DagsterEvent]:
        time.sleep(60)
        return []

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        once(steps.run, "greet", steps.ledger, steps.instance, do)
    assert time.monotonic() - began < 30
