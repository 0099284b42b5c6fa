"""The event log of one machine: what Dagster's own would have kept, in its files, with fewer steps."""

import multiprocessing
import os
import queue
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage

from pipelines.event_log import MOST_OPEN, EventLog
from tests.reconciling import CHECKOUT

MONTHS = dg.MonthlyPartitionsDefinition("2025-01-01", end_date="2025-07-01")
ALL = {"dagster/asset_partition_range_start": "2025-01-01", "dagster/asset_partition_range_end": "2025-06-01"}


@dg.asset(
    partitions_def=MONTHS,
    backfill_policy=dg.BackfillPolicy.single_run(),
    check_specs=[dg.AssetCheckSpec("fine", asset="months")],
)
def months() -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    yield dg.MaterializeResult(metadata={"rows": 7})
    yield dg.AssetCheckResult(passed=True, check_name="fine")


@dg.asset(deps=[months])
def whole() -> None:
    return


JOB = dg.Definitions(assets=[months, whole], jobs=[dg.define_asset_job("all")]).resolve_job_def("all")


@contextmanager
def _ours(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    """The instance that `deploy/dagster.yaml` makes, with a step's events in one write."""
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", "1000")
    home.mkdir(exist_ok=True)
    shutil.copyfile(CHECKOUT / "deploy/dagster.yaml", home / "dagster.yaml")
    with dg.DagsterInstance.from_config(str(home)) as instance:
        assert isinstance(instance.event_log_storage, EventLog)
        yield instance


def test_a_run_that_is_deleted_leaves_no_file_and_no_other_loses_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _ours(tmp_path, monkeypatch) as instance:
        first, second = (JOB.execute_in_process(instance=instance, tags=ALL).run_id for _ in range(2))
        kept = len(instance.all_logs(second))
        instance.delete_run(first)
        assert [path.name for path in (tmp_path / "history").rglob(f"{first}*")] == []
        assert len(instance.all_logs(second)) == kept
        assert instance.get_run_by_id(first) is None
        assert JOB.execute_in_process(instance=instance, tags=ALL).success
    with _dagsters(tmp_path) as instance:
        assert len(instance.all_logs(second)) == kept
        assert instance.all_logs(first) == []


@contextmanager
def _dagsters(home: Path) -> Iterator[dg.DagsterInstance]:
    """An instance of the same files without our class."""
    home.mkdir(exist_ok=True)
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    with dg.DagsterInstance.from_config(str(home)) as instance:
        assert type(instance.event_log_storage) is SqliteEventLogStorage
        yield instance


def _run(instance: dg.DagsterInstance) -> str:
    result = JOB.execute_in_process(instance=instance, tags=ALL)
    assert result.success
    return result.run_id


def _kept(instance: dg.DagsterInstance) -> dict[str, object]:
    """What can be asked of the one run of an instance, without its times and ids."""
    [run] = instance.get_runs()
    latest = instance.get_latest_materialization_event(dg.AssetKey("months"))
    assert latest is not None
    check = instance.get_latest_asset_check_evaluation_record(dg.AssetCheckKey(dg.AssetKey("months"), "fine"))
    assert check is not None
    materialized = instance.fetch_materializations(dg.AssetKey("months"), limit=20).records
    planned = instance.event_log_storage.get_latest_planned_materialization_info(dg.AssetKey("whole"))
    assert planned is not None
    return {
        "status": run.status,
        "events": sorted(str(entry.dagster_event_type) for entry in instance.all_logs(run.run_id)),
        "partitions": instance.get_materialized_partitions(dg.AssetKey("months")),
        "materialized": [(record.partition_key, record.asset_materialization.metadata) for record in materialized
                         if record.asset_materialization],
        "latest": latest.dagster_event.partition if latest.dagster_event else None,
        "check": check.status,
        "planned": planned.run_id == run.run_id,
        "keys": set(instance.all_asset_keys()),
        "stats": instance.get_run_stats(run.run_id).materializations,
    }  # fmt: skip


def test_it_keeps_what_dagsters_own_keeps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with _dagsters(tmp_path / "theirs") as theirs, _ours(tmp_path / "ours", monkeypatch) as ours:
        _run(theirs)
        _run(ours)
        assert _kept(ours) == _kept(theirs)
        assert len(ours.get_materialized_partitions(dg.AssetKey("months"))) == 6


def test_either_reads_and_goes_on_with_what_the_other_has_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _dagsters(tmp_path) as theirs:
        first = _run(theirs)
        kept = _kept(theirs)
    with _ours(tmp_path, monkeypatch) as ours:
        assert _kept(ours) == kept
        second = _run(ours)
    with _dagsters(tmp_path) as theirs:
        assert {run.run_id for run in theirs.get_runs()} == {first, second}
        assert len(theirs.all_logs(second)) == len(theirs.all_logs(first))


def test_a_batch_is_kept_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with _ours(tmp_path, monkeypatch) as instance:
        run_id = _run(instance)
        log = instance.event_log_storage
        assert isinstance(log, EventLog)
        entries = [each for each in instance.all_logs(run_id) if each.dagster_event_type is _MATERIALIZED]
        before = len(instance.all_logs(run_id)), _records(instance)
        store, stored = EventLog.store_event, []

        def failing(self: EventLog, event: EventLogEntry) -> None:
            stored.append(event)
            if len(stored) == 3:
                raise OSError("no space")
            store(self, event)

        with monkeypatch.context() as patch:
            patch.setattr(EventLog, "store_event", failing)
            with pytest.raises(OSError, match="no space"):
                log.store_event_batch(entries)
        assert (len(instance.all_logs(run_id)), _records(instance)) == before
        log.store_event_batch(entries)
        assert len(instance.all_logs(run_id)) == before[0] + len(entries)


_MATERIALIZED = dg.DagsterEventType.ASSET_MATERIALIZATION


def _records(instance: dg.DagsterInstance) -> int:
    return len(instance.fetch_materializations(dg.AssetKey("months"), limit=50).records)


def test_files_stay_open_but_not_all_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with _ours(tmp_path, monkeypatch) as instance:
        _run(instance)
        log = instance.event_log_storage
        assert isinstance(log, EventLog)
        assert set(log._engines) == {"index", instance.get_runs()[0].run_id}
        for number in range(MOST_OPEN + 3):
            assert log.get_logs_for_run(f"run_{number}") == []
        assert len(log._engines) == MOST_OPEN
        assert len(instance.all_logs(instance.get_runs()[0].run_id)) > 0
    assert not log._engines


def test_who_watches_a_run_is_told_of_each_event_while_the_run_keeps_its_file_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: queue.SimpleQueue[str] = queue.SimpleQueue()
    with _ours(tmp_path, monkeypatch) as page, _ours(tmp_path, monkeypatch) as run:
        followed = run.create_run_for_job(JOB, tags=ALL)
        run.report_engine_event("It waits.", followed)
        page.watch_event_logs(followed.run_id, None, lambda event, _: told.put(event.message))
        for said in ("It begins.", "It goes on.", "It ends."):
            run.report_engine_event(said, followed)
            while told.get(timeout=20) != said:
                pass


def test_history_that_another_process_wipes_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with _ours(tmp_path, monkeypatch) as instance, _dagsters(tmp_path) as theirs:
        run_id = _run(instance)
        assert instance.all_logs(run_id)
        theirs.event_log_storage.wipe()
        assert instance.all_logs(run_id) == []
        _run(instance)
        instance.event_log_storage.wipe()
        assert theirs.all_logs(run_id) == []


def _two_runs(home: Path) -> None:
    """Run twice, in a process whose environment is that of the one it was forked from."""
    os.environ.update(DAGSTER_HOME=str(home), DAGSTER_EVENT_BATCH_SIZE="1000")
    with dg.DagsterInstance.get() as instance:
        for _ in range(2):
            assert JOB.execute_in_process(instance=instance, tags=ALL).success


def test_several_processes_write_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = multiprocessing.get_context("forkserver")  # which loads Dagster once for all of them
    context.set_forkserver_preload([__name__])
    with _ours(tmp_path, monkeypatch):
        children = [context.Process(target=_two_runs, args=(tmp_path,)) for _ in range(3)]
        for child in children:
            child.start()
        for child in children:
            child.join(timeout=200)
        assert [child.exitcode for child in children] == [0, 0, 0]
    with _dagsters(tmp_path) as theirs:
        runs = theirs.get_runs()
        assert [run.status for run in runs] == [dg.DagsterRunStatus.SUCCESS] * 6
        events = [[entry for entry in theirs.all_logs(run.run_id) if entry.dagster_event] for run in runs]
        assert (
            len(set(map(len, events))) == 1
        )  # of events: a line of the log tells who was overtaken by another process
        assert len(theirs.fetch_materializations(dg.AssetKey("months"), limit=100).records) == 6 * 6
