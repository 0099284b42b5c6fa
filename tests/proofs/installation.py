"""A copy of the product with one declaration over both stand-ins, and its runs: started, killed, followed."""

import os
import re
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import TypeVar
from unittest.mock import patch

import dagster as dg
import yaml

from resources.storage.folders import Folders
from sandbox.netsuite_standin import NetsuiteStandIn
from sandbox.netsuite_standin.export import serve_export
from sandbox.stripe_standin import Book, StandInOptions, StripeStandIn, StripeWorld, load_customers
from tests.in_process import command
from tests.installed import install, is_there, start_python
from tests.proofs.gate import Gate
from tests.proofs.moments import Moment
from tests.proofs.oracle import State, effects, state
from tests.proofs.work import NAME, RECONCILE, Start, Started, Work
from tests.reconciling import CHECKOUT
from tests.ui import Ui, quick_home

EXAMPLES = CHECKOUT / "examples"
_ALL = (EXAMPLES / "sandbox.yaml").read_text("utf-8")
DECLARED = {f"pipelines/defs/{NAME}/defs.yaml": _ALL.replace("2019-05", "2026-09")}  # each month costs every run a bit
RUN_COMMAND = ("-m", "pipelines.run", NAME)
PATIENCE = 300
"""Seconds after which a process that does nothing any more fails its test, which would else never end."""

T = TypeVar("T")
_PID = re.compile(r"Started process for run \(pid: (\d+)\)")


@dataclass
class Installation:
    """A copy of the product with one declaration over both stand-ins."""

    folder: Path
    environment: dict[str, str]
    gate: Gate
    netsuite: NetsuiteStandIn
    stripe: Book
    processes: "list[subprocess.Popen[str]]" = field(default_factory=list)

    @property
    def folders(self) -> Folders:
        return Folders(self.folder, self.folder / "home", self.folder / "out")

    @contextmanager
    def held(self, *command: str) -> Iterator["subprocess.Popen[str]"]:
        """A run, by default of `make run`, at the moment at which Stripe has its first request, which has no answer."""
        with (
            self.gate.closed() as arrived,
            start_python(self.folder, *(command or RUN_COMMAND), environment=self.environment) as process,
        ):
            try:
                assert arrived.wait(PATIENCE), "it asks nobody"
                yield process
            finally:
                process.kill()

    @cached_property
    def instance(self) -> dg.DagsterInstance:
        """Dagster's memory of the runs, opened once, as that is dear and it is asked all the time."""
        with patch.dict(os.environ, DAGSTER_HOME=str(self.folders.home)):  # which its settings name
            return dg.DagsterInstance.from_config(str(self.folders.home))

    def under_way(self) -> list[str]:
        return [run.run_id for run in self.instance.get_runs() if not run.is_finished]

    def status(self, run_id: str) -> dg.DagsterRunStatus:
        run = self.instance.get_run_by_id(run_id)
        assert run is not None
        return run.status

    def plan(self) -> str:
        """The hash of the last plan."""
        event = self.instance.get_latest_materialization_event(dg.AssetKey([NAME, "write_plan"]))
        assert event is not None
        assert event.asset_materialization is not None
        return str(event.asset_materialization.metadata["plan_hash"].value)

    def state(self) -> State:
        return state(self.netsuite.world, self.stripe, self.stripe.ids)

    def effects(self) -> Counter[str]:
        """What was changed by calls so far, and how often."""
        return effects(self.netsuite.world.saves, self.stripe.events)

    def in_ui(self, ui: Ui, work: Work) -> Started:
        """Start it as the page does, so that the daemon takes it from the queue."""
        run_id = ui.launch(work.job, work.config, [[NAME, asset] for asset in work.assets], work.tags)
        return self.of_daemon(run_id)

    def of_daemon(self, run_id: str) -> Started:
        def kill() -> None:
            pid = int(until(partial(self._pid, run_id), "it has no process"))
            os.kill(pid, signal.SIGKILL)
            until(lambda: not is_there(pid), "it does not die")  # on a busy machine it takes a while

        return Started(run_id, kill)

    def by_dagster(self, work: Work) -> Started:
        """Start it with Dagster's own command line."""
        if work.assets:
            chosen = ",".join(f"{NAME}/{asset}" for asset in work.assets)
            command = ["asset", "materialize", "--select", chosen, "--partition", str(work.partition)]
        else:
            config = self.folder / "config.yaml"
            config.write_text(yaml.safe_dump(dict(work.config)))
            command = ["job", "execute", "-j", work.job, "-c", str(config)]
        return self._by_process("-m", "dagster", *command, "-m", "pipelines.definitions")

    def by_make_run(self, _: Work) -> Started:
        """Start the reconcile as `make run` does."""
        return self._by_process(*RUN_COMMAND)

    def here(self, _: Work = RECONCILE) -> Started:
        """Reconcile as `make run` does, but in this process; it has ended well."""
        before, ended = self.run_ids(), command(self.folder, "run", NAME, environment=self.environment)
        assert ended.returncode == 0, ended.stderr
        [run_id] = self.run_ids() - before
        return Started(run_id, lambda: None)

    def _by_process(self, *command: str) -> Started:
        before = self.run_ids()
        quiet = {"PYTHONWARNINGS": "ignore"}
        with (self.folder / "said.log").open("a") as log:
            process = start_python(self.folder, *command, environment=self.environment | quiet, output=log)
        self.processes.append(process)
        assert process.stdin is not None
        process.stdin.close()

        def kill() -> None:
            process.kill()
            process.wait()

        def new() -> set[str]:
            found = self.run_ids() - before
            assert found or process.poll() is None, (self.folder / "said.log").read_text()
            return found

        [run_id] = until(new, "it has no run")
        return Started(run_id, kill)

    def run_ids(self) -> set[str]:
        return set(self.instance.get_run_ids())

    def _pid(self, run_id: str) -> str | None:
        said = self._said(run_id)
        assert self.status(run_id) not in _ENDS, said[-20:]
        found = _PID.search(" ".join(said))
        return found and found[1]

    def follow(self, start: Start, work: Work, kills: Start | None = None, moment: Moment | None = None) -> float:
        """Kill a run in the middle, and start the same again: the seconds until that has ended, well.

        Args:
            start: how the next one is started.
            work: what both are to do.
            kills: how the one that is killed is started, if otherwise.
            moment: when it is killed; by default when it first asks Stripe, which does not answer.

        Raises:
            AssertionError: the next run did not end well, or the killed one counts as under way still.
        """
        dead = self.kill(kills or start, work, moment)
        began, next_one = time.monotonic(), start(work)
        self.ends_well(next_one)
        seconds = time.monotonic() - began
        assert not self.waited(next_one), f"{work.job} waited for a run that is gone"
        assert self.status(dead) is dg.DagsterRunStatus.FAILURE
        assert self.under_way() == []
        return seconds

    def kill(self, start: Start, work: Work, moment: Moment | None = None) -> str:
        """Start a run, and kill it at a moment, as `follow` does; its id."""
        with (moment or self.gate.closed)() as arrived:
            dead = start(work)
            until(lambda: arrived.wait(1) or self.status(dead.run_id) in _ENDS, f"{work.job} does not come so far")
            assert arrived.is_set(), f"{work.job} has ended before: {self._said(dead.run_id)[-20:]}"
            dead.kill()
        return dead.run_id

    def ends_well(self, run: Started) -> None:
        """Wait for the end of a run, and see that it is a good one."""
        until(lambda: self.status(run.run_id) in _ENDS, f"the run {run.run_id} does not end")
        assert self.status(run.run_id) is dg.DagsterRunStatus.SUCCESS, self._said(run.run_id)[-20:]

    def waited(self, run: Started) -> bool:
        """Whether a run waited for another's turn."""
        return any("waits for its turn" in said for said in self._said(run.run_id))

    def _said(self, run_id: str) -> list[str]:
        logs = self.instance.all_logs(run_id)
        return [entry.dagster_event.message or "" if entry.dagster_event else entry.user_message for entry in logs]


