"""Ctrl-C ends every command at once, in one line, whatever it is doing."""

import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.installed import install, start_python
from tests.reconciling import CHECKOUT

STOPPED = "✗ Stopped before the end; nothing outside of this machine was changed.\n"
PATIENCE = 300
KINDS = pytest.mark.parametrize("arguments", [(), ("--check",)], ids=["run", "check"])


@contextmanager
def started(folder: Path, arguments: tuple[str, ...]) -> Iterator["tuple[subprocess.Popen[str], socket.socket]"]:
    """A command over two APIs, and the door at which it will knock at Stripe's, where nobody answers."""
    declaration = (CHECKOUT / "examples" / "sandbox.yaml").read_text("utf-8")
    install(folder, {"pipelines/defs/sandbox/defs.yaml": declaration})
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.settimeout(PATIENCE)
        environment = {"STRIPE_API_KEY": "sk_test_1", "STRIPE_BASE_URL": f"http://127.0.0.1:{door.getsockname()[1]}"}
        command = ("-m", "pipelines.run", "sandbox", *arguments)
        with start_python(folder, *command, environment=environment) as process:
            yield process, door


def stopped(process: "subprocess.Popen[str]") -> tuple[int, str]:
    """Press Ctrl-C; the code with which it ends, and what it says."""
    process.send_signal(signal.SIGINT)
    errors = process.communicate(timeout=PATIENCE)[1]
    return process.returncode, errors


@KINDS
def test_a_command_ends_in_one_line_also_while_it_is_loading(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    with started(tmp_path, arguments) as (process, _):
        while not _listens_to(signal.SIGTERM, process.pid):
            time.sleep(0.01)
        assert stopped(process) == (130, STOPPED)


@KINDS
def test_a_command_ends_in_one_line_while_it_waits_for_an_answer(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    with started(tmp_path, arguments) as (process, door), door.accept()[0]:
        assert stopped(process) == (130, STOPPED)


def _listens_to(number: signal.Signals, pid: int) -> bool:
    """Whether a process has a handler of its own; Python has none for SIGTERM."""
    status = Path(f"/proc/{pid}/status").read_text()
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(caught.split()[1], 16) >> (number - 1) & 1)


def test_the_sandbox_ends_in_one_line(tmp_path: Path) -> None:
    command = ("-m", "sandbox", "--environment", str(tmp_path / "sandbox.env"))
    with start_python(CHECKOUT, *command) as process:
        assert process.stdout is not None
        assert next(line for line in process.stdout if line.startswith("#"))
        process.send_signal(signal.SIGINT)
        errors = process.communicate(timeout=60)[1]
    assert (process.returncode, errors) == (130, "✗ The sandbox has ended.\n")
