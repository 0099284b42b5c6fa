"""Three declarations, two workers without a common disk, of which one is killed: what comes out is one machine's."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

import dagster as dg
import pytest
import yaml

from resources.storage.folders import Folders
from tests.deploy.broker import redis_server
from tests.in_process import command, lay_out
from tests.installed import install, start_python
from tests.proofs.installation import PATIENCE, until
from tests.reconciling import CHECKOUT, NETSUITE, RESULTS, STRIPE, declaration, digests
from tests.resources.ledger.ledgers import database_url
from tests.s3_server import s3_server

NAMES = ("acme", "bolt", "crane")
TABLES = tuple(name for name in RESULTS if name.endswith(".csv"))
HANDED_OUT_AGAIN = 31
"""Seconds; the least that is allowed."""


def _declared(name: str) -> str:
    attributes = declaration(name).model_dump(exclude_unset=True, mode="json")
    return yaml.safe_dump({"type": "pipelines.CustomerSync", "attributes": attributes}, sort_keys=False)


FILES = {"stripe.csv": STRIPE, "netsuite.csv": NETSUITE} | {
    f"pipelines/defs/{name}/defs.yaml": _declared(name) for name in NAMES
}


def _settings() -> str:
    """Those that are handed out, but for a shorter wait after a worker is gone."""
    found = yaml.safe_load((CHECKOUT / "deploy" / "celery.yaml").read_text("utf-8"))
    options = found["execution"]["config"]["config_source"]["broker_transport_options"]
    options.update(visibility_timeout=HANDED_OUT_AGAIN, unacked_restore_interval=1)
    return yaml.safe_dump(found)


class Machines:
    """An installation of several machines: each has a state of its own, and two of them work."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder, self.environment = folder, environment

    def start_worker(self, stack: ExitStack, name: str) -> "subprocess.Popen[str]":
        log = stack.enter_context(self.log(name).open("w", encoding="utf-8"))
        arguments = ("-m", "pipelines.workers", "--name", name)
        process = stack.enter_context(start_python(self.folder, *arguments, environment=self.of(name), output=log))
        stack.callback(process.kill)
        until(lambda: f"{name}@" in self.said(name) and " ready." in self.said(name), f"{name} does not start")
        return process

    def of(self, name: str) -> dict[str, str]:
        """The environment of a machine, with places that no other one has."""
        home = self.folder / name / "home"
        home.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.folder / "home" / "dagster.yaml", home / "dagster.yaml")
        return self.environment | {"DAGSTER_HOME": str(home), "TIEOUT_OUT": str(self.folder / name / "out")}

    def stops_in_a_step(self, worker: "subprocess.Popen[str]", name: str) -> bool:
        """Stop a worker; where it has no step to acknowledge, let it go on."""
        worker.send_signal(signal.SIGSTOP)
        if self.said(name).count("received") > self.said(name).count("succeeded"):
            return True
        worker.send_signal(signal.SIGCONT)
        return False

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def said(self, name: str) -> str:
        return self.log(name).read_text("utf-8")


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    settings = (CHECKOUT / "deploy" / "several_machines.yaml").read_text("utf-8")
    driver = (Path(__file__).parent / "three_runs.py").read_text("utf-8")
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    shared = FILES | {"home/dagster.yaml": settings, "three_runs.py": driver, "deploy/workers.yaml": _settings()}
    install(tmp_path, shared)
    url = database_url()
    with redis_server(tmp_path) as broker, s3_server() as s3:
        databases = {"DAGSTER_POSTGRES_URL": url, "TIEOUT_LEDGER_URL": url}
        workers = {"TIEOUT_CELERY": str(tmp_path / "deploy" / "workers.yaml"), "TIEOUT_BROKER_URL": broker}
        yield Machines(tmp_path, databases | workers | s3.environment)


@pytest.mark.timeout(1_800)  # on a busy machine; it ends as soon as what it waits for is there
@pytest.mark.rule("D5")
def test_a_worker_that_is_killed_changes_nothing_of_what_comes_out(machines: Machines, tmp_path: Path) -> None:
    with ExitStack() as stack:
        first = machines.start_worker(stack, "first")
        machines.start_worker(stack, "second")
        runs = stack.enter_context(
            start_python(machines.folder, "three_runs.py", *NAMES, environment=machines.of("code"))
        )
        stack.callback(runs.kill)
        until(lambda: machines.stops_in_a_step(first, "first"), "nothing is handed out")
        first.send_signal(signal.SIGKILL)
        output, errors = runs.communicate(timeout=PATIENCE)
        assert runs.returncode == 0, errors
    ended: dict[str, tuple[str, bool]] = json.loads(output)
    assert [success for _, success in ended.values()] == [True] * len(NAMES)
    assert "succeeded" in machines.said("second")
    _each_step_ended_once(machines, [run for run, _ in ended.values()])
    alone = tmp_path / "alone"
    lay_out(alone, FILES)
    for name in NAMES:
        assert command(alone, "run", name).returncode == 0
        assert _kept(machines, name) == digests(alone / "out" / name, TABLES)
    assert [path for each in ("code", "first", "second") for path in (machines.folder / each).rglob("out/*")] == []


def _kept(machines: Machines, name: str) -> dict[str, str]:
    """Digests of the results in the object store, as a machine sees them that had no part in them."""
    with patch.dict(os.environ, machines.of("another")):
        newest = Folders.from_environment().published(name).newest()
        assert newest is not None
        found = newest.fetched(TABLES)
    return {table: hashlib.sha256(path.read_bytes()).hexdigest() for table, path in found.items()}


def _each_step_ended_once(machines: Machines, runs: list[str]) -> None:
    """Also the one that the first worker had."""
    home = str(machines.folder / "home")
    with patch.dict(os.environ, machines.environment), dg.DagsterInstance.from_config(home) as instance:
        logs = [entry for run in runs for entry in instance.all_logs(run)]
    ends = [
        (entry.run_id, entry.step_key)
        for entry in logs
        if entry.dagster_event and entry.dagster_event.event_type == dg.DagsterEventType.STEP_SUCCESS
    ]
    assert len(ends) == len(set(ends)) > 0
