"""What starts the processes on other machines has the right form; nothing here runs a container.

No user but an own one, a root that is not written to, and a question by which each process tells that it is well.
"""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.reconciling import CHECKOUT

DEPLOY = CHECKOUT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
OURS = {name: each for name, each in COMPOSE["services"].items() if each["image"] == "tieout"}
IMAGE = (DEPLOY / "Containerfile").read_text("utf-8")


def test_the_image_is_installed_with_hashes_and_runs_as_nobody_special() -> None:
    assert "--require-hashes --requirement locks/celery.lock" in IMAGE
    assert re.findall(r"^USER (.+)$", IMAGE, re.MULTILINE) == ["10001:10001"]
    for copied in re.findall(r"^COPY (?!--from)(.+) \S+$", IMAGE, re.MULTILINE):
        assert [name for name in copied.split() if not (CHECKOUT / name).exists()] == []


@pytest.mark.parametrize("name", OURS)
def test_each_of_our_containers_writes_into_its_volumes_alone_and_says_that_it_is_well(name: str) -> None:
    service = OURS[name]
    assert (service["read_only"], service["user"], service["cap_drop"]) == (True, "10001:10001", ["ALL"])
    assert service["healthcheck"]["test"][0] == "CMD"
    assert {volume.split(":")[1] for volume in service["volumes"]} == {"/state", "/out", "/state/dagster.yaml"}


def test_only_the_page_has_a_port_and_no_secret_is_written_down() -> None:
    ports = {name: each["ports"] for name, each in COMPOSE["services"].items() if "ports" in each}
    assert ports == {"web": ["127.0.0.1:3000:3000"]}
    said = [str(each.get("environment", {})) for each in COMPOSE["services"].values()]
    assert not re.search(r"PASSWORD|_URL|KEY", "".join(said))


def test_all_that_compose_waits_for_and_keeps_is_there() -> None:
    services = COMPOSE["services"]
    for each in services.values():
        assert all("healthcheck" in services[other] for other in each.get("depends_on", {}))
        named = {volume.split(":")[0] for volume in each["volumes"] if not volume.startswith(".")}
        assert named <= COMPOSE["volumes"].keys()
    [workspace] = yaml.safe_load((DEPLOY / "workspace.compose.yaml").read_text("utf-8"))["load_from"]
    assert workspace["grpc_server"]["host"] in services


def test_the_units_are_good(tmp_path: Path) -> None:
    """As the manager itself says, but for programs and a user that this machine does not have."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd on this machine")
    for unit in UNITS:
        said = re.sub(r"/opt/tieout/\.venv/bin/[\w-]+", "/bin/true", unit.read_text("utf-8"))
        (tmp_path / unit.name).write_text(said.replace("User=tieout", "User=root").replace("/opt/tieout", "/tmp"))  # noqa: S108
    ended = subprocess.run(
        ["systemd-analyze", "verify", *(tmp_path / unit.name for unit in UNITS)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, [line for line in ended.stderr.splitlines() if "tieout-" in line]) == (0, [])


@pytest.mark.parametrize("unit", UNITS, ids=[unit.stem for unit in UNITS])
def test_a_unit_has_no_rights_of_its_own(unit: Path) -> None:
    said = unit.read_text("utf-8").splitlines()
    expected = ("User=tieout", "NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=", "UMask=0077")
    assert [line for line in expected if line not in said] == []
