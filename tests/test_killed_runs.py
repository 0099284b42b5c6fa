"""Runs that are killed or stopped, in processes of their own: the next one neither waits for them nor differs."""

import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest

from pipelines.turns import end_gone
from resources.ledger import Ledger
from resources.places import Places
from sandbox.netsuite_standin.export import serve_export
from sandbox.stripe_standin import StripeStandIn, StripeWorld, load_customers
from tests.installed import install, run_python, start_python
from tests.reconciling import CHECKOUT, digests

EXAMPLES = CHECKOUT / "examples"
TABLES = ("matches.csv", "netsuite_import.csv", "plan.csv", "review.csv", "stripe_updates.csv")
RUN = ("-m", "pipelines.run", "sandbox")
STOPPED = "✗ Stopped before the end; nothing outside of this machine was changed.\n"
PATIENCE = 300
"""Seconds after which a process that does nothing any more fails its test, which would else never end."""


@dataclass
class Installation:
    """A copy of the product with one declaration over both stand-ins."""

    folder: Path
    environment: dict[str, str]

    @property
    def places(self) -> Places:
        return Places(self.folder, self.folder / "home", self.folder / "out")

    def run(self) -> subprocess.CompletedProcess[str]:
        return run_python(self.folder, *RUN, environment=self.environment)

    @contextmanager
    def held(self, *command: str) -> Iterator[subprocess.Popen[str]]:
        """A run, by default of `make run`, at the moment at which Stripe has its first request, which has no answer."""
        with closing(socket.create_server(("127.0.0.1", 0))) as silent:
            silent.settimeout(PATIENCE)
            url = f"http://127.0.0.1:{silent.getsockname()[1]}"
            with start_python(
                self.folder, *(command or RUN), environment=self.environment | {"STRIPE_BASE_URL": url}
            ) as process:
                try:
                    with closing(silent.accept()[0]):
                        yield process
                finally:
                    process.kill()

    def killed(self) -> None:
        """Kill a run while it asks Stripe."""
        with self.held() as process:
            process.kill()
            process.wait()

    @contextmanager
    def instance(self) -> Iterator[dg.DagsterInstance]:
        with dg.DagsterInstance.from_config(str(self.places.home)) as instance:
            yield instance

    def under_way(self) -> list[str]:
        with self.instance() as instance:
            return [run.run_id for run in instance.get_runs() if not run.is_finished]


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    install(tmp_path, {"pipelines/defs/sandbox/defs.yaml": (EXAMPLES / "sandbox.yaml").read_text("utf-8")})
    world = StripeWorld()
    world.book().load(load_customers(EXAMPLES / "stripe_customers.csv"))
    netsuite, environment = serve_export(EXAMPLES / "netsuite_customers.csv")
    with StripeStandIn(world) as stripe, netsuite:
        yield Installation(tmp_path, environment | {"STRIPE_API_KEY": world.test_key, "STRIPE_BASE_URL": stripe.url})


def test_a_killed_run_does_not_block_the_next_nor_change_its_result(installation: Installation, tmp_path: Path) -> None:
    installation.killed()
    assert len(installation.under_way()) == 1
    ended = installation.run()
    assert ended.returncode == 0, ended.stderr
    assert installation.under_way() == []
    undisturbed = tmp_path / "undisturbed"
    undisturbed.mkdir()
    install(undisturbed, {"pipelines/defs/sandbox/defs.yaml": (EXAMPLES / "sandbox.yaml").read_text("utf-8")})
    other = Installation(undisturbed, installation.environment)
    assert other.run().returncode == 0
    results = [each.places.results("sandbox") for each in (installation, other)]
    assert digests(results[0], TABLES) == digests(results[1], TABLES)


def test_a_second_run_beside_one_under_way_says_so_and_leaves_it_alone(installation: Installation) -> None:
    with installation.held():
        [first] = installation.under_way()
        second = installation.run()
        assert (second.returncode, second.stderr) == (
            1,
            f"✗ Another `make run` of sandbox is under way (run {first}); wait until it has ended.\n",
        )
        assert installation.under_way() == [first]


def test_a_run_that_is_stopped_at_work_ends_in_a_sentence(installation: Installation) -> None:
    with installation.held() as process:
        process.send_signal(signal.SIGTERM)
        errors = process.communicate(timeout=PATIENCE)[1]
    assert (process.returncode, errors) == (130, STOPPED)
    assert installation.under_way() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_wait_for_a_run_of_others_is_told_and_can_be_stopped(
    installation: Installation, number: signal.Signals
) -> None:
    wide = installation.environment | {"COLUMNS": "400"}
    with (
        Ledger.of(installation.places) as ledger,
        ledger.turn("stripe_sandbox", "theirs", print),
        start_python(installation.folder, *RUN, environment=wide) as process,
    ):
        try:
            assert process.stdout is not None
            said = next(line for line in process.stdout if "waits for its turn" in line)
            process.send_signal(number)
            errors = process.communicate(timeout=PATIENCE)[1]
        finally:
            process.kill()
    assert "stripe_sandbox is held by the run theirs" in said
    assert (process.returncode, errors) == (130, STOPPED)
    assert installation.under_way() == []


@pytest.mark.parametrize("job", ["sandbox_reconcile", "sandbox_daily", "__ASSET_JOB"])
def test_a_killed_run_of_dagsters_own_holds_nobody_up(installation: Installation, job: str) -> None:
    with installation.held(*dagster_command(job)) as process:
        [dead] = installation.under_way()
        process.kill()
        process.wait()
    started = time.monotonic()
    ended = installation.run()
    assert ended.returncode == 0, ended.stderr
    assert time.monotonic() - started < 60
    assert installation.under_way() == []
    with installation.instance() as instance:
        assert instance.get_run_by_id(dead).status is dg.DagsterRunStatus.FAILURE


def dagster_command(job: str) -> list[str]:
    """What Dagster's command line, and what the UI and the daemon start, execute a run with."""
    if job == "__ASSET_JOB":
        what = ["asset", "materialize", "--select", "sandbox/stripe_customers", "--partition", "2024-03-01"]
    else:
        what = ["job", "execute", "-j", job]
    return ["-m", "dagster", *what, "-m", "pipelines.definitions"]


def test_the_ui_starts_without_the_runs_of_killed_processes_but_with_those_that_live(
    installation: Installation,
) -> None:
    with installation.held() as process:
        with installation.instance() as instance, Ledger.of(installation.places) as ledger:
            end_gone(ledger, instance)
        assert len(installation.under_way()) == 1
        process.kill()
        process.wait()
    with installation.instance() as instance, Ledger.of(installation.places) as ledger:
        end_gone(ledger, instance)
    assert installation.under_way() == []
