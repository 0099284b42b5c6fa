"""Dagster's own loader accepts the instances that we hand out, and they say what the pages say of them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster_postgres.event_log import PostgresEventLogStorage
from dagster_postgres.run_storage import PostgresRunStorage

from tests.resources.ledger.ledgers import database_url

_DEPLOY = Path(__file__).parent.parent.parent / "deploy"


@pytest.fixture(params=["dagster.yaml", "several_machines.yaml"])
def instance(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dg.DagsterInstance]:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    if request.param == "several_machines.yaml":
        monkeypatch.setenv("DAGSTER_POSTGRES_URL", database_url())
    with _loaded(request.param, tmp_path) as loaded:
        yield loaded


def _loaded(file: str, home: Path) -> dg.DagsterInstance:
    shutil.copyfile(_DEPLOY / file, home / "dagster.yaml")
    return dg.DagsterInstance.from_config(str(home))


def test_nothing_is_told_to_anybody(instance: dg.DagsterInstance) -> None:
    assert not instance.telemetry_enabled
    assert not instance.nux_enabled


def test_a_run_whose_process_is_gone_does_not_hold_up_others_for_ever(instance: dg.DagsterInstance) -> None:
    assert instance.run_monitoring_enabled
    settings = instance.run_monitoring_settings
    assert settings["max_runtime_seconds"] == 12 * 60 * 60


@pytest.mark.rule("D5")
def test_several_machines_share_runs_and_events_in_postgresql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_POSTGRES_URL", database_url())
    with _loaded("several_machines.yaml", tmp_path) as instance:
        assert isinstance(instance.run_storage, PostgresRunStorage)
        assert isinstance(instance.event_log_storage, PostgresEventLogStorage)
