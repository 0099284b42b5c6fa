"""Ctrl-C ends every command at once, in one line, whatever it is doing."""

import signal
import time
from pathlib import Path

import pytest

from tests.installed import install, start_python
from tests.reconciling import CHECKOUT

UNANSWERED = {"STRIPE_API_KEY": "sk_test_1", "STRIPE_BASE_URL": "http://127.0.0.1:9"}
STOPPED = "✗ Stopped before the end; nothing outside of this machine was changed.\n"


@pytest.mark.parametrize("arguments", [(), ("--check",)], ids=["run", "check"])
@pytest.mark.parametrize("seconds", [0, 2], ids=["while it loads", "later"])
def test_a_command_ends_in_one_line_also_while_it_is_loading(
    tmp_path: Path, seconds: float, arguments: tuple[str, ...]
) -> None:
    declaration = (CHECKOUT / "examples" / "sandbox.yaml").read_text("utf-8")
    install(tmp_path, {"pipelines/defs/sandbox/defs.yaml": declaration})
    with start_python(tmp_path, "-m", "pipelines.run", "sandbox", *arguments, environment=UNANSWERED) as process:
        while not _listens_to(signal.SIGTERM, process.pid):
            time.sleep(0.01)
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        sent = time.monotonic()
        errors = process.communicate(timeout=60)[1]
    assert time.monotonic() - sent < 10
    assert (process.returncode, errors) == (130, STOPPED)


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
