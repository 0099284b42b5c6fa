"""The commands of an installation that keeps its state in an object store: nothing of it lies on a machine alone."""

import hashlib
import os
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import pytest
import yaml
from starlette.datastructures import Headers

from pipelines.guard import Guard
from pipelines.result_pages import ResultPages
from resources.storage.folders import Folders
from tests.in_process import command, lay_out
from tests.pipelines.test_guard import _dagster, answer, scope
from tests.reconciling import NETSUITE, RESULTS, STRIPE, declaration, digests
from tests.s3_server import S3, SECRET, s3_server

DECLARED = {
    "type": "pipelines.CustomerSync",
    "attributes": declaration("acme").model_dump(exclude_unset=True, mode="json"),
}
FILES = {"stripe.csv": STRIPE, "netsuite.csv": NETSUITE, "pipelines/defs/acme/defs.yaml": yaml.safe_dump(DECLARED)}
OURS = ("frames", "plans", "inputs")


@dataclass(frozen=True)
class World:
    """Two machines with one object store, and what was said on the first."""

    s3: S3
    folder: Path
    ran: "subprocess.CompletedProcess[str]"

    def on(self, machine: str, module: str, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
        at = self.folder / machine
        if not at.exists():
            lay_out(at, FILES)
        return command(at, module, *arguments, environment=self.s3.environment | more)

    def folders(self, machine: str) -> Folders:
        at = self.folder / machine
        return Folders(at, at / "home", at / "out", self.s3.environment["TIEOUT_STORAGE"])


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Plan and results of a machine without a store are put into one, and a run of the same goes on there."""
    folder = tmp_path_factory.mktemp("world")
    lay_out(folder / "one", FILES)
    with s3_server() as s3:
        before = command(folder / "one", "run", "acme")
        assert before.returncode == 0
        yield World(s3, folder, before)


@pytest.fixture(scope="module")
def moved(world: World) -> Path:
    """What was kept on the first machine is in the store now; gives a copy of its results of before."""
    alone = world.folder / "before"
    (world.folder / "one" / "out" / "acme").resolve().rename(alone)
    (world.folder / "one" / "out" / "acme").unlink()
    alone_again = world.folder / "one" / "out" / "acme"
    alone_again.mkdir()
    for path in alone.iterdir():
        (alone_again / path.name).write_bytes(path.read_bytes())
    said = world.on("one", "doctor.__main__", "acme")
    assert "make into-store NAME=acme" in " ".join(said.stdout.split())
    said = world.on("one", "into_store", "acme")
    assert said.returncode == 0, said.stderr
    assert said.stdout.endswith(" plans, inputs and results of acme are in s3://tieout/kept now.\n")
    kept = [path for kind in ("plans", "inputs") for path in (world.folder / "one" / "home" / kind).rglob("*")]
    assert [path.name for path in kept if path.is_file()] == ["acme.lock"]
    return alone


def test_what_was_kept_before_is_there_for_every_machine(world: World, moved: Path) -> None:
    said = world.on("two", "replay", "acme")
    assert (said.returncode, said.stdout[:11]) == (0, "✓ identical")
    newest = world.folders("two").published("acme").newest()
    assert newest is not None
    found = {name: path.read_bytes() for name, path in newest.fetched(RESULTS).items()}
    assert found == {name: (moved / name).read_bytes() for name in RESULTS}


def test_results_are_put_where_people_open_them(world: World, moved: Path) -> None:
    said = world.on("two", "results", "acme")
    assert said.returncode == 0, said.stderr
    assert digests(world.folder / "two" / "out" / "acme") == digests(moved)
    said = world.on("two", "results", "acme", "--run=never")
    assert (said.returncode, "There are no such results of acme in s3://tieout/kept/results/acme" in said.stderr) == (
        1,
        True,
    )


@pytest.mark.usefixtures("moved")
def test_the_web_server_shows_results_from_the_store(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in world.s3.environment.items():
        monkeypatch.setenv(name, value)

    def asked(name: str) -> tuple[int, Headers, bytes]:
        pages = ResultPages(_dagster, world.folders("web"))
        started, *bodies = answer(scope("GET", f"/results/{name}", {}), Guard(pages))
        return started["status"], Headers(raw=started["headers"]), b"".join(part.get("body", b"") for part in bodies)

    status, headers, body = asked("acme/report.html")
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert b"<html" in body
    status, headers, body = asked("acme/matches.csv")
    assert (status, headers["content-disposition"]) == (200, 'attachment; filename="matches.csv"')
    assert body.startswith(b"stripe_customer_id,")
    assert [asked(name)[0] for name in ("acme/absent.csv", "other/report.html", "acme/results.json")] == [404] * 3
    world.s3.answers = lambda _: ("403 Forbidden", b"<Error><Code>AccessDenied</Code></Error>")
    try:
        status, _, body = asked("acme/plan.csv")
    finally:
        world.s3.answers = lambda _: None
    assert (status, b"may not be used" in body, SECRET.encode() in body) == (503, True, False)


@pytest.mark.usefixtures("moved")
def test_a_run_leaves_nothing_on_its_machine_but_copies_and_names_where_the_rest_is(world: World) -> None:
    said = world.on("three", "run", "acme", AWS_SERVER_SIDE_ENCRYPTION="AES256")
    assert said.returncode == 0, said.stderr
    assert "Results in s3://tieout/kept/results/acme (" in said.stdout
    assert "make results NAME=acme" in said.stdout
    home, out = world.folder / "three" / "home", world.folder / "three" / "out"
    assert [path for kind in OURS for path in (home / kind).rglob("*")] == []
    assert not out.exists()
    said = world.on("three", "doctor.__main__", "acme", AWS_SERVER_SIDE_ENCRYPTION="AES256")
    told = " ".join(said.stdout.split())
    every = (path for path in world.folder.rglob("*") if path.is_file())
    assert [path for path in every if SECRET.encode() in path.read_bytes()] == []
    assert "so that no other one may use that store; else set TIEOUT_LEDGER_URL." in told
    assert "s3://tieout/kept replaces an object on a condition; encrypted by AES256." in told


@pytest.mark.usefixtures("moved")
def test_what_is_known_of_a_plan_is_put_into_an_archive_on_the_machine_that_asks(world: World) -> None:
    accounts = world.folders("two").every("plans", "acme")
    [plan] = [name.removesuffix(".csv") for storage in accounts for name in storage.names()]
    said = world.on("two", "audit", "acme", f"--plan={plan[:20]}")
    assert said.returncode == 0, said.stderr
    [archive] = (world.folder / "two" / "out").glob("acme-audit-*.zip")
    with zipfile.ZipFile(archive) as packed:
        assert hashlib.sha256(packed.read("plan.csv")).hexdigest() == plan


@pytest.mark.usefixtures("moved")
def test_results_of_an_earlier_run_are_put_into_a_folder_of_their_own(world: World) -> None:
    results = world.folders("two").published("acme")
    with patch.dict(os.environ, world.s3.environment):
        runs = [generation.run for generation in results.generations()]
    said = world.on("two", "results", "acme", f"--run={runs[0][:6]}")
    assert said.returncode == 0, said.stderr
    assert (world.folder / "two" / "out" / f"acme-{runs[0][:8]}" / "report.html").is_file()


def test_a_store_that_cannot_be_relied_on_stops_every_command_at_its_start(world: World) -> None:
    world.s3.answers = lambda _: ("501 Not Implemented", b"<Error><Code>NotImplemented</Code></Error>")
    try:
        said = world.on("four", "run", "acme", TIEOUT_STORAGE="s3://tieout/never-asked")
    finally:
        world.s3.answers = lambda _: None
    assert said.returncode == 1
    assert "s3://tieout/never-asked cannot replace an object on a condition (If-None-Match, If-Match)" in said.stderr


def test_results_of_folders_need_not_be_put_anywhere(world: World) -> None:
    said = world.on("five", "results", "acme", TIEOUT_STORAGE="")
    assert said.returncode == 1
    assert "TIEOUT_STORAGE is not set, so that the results of acme are in" in said.stderr


@pytest.mark.usefixtures("moved")
def test_pruning_and_erasing_work_over_it_and_leave_only_what_must_stay(world: World) -> None:
    assert world.on("two", "prune", "acme").returncode == 0
    said = world.on("two", "erase", "acme", "--customer=cus_1", "--who=Ada")
    assert said.returncode == 0, said.stderr
    assert "older versions that the bucket of s3://tieout/kept may keep" in " ".join(said.stdout.split())
    assert ": 1 plan, " in said.stdout
    left = [path for path in (world.folder / "two" / "home" / "copies").rglob("*") if path.is_file()]
    assert {path.relative_to(world.folder / "two" / "home" / "copies").parts[0] for path in left} == {"plans"}