_ENDS = {dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED}


def until(found: Callable[[], T | None], why_not: str) -> T:
    """Look again and again, until something is found; what that is."""
    ends = time.monotonic() + PATIENCE
    while not (seen := found()):
        assert time.monotonic() < ends, why_not
        time.sleep(0.1)
    return seen


@contextmanager
def installation(
    folder: Path,
    declared: Mapping[str, str] = DECLARED,
    customers: int | None = None,
    options: StandInOptions | None = None,
) -> Iterator[Installation]:
    """Install it over two stand-ins that serve the example's customers, so many of those in Stripe since it is read."""
    install(folder, {**declared, **quick_home()})
    (folder / "home").chmod(0o700)
    world = StripeWorld()
    [text] = declared.values()
    since = datetime.fromisoformat(f"{yaml.safe_load(text)['attributes']['stripe']['since']}-01T00:00Z").timestamp()
    exported = load_customers(EXAMPLES / "stripe_customers.csv")
    world.book().load(islice((each for each in exported if each[1] >= since), customers))
    netsuite, environment = serve_export(EXAMPLES / "netsuite_customers.csv")
    with StripeStandIn(world, options) as stripe, netsuite, Gate(stripe.url) as gate:
        environment |= {"STRIPE_API_KEY": world.test_key, "STRIPE_BASE_URL": gate.url}
        made = Installation(folder, environment, gate, netsuite, world.book())
        try:
            yield made
        finally:
            for process in made.processes:
                process.kill()
                process.wait()
            made.instance.dispose()
