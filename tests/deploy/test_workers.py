"""Two workers without a common disk, of which one is killed while it writes: what comes out is one machine's.

A declaration over files is reconciled meanwhile, and a plan over both stand-ins is applied.
"""

import hashlib
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from unittest.mock import patch

import dagster as dg
import polars as pl
import pytest
import yaml
from sqlalchemy import select

from resources.ledger import Ledger
from resources.ledger.tables import LEASE
from resources.storage.folders import Folders
from resources.storage.generations import Generation
from resources.storage.plans import PlanStore
from sandbox.netsuite_standin import NetsuiteStandIn
from sandbox.netsuite_standin.export import serve_export
from sandbox.stripe_standin import Book, StandInOptions, StripeStandIn, StripeWorld, load_customers
from schemas.change import Change
from schemas.plan import changes_of
from tests.deploy.broker import redis_server
from tests.in_process import command, lay_out
from tests.installed import install, otherwise, start_python
from tests.proofs.installation import EXAMPLES, PATIENCE, until
from tests.proofs.moments import saving
from tests.proofs.oracle import effects, expected_state, state
from tests.proofs.work import NAME as WRITTEN
from tests.proofs.work import apply
from tests.reconciling import CHECKOUT, NETSUITE, RESULTS, STRIPE, declaration, digests
from tests.resources.ledger.ledgers import database_url
from tests.s3_server import s3_server

NAMES = ("acme",)
TABLES = tuple(name for name in RESULTS if name.endswith(".csv"))
SHARED = NAMES[0]
"""Whose four customers are more than a machine may hold: the workers share its matching."""
LARGE = {
    **otherwise("assets/matching/need.py", "_OF_A_CUSTOMER: Final = 250", "_OF_A_CUSTOMER: Final = 10**8"),
    **otherwise("assets/matching/tasks.py", "BLOCK_ROWS: Final = 8 * ROWS_AT_ONCE", "BLOCK_ROWS: Final = 1"),
}
SINCE, CUSTOMERS, DEEP_IN = "2026-01", 40, 2
HANDED_OUT_AGAIN = 31
"""Seconds; the least that is allowed."""


def _declared(name: str) -> str:
    attributes = declaration(name, memory="512MB" if name == SHARED else None).model_dump(
        exclude_unset=True, mode="json"
    )
    return yaml.safe_dump({"type": "pipelines.CustomerSync", "attributes": attributes}, sort_keys=False)


def _over_apis() -> str:
    declared = yaml.safe_load((EXAMPLES / "sandbox.yaml").read_text("utf-8"))
    for key in ("on_none", "create"):
        del declared["attributes"][key]
    declared["attributes"]["stripe"]["since"] = SINCE
    return yaml.safe_dump(declared)


OF_FILES = {"stripe.csv": STRIPE, "netsuite.csv": NETSUITE} | {
    f"pipelines/defs/{name}/defs.yaml": _declared(name) for name in NAMES
}
FILES = OF_FILES | {f"pipelines/defs/{WRITTEN}/defs.yaml": _over_apis()}


def _settings() -> str:
    """Those that are handed out, but for a shorter wait after a worker is gone."""
    found = yaml.safe_load((CHECKOUT / "deploy" / "celery.yaml").read_text("utf-8"))
    options = found["execution"]["config"]["config_source"]["broker_transport_options"]
    options.update(visibility_timeout=HANDED_OUT_AGAIN, unacked_restore_interval=1)
    return yaml.safe_dump(found)


@dataclass(frozen=True)
class Machines:
    """An installation of several machines, each with a state of its own, of which two work; and both services."""

    folder: Path
    environment: Mapping[str, str]
    netsuite: NetsuiteStandIn
    stripe: Book

    def of(self, name: str) -> dict[str, str]:
        """The environment of a machine, with places that no other one has."""
        home = self.folder / name / "home"
        home.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.folder / "home" / "dagster.yaml", home / "dagster.yaml")
        return {**self.environment, "DAGSTER_HOME": str(home), "TIEOUT_OUT": str(self.folder / name / "out")}

    @contextmanager
    def seen_from(self, name: str) -> Iterator[Folders]:
        with patch.dict(os.environ, self.of(name)):
            yield Folders.from_environment()

    def start_workers(self, stack: ExitStack, *names: str) -> dict[str, "subprocess.Popen[str]"]:
        """Start them at once, and wait until all are ready."""
        processes = {name: self._start_worker(stack, name) for name in names}
        for name in names:
            until(partial(self.is_ready, name), f"{name} does not start")
        return processes

    def is_ready(self, name: str) -> bool:
        return f"{name}@" in self.said(name) and " ready." in self.said(name)

    def _start_worker(self, stack: ExitStack, name: str) -> "subprocess.Popen[str]":
        log = stack.enter_context(self.log(name).open("w", encoding="utf-8"))
        arguments = ("-m", "pipelines.workers", "--name", name)
        process = stack.enter_context(start_python(self.folder, *arguments, environment=self.of(name), output=log))
        stack.callback(partial(_kill_all, process))
        return process

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def said(self, name: str) -> str:
        return self.log(name).read_text("utf-8")

    def plan(self) -> tuple[str, list[Change]]:
        """Reconcile over both services, on one of the machines, and give the plan."""
        ended = command(self.folder, "run", WRITTEN, environment=self.of("code") | {"TIEOUT_CELERY": ""})
        assert ended.returncode == 0, ended.stderr
        with self.seen_from("another") as folders:
            [storage] = folders.every("plans", WRITTEN)
            [plan] = PlanStore(storage).named("")
            return plan, changes_of(PlanStore(storage).read(plan))

    def who_writes(self, names: Iterable[str]) -> str:
        """Which machine holds the right to write, and so gives a sign of life for it."""
        with self.seen_from("another") as folders, Ledger.of(folders) as ledger, ledger.engine.connect() as connection:
            token = connection.scalar(select(LEASE.c.token).where(LEASE.c.purpose.startswith("apply ")))
        [found] = [name for name in names if (self.folder / name / "home" / "locks" / f"{token}.alive").exists()]
        return found

    def results(self, name: str) -> Generation:
        """As a machine sees them that had no part in them."""
        with self.seen_from("another") as folders:
            newest = folders.published(name).newest()
        assert newest is not None
        return newest


