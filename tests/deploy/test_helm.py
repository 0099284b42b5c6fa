"""The values for Dagster's Helm chart have the chart's form, and say what the pages say; no Kubernetes runs here."""

import re
import subprocess
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml
from dagster_postgres.run_storage import PostgresRunStorage
from sqlalchemy.engine import make_url

from pipelines import chart_webserver, webserver
from tests.deploy.test_services import IMAGE
from tests.reconciling import CHECKOUT
from tests.resources.ledger.ledgers import database_url

HELM = CHECKOUT / "deploy" / "helm"
VALUES: dict[str, Any] = yaml.safe_load((HELM / "values.yaml").read_text("utf-8"))
WORKERS: dict[str, Any] = yaml.safe_load((HELM / "workers.yaml").read_text("utf-8"))
CODE: dict[str, Any] = VALUES["dagster-user-deployments"]["deployments"][0]
CHART: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "chart.yaml").read_text("utf-8"))
PLACES: dict[str, list[str]] = CHART["places"]
PODS = {
    "code": CODE,
    "daemon": VALUES["dagsterDaemon"],
    "web": VALUES["dagsterWebserver"],
    "worker": WORKERS["spec"]["template"]["spec"]["containers"][0]
    | {"podSecurityContext": WORKERS["spec"]["template"]["spec"]["securityContext"]}
    | {"volumes": WORKERS["spec"]["template"]["spec"]["volumes"]},
}


def _at(place: str) -> list[dict[str, Any]]:
    found: Any = VALUES
    for name in filter(None, place.split(".")):
        found = found[name]
    return found if isinstance(found, list) else [found]


@pytest.mark.parametrize("place", PLACES, ids=[place or "values" for place in PLACES])
def test_the_chart_knows_every_key(place: str) -> None:
    known = {*PLACES[place], *(CHART["pod"] if "pod" in PLACES[place] else ())}
    for part in _at(place):
        assert {key for key in part if not key.startswith("x-")} <= known


@pytest.mark.parametrize("name", PODS)
def test_a_pod_is_nobody_special_and_writes_into_its_own_volumes_alone(name: str) -> None:
    pod = PODS[name]
    inside = pod["securityContext"]
    assert (inside["readOnlyRootFilesystem"], inside["allowPrivilegeEscalation"]) == (True, False)
    assert inside["capabilities"] == {"drop": ["ALL"]}
    assert pod["podSecurityContext"]["runAsNonRoot"] is True
    assert f"USER {pod['podSecurityContext']['runAsUser']}:10001" in IMAGE
    volumes = {each["name"]: each for each in pod["volumes"]}
    mounts = {each["mountPath"]: each for each in pod["volumeMounts"]}
    assert {"/state", "/out", "/tmp"} <= mounts.keys()  # noqa: S108 (of a container)
    assert all(each["name"] in volumes for each in mounts.values())
    written = [volumes[each["name"]] for each in mounts.values() if not each.get("readOnly")]
    assert all(set(each) == {"name", "emptyDir"} for each in written)


@pytest.mark.parametrize("name", PODS)
def test_no_secret_is_written_down_and_each_pod_knows_the_store_that_needs_it(name: str) -> None:
    said = {each["name"]: each.get("value") for each in PODS[name].get("env", [])}
    assert [key for key, value in said.items() if value and re.search("PASSWORD|SECRET|_URL|API_KEY", key)] == []
    assert ("TIEOUT_STORAGE" in said) == (name != "daemon")


def test_the_services_know_only_their_own_secrets() -> None:
    of_ours = {name: [each["name"] for each in pod.get("envSecrets", [])] for name, pod in PODS.items()}
    assert of_ours == {"code": ["tieout"], "daemon": [], "web": ["tieout-ui"], "worker": []}
    assert PODS["worker"]["envFrom"] == [{"secretRef": {"name": "tieout"}}]


