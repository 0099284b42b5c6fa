"""`make ui` of an installation, running: asked as a program on the same machine asks it."""

import contextlib
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from tests.installed import start_python
from tests.reconciling import CHECKOUT

STARTING_S = 300
ENDING_S = 60
_JOBS = "{repositoriesOrError {... on RepositoryConnection {nodes {jobs {name}}}}}"
_LAUNCH = """mutation($params: ExecutionParams!) { launchRun(executionParams: $params) {
  __typename ... on LaunchRunSuccess {run {runId}} ... on PythonError {message}
} }"""
_STATUS = "query($run: ID!) { runOrError(runId: $run) { ... on Run { status } } }"
_LAST = """query($job: String!) { runsOrError(filter: {pipelineName: $job}, limit: 1) {
  ... on Runs { results { runId } }
} }"""
_START = "mutation($sensor: SensorSelector!) { startSensor(sensorSelector: $sensor) { __typename } }"
_TICKS = """query($sensor: SensorSelector!) { sensorOrError(sensorSelector: $sensor) {
  ... on Sensor { sensorState { ticks(limit: 999) { status skipReason } } }
} }"""
_WHERE = {"repositoryName": "__repository__", "repositoryLocationName": "tieout"}


@dataclass
class Ui:
    """A running `make ui`."""

    folder: Path
    port: int
    process: "subprocess.Popen[str]"
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, query: str, variables: Mapping[str, object] | None = None) -> dict[str, object]:
        asked = {"query": query, "variables": variables}
        answer = requests.post(f"{self.url}/graphql", json=asked, headers=self.headers, timeout=60)
        assert answer.status_code == 200, answer.text
        found: dict[str, object] = answer.json()["data"]
        return found

    def sign_in(self, name: str, password: str) -> None:
        """Ask as this person from now on, as their browser does."""
        form = {"name": name, "password": password}
        entered = requests.post(
            f"{self.url}/login", data=form, headers={"Origin": self.url}, allow_redirects=False, timeout=60
        )
        assert entered.status_code == 303, entered.text
        self.headers = {"Origin": self.url, "Cookie": entered.headers["set-cookie"].partition(";")[0]}

    def runs(self) -> int:
        found = self.ask("{runsOrError {... on Runs {results {runId}}}}")
        return str(found).count("'runId'")

    def launch(self, job: str, config: Mapping[str, object], assets: list[list[str]], tags: Mapping[str, str]) -> str:
        """Start a job as the page does, whole or only for some assets; its run id."""
        where = {**_WHERE, "jobName": job}
        chosen = {"assetSelection": [{"path": path} for path in assets]} if assets else {}
        tagged = {"tags": [{"key": key, "value": value} for key, value in tags.items()]}
        params = {"selector": where | chosen, "runConfigData": config, "executionMetadata": tagged}
        answer = self.ask(_LAUNCH, {"params": params})["launchRun"]
        assert isinstance(answer, dict)
        assert answer["__typename"] == "LaunchRunSuccess", answer
        return str(answer["run"]["runId"])

    def last(self, job: str) -> str | None:
        """The id of the last run of a job, if there is one."""
        found = self.ask(_LAST, {"job": job})["runsOrError"]
        assert isinstance(found, dict)
        return next((str(run["runId"]) for run in found["results"]), None)

    def wait_for(self, run: str, seconds: float) -> None:
        """Wait until a run has succeeded."""
        until = time.monotonic() + seconds
        while (found := str(self.ask(_STATUS, {"run": run}))) and "SUCCESS" not in found:
            assert "FAILURE" not in found
            assert time.monotonic() < until, found
            time.sleep(0.5)

    def switch_on(self, sensor: str) -> dict[str, object]:
        """Have the daemon ask a sensor, as the switch on its page does."""
        return self.ask(_START, {"sensor": {**_WHERE, "sensorName": sensor}})

    def ticks(self, sensor: str) -> str:
        """What the last times came to at which the daemon asked a sensor."""
        return str(self.ask(_TICKS, {"sensor": {**_WHERE, "sensorName": sensor}}))


def quick_home() -> dict[str, str]:
    """Settings of Dagster, for `install`, by which its daemon looks each second whether a run waits."""
    ours = (CHECKOUT / "deploy" / "dagster.yaml").read_text("utf-8")
    return {"home/dagster.yaml": f"{ours}run_queue:\n  dequeue_interval_seconds: 1\n"}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextlib.contextmanager
def serving(
    folder: Path, job: str, environment: Mapping[str, str] | None = None, person: tuple[str, str] | None = None
) -> Iterator[Ui]:
    """Start `make ui` of an installation; it answers, to this person, and knows the job, when the body begins."""
    port = free_port()
    process = start_python(folder, "-m", "pipelines.ui", environment={**(environment or {}), "PORT": str(port)})
    found = Ui(folder, port, process)
    try:
        if person:
            wait_until_it_answers(found)
            found.sign_in(*person)
        _wait_until_it_knows(found, job)
        yield found
    finally:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired, ValueError):
            process.communicate(timeout=ENDING_S)
        process.kill()


def wait_until_it_answers(ui: Ui) -> None:
    """Wait until a server whose pages ask for a login shows that."""
    until = time.monotonic() + STARTING_S
    while time.monotonic() < until and ui.process.poll() is None:
        with contextlib.suppress(requests.ConnectionError, requests.Timeout):
            requests.get(f"{ui.url}/login", timeout=60)
            return
        time.sleep(0.2)
    ui.process.kill()
    pytest.fail(f"it did not start: {ui.process.communicate()}")


def _wait_until_it_knows(ui: Ui, job: str) -> None:
    until = time.monotonic() + STARTING_S
    while time.monotonic() < until and ui.process.poll() is None:
        with contextlib.suppress(requests.ConnectionError, requests.Timeout):
            if job in str(ui.ask(_JOBS)):
                return
        time.sleep(0.2)
    ui.process.kill()
    pytest.fail(f"it did not start: {ui.process.communicate()}")


def processes_in(folder: Path) -> list[int]:
    """The processes whose working directory is this folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (entry / "cwd").readlink() == folder:
                found.append(int(entry.name))
    return found