def _kill_all(process: "subprocess.Popen[str]") -> None:
    """Kill a worker with the processes of its steps, as when its machine is gone."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    of_steps = [int(pid) for pid in children.read_text("ascii").split()] if children.exists() else []
    process.kill()
    for pid in of_steps:
        os.kill(pid, signal.SIGKILL)


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    settings = (CHECKOUT / "deploy" / "several_machines.yaml").read_text("utf-8")
    driver = (Path(__file__).parent / "runs_at_once.py").read_text("utf-8")
    shared = (
        FILES | LARGE | {"home/dagster.yaml": settings, "runs_at_once.py": driver, "deploy/workers.yaml": _settings()}
    )
    install(tmp_path, shared)
    url, world = database_url(), StripeWorld()
    since = datetime.fromisoformat(f"{SINCE}-01T00:00Z").timestamp()
    exported = (each for each in load_customers(EXAMPLES / "stripe_customers.csv") if each[1] >= since)
    world.book().load(islice(exported, CUSTOMERS))
    netsuite, of_netsuite = serve_export(EXAMPLES / "netsuite_customers.csv")
    unlimited = StandInOptions(endpoint_rate=None, test_rate=None, live_rate=None)
    with (
        redis_server(tmp_path) as broker,
        s3_server() as s3,
        StripeStandIn(world, unlimited) as stripe,
        netsuite,
    ):
        databases = {"DAGSTER_POSTGRES_URL": url, "TIEOUT_LEDGER_URL": url}
        workers = {"TIEOUT_CELERY": str(tmp_path / "deploy" / "workers.yaml"), "TIEOUT_BROKER_URL": broker}
        services = {"STRIPE_API_KEY": world.test_key, "STRIPE_BASE_URL": stripe.url, **of_netsuite}
        yield Machines(tmp_path, databases | workers | s3.environment | services, netsuite, world.book())


@pytest.mark.timeout(1_800)  # on a busy machine; it ends as soon as what it waits for is there
@pytest.mark.rule("D5")
def test_a_worker_that_is_killed_changes_nothing_of_what_comes_out(machines: Machines, tmp_path: Path) -> None:
    plan, changes = machines.plan()
    before = state(machines.netsuite.world, machines.stripe, machines.stripe.ids)
    after, once = expected_state(before, changes)
    assert {change.system for change in changes} == {"netsuite", "stripe"}
    work = apply(plan)
    jobs = {work.job: work.config} | {f"{name}_reconcile": {} for name in NAMES}
    with ExitStack() as stack:
        workers = machines.start_workers(stack, "first", "second")
        with saving(machines.netsuite.world, DEEP_IN) as writes:
            runs = stack.enter_context(
                start_python(machines.folder, "runs_at_once.py", json.dumps(jobs), environment=machines.of("code"))
            )
            stack.callback(runs.kill)
            assert writes.wait(PATIENCE), "nothing is written"
            _kill_all(workers.pop(machines.who_writes(workers)))
        [left] = workers
        output, errors = runs.communicate(timeout=3 * PATIENCE)
        assert runs.returncode == 0, errors
    ended: dict[str, tuple[str, bool]] = json.loads(output)
    assert [success for _, success in ended.values()] == [True] * len(jobs)
    assert "succeeded" in machines.said(left)
    _each_step_ended_once(machines, [run for run, _ in ended.values()])
    assert state(machines.netsuite.world, machines.stripe, machines.stripe.ids) == after
    assert effects(machines.netsuite.world.saves, machines.stripe.events) == once
    outcomes = pl.read_csv(machines.results(WRITTEN).fetched(["outcomes.csv"])["outcomes.csv"], infer_schema=False)
    assert dict(outcomes.group_by("status").len().rows()) == {"applied": len(changes)}
    _like_on_one_machine(machines, tmp_path / "alone")


def _each_step_ended_once(machines: Machines, runs: list[str]) -> None:
    """Also the one that was under way on the worker that was killed."""
    home = str(machines.folder / "home")
    with patch.dict(os.environ, machines.environment), dg.DagsterInstance.from_config(home) as instance:
        logs = [entry for run in runs for entry in instance.all_logs(run)]
    ends = [
        (entry.run_id, entry.step_key)
        for entry in logs
        if entry.dagster_event and entry.dagster_event.event_type == dg.DagsterEventType.STEP_SUCCESS
    ]
    assert {end for end in ends if ends.count(end) > 1} == set()
    assert {f"{SHARED}__customer_matches.find[buckets_{at}]" for at in (0, 1)} <= {step for _, step in ends}


def _like_on_one_machine(machines: Machines, alone: Path) -> None:
    """The same declaration, in one process."""
    lay_out(alone, OF_FILES)
    assert command(alone, "run", NAMES[0]).returncode == 0
    for name in NAMES:
        found = machines.results(name).fetched(TABLES)
        kept = {table: hashlib.sha256(path.read_bytes()).hexdigest() for table, path in found.items()}
        assert kept == digests(alone / "out" / NAMES[0], TABLES)
    assert [path for each in ("code", "first", "second") for path in (machines.folder / each).rglob("out/*")] == []