def test_dagster_loads_the_instance_that_the_chart_makes_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its templates put these values into dagster.yaml, beside a password from the environment."""
    url, said = make_url(database_url()), VALUES["postgresql"]
    monkeypatch.setenv("DAGSTER_PG_PASSWORD", url.password or "-")
    database = {
        "username": url.username,
        "password": {"env": "DAGSTER_PG_PASSWORD"},
        "hostname": url.host or "",
        "db_name": url.database,
        "port": url.port or said["service"]["port"],
        "params": dict(url.query),
        "scheme": said["postgresqlScheme"],
    }
    storages = {"run": "run_storage", "event_log": "event_log", "schedule": "schedule_storage"}
    classes = {
        "run": "PostgresRunStorage",
        "event_log": "PostgresEventLogStorage",
        "schedule": "PostgresScheduleStorage",
    }
    config = {"postgres_db": database}
    made = {
        f"{name}_storage": {
            "module": f"dagster_postgres.{module}",
            "class": classes.get(name, "PostgresScheduleStorage"),
            "config": config,
        }
        for name, module in storages.items()
    }
    launcher, further = VALUES["runLauncher"]["config"]["customRunLauncher"], VALUES["additionalInstanceConfig"]
    assert VALUES["dagsterDaemon"]["runMonitoring"] == {"enabled": False}  # else the chart writes the same key
    settings = {**made, "run_launcher": launcher, "telemetry": VALUES["telemetry"], **further}
    (tmp_path / "dagster.yaml").write_text(yaml.safe_dump(settings))
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        assert isinstance(instance.run_storage, PostgresRunStorage)
        assert type(instance.run_launcher).__name__ == "DefaultRunLauncher"
        assert (instance.telemetry_enabled, instance.nux_enabled) == (False, False)
        assert instance.run_monitoring_settings["max_runtime_seconds"] == 12 * 60 * 60
        assert instance.get_runs() == []


def test_the_chart_starts_our_web_server_and_not_dagsters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its command is fixed: `dagster-webserver -h 0.0.0.0 -p PORT -w /dagster-workspace/workspace.yaml`."""
    program = CHECKOUT / "deploy" / "bin" / "dagster-webserver"
    [path] = re.findall(r"^ENV PATH=(\S+)", IMAGE, re.MULTILINE)
    assert path.split(":")[0] == "/tieout/deploy/bin"
    assert program.stat().st_mode & 0o111 == 0o111
    assert "exec python -m pipelines.chart_webserver" in program.read_text("utf-8")
    assert subprocess.run(["sh", "-n", str(program)], check=False).returncode == 0
    port = str(VALUES["dagsterWebserver"]["service"]["port"])
    started: list[list[str]] = []

    def start(given: list[str]) -> int:
        started.append(given)
        return 0

    monkeypatch.setattr(webserver, "main", start)
    given = ["-h", "0.0.0.0", "-p", port, "-w", "/dagster-workspace/workspace.yaml"]  # noqa: S104 (as the chart says)
    assert chart_webserver.main(given) == 0
    assert started == [
        ["--host", "0.0.0.0", "--port", port, "--workspace", "/dagster-workspace/workspace.yaml"]  # noqa: S104
    ]


def test_what_the_chart_may_ask_for_and_we_do_not_do_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    given = ["-h", "127.0.0.1", "-p", "3000", "-w", "workspace.yaml", "--read-only"]
    assert chart_webserver.main(given) == 1
    assert "knows no --read-only: take the value of the chart away that asks for it" in capsys.readouterr().err


@pytest.mark.parametrize("probe", ["readinessProbe", "livenessProbe"])
def test_whether_the_page_is_well_is_asked_without_a_name_that_the_guard_would_refuse(probe: str) -> None:
    """The chart's own values ask for a page; a null takes that away, as Helm puts both together."""
    asked = VALUES["dagsterWebserver"][probe]
    assert (asked["httpGet"], asked["tcpSocket"]) == (None, {"port": VALUES["dagsterWebserver"]["service"]["port"]})


def test_the_workers_are_a_deployment_of_the_same_image() -> None:
    assert (WORKERS["apiVersion"], WORKERS["kind"]) == ("apps/v1", "Deployment")
    spec = WORKERS["spec"]
    assert spec["selector"]["matchLabels"] == spec["template"]["metadata"]["labels"]
    assert spec["template"]["spec"]["automountServiceAccountToken"] is False
    image = CODE["image"]
    assert PODS["worker"]["image"] == f"{image['repository']}:{image['tag']}"


def test_the_version_of_the_chart_is_that_of_dagster() -> None:
    assert f"--version {dg.__version__} " in (HELM / "values.yaml").read_text("utf-8")
