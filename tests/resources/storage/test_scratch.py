"""What a killed process has left behind is removed by the next; what a live one is at work on is not touched."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipelines.home import prepare_home
from resources.exports.file import open_export
from resources.storage.atomic import replaced
from resources.storage.folders import Folders
from resources.storage.leftovers import remove_leftovers
from resources.storage.scratch import scratch, sweep
from tests.reconciling import CHECKOUT

AT_WORK = """
import sys
from pathlib import Path
from resources.storage.scratch import scratch

with scratch(Path(sys.argv[1])) as room:
    (room / "customers.csv").write_text("ada@example.com")
    print(room, flush=True)
    sys.stdin.read()
"""
READING = """
import os, sys
from pathlib import Path
from resources.exports.file import open_export

with open_export(Path(sys.argv[1]), "id"):
    print(next(Path(os.environ["TMPDIR"]).rglob("export.csv")), flush=True)
    sys.stdin.read()
"""
DAYS = 2 * 24 * 3600


@contextmanager
def child(code: str, *arguments: object, **environment: str) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A process at work; gives it and the path that it names."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    environ = os.environ | environment
    with subprocess.Popen(
        command, cwd=CHECKOUT, env=environ, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        try:
            assert process.stdout is not None
            yield process, Path(process.stdout.readline().strip())
        finally:
            process.kill()


def aged(path: Path) -> Path:
    moment = time.time() - DAYS
    os.utime(path, (moment, moment), follow_symlinks=False)
    return path


def test_a_scratch_folder_is_private_and_gone_afterwards(tmp_path: Path) -> None:
    with scratch(tmp_path) as room:
        assert room.stat().st_mode & 0o777 == 0o700
        sweep(tmp_path)
        assert room.is_dir()
    assert list(tmp_path.iterdir()) == []


def test_the_folder_of_a_live_process_stays_and_that_of_a_killed_one_goes(tmp_path: Path) -> None:
    with child(AT_WORK, tmp_path) as (process, room):
        sweep(tmp_path)
        with replaced(tmp_path / "frame") as fresh:
            fresh.write_text("new")
        assert (room / "customers.csv").exists()
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert (room / "customers.csv").exists()
    with replaced(tmp_path / "frame") as fresh:
        fresh.write_text("newer")
    assert [path.name for path in tmp_path.iterdir()] == ["frame"]


def test_the_copy_of_an_export_that_a_killed_process_has_left_goes_with_the_next_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export, temporary = tmp_path / "export.csv", tmp_path / "temporary"
    export.write_text("id,Email\ncus_1,ada@example.com\n", encoding="utf-16")
    temporary.mkdir()
    with child(READING, export, TMPDIR=str(temporary)) as (process, copy):
        process.kill()
        process.wait()
    assert "ada@example.com" in copy.read_text()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    with open_export(export, "id"):
        assert not copy.parent.exists()
    assert list(temporary.iterdir()) == []


def test_a_start_removes_what_is_left_in_every_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Older versions held no lock, so that only age tells that theirs is nobody's."""
    temporary = tmp_path / "temporary"
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    folders = Folders(CHECKOUT, tmp_path / "home", tmp_path / "out")
    months = folders.home / "frames" / "acme" / "stripe_customers"
    plans, results = folders.home / "plans" / "acme" / ("0" * 16), folders.results("acme")
    for folder in (temporary, months, plans, results):
        folder.mkdir(parents=True)
    kept = [months / "2024-06-01.parquet", plans / f"{'a' * 64}.csv", results / "matches.csv", temporary / "other"]
    for path in kept:
        path.touch()
        aged(path)
    young = months / f".2024-07-01.parquet.{'b' * 32}"
    young.touch()
    for folder in (temporary, months, plans):
        with child(AT_WORK, folder) as (process, _):
            process.kill()
            process.wait()
    for old in (months / f".2024-06-01.parquet.{'a' * 32}", results / f".matches.csv.{'a' * 32}"):
        old.touch()
        aged(old)
    for old in (plans / "tmpabcd1234", temporary / "tieout-abcd1234", temporary / "tieout-pg-abcd1234"):
        old.mkdir()
        (old / "plan.csv").touch()
        aged(old)
    others = temporary / "tieout-efgh5678"
    others.mkdir()
    (others / "code.sock").touch()
    aged(others)
    prepare_home(folders)
    remove_leftovers(folders)
    left = {path for folder in (temporary, months, plans, results) for path in folder.iterdir()}
    assert left == {*kept, young, others, temporary / "tieout-pg-abcd1234"}
