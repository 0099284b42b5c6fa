"""`make sandbox` serves both stand-ins, and tells another terminal how to reach them."""

import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path

import requests


def test_the_command_serves_both_and_keeps_the_environment_for_another_terminal(tmp_path: Path) -> None:
    kept = tmp_path / "state" / "sandbox.env"
    command = [sys.executable, "-m", "sandbox", "--environment", str(kept)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            printed = "".join(takewhile(lambda line: not line.startswith("# In another terminal"), server.stdout))
            words = [word.partition("=") for word in shlex.split(printed) if word != "export"]
            environment = {name: value for name, _, value in words}
            key = {"Authorization": f"Bearer {environment['STRIPE_API_KEY']}"}
            stripe = requests.get(f"{environment['STRIPE_BASE_URL']}/v1/customers", headers=key, timeout=10)
            netsuite = requests.get(environment["NETSUITE_BASE_URL"], timeout=10)
        finally:
            server.terminate()
    assert stripe.status_code == 200
    assert len(stripe.json()["data"]) == 10
    assert netsuite.status_code == 404  # it is there, and has no page at this address
    assert kept.read_text() == printed
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.parent.stat().st_mode & 0o777 == 0o700


@contextmanager
def sandbox(kept: Path) -> Iterator[str]:
    """Run the command, and give what it has published."""
    command = [sys.executable, "-m", "sandbox", "--environment", str(kept)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        list(takewhile(lambda line: not line.startswith("# In another terminal"), server.stdout))
        try:
            yield kept.read_text()
        finally:
            server.terminate()


def test_what_another_terminal_has_read_stays_true_when_the_sandbox_is_started_again(tmp_path: Path) -> None:
    kept = tmp_path / "sandbox.env"
    with sandbox(kept) as first:
        requests.get(_address(first), timeout=10)  # a connection that lingers
    with sandbox(kept) as second:
        assert second == first


def test_a_port_that_somebody_else_has_by_now_is_replaced(tmp_path: Path) -> None:
    kept = tmp_path / "sandbox.env"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        kept.write_text(f"export STRIPE_BASE_URL=http://127.0.0.1:{taken.getsockname()[1]}\n")
        with sandbox(kept) as published:
            assert requests.get(_address(published), timeout=10).status_code in {401, 404}


def _address(published: str) -> str:
    [word] = [word for word in shlex.split(published) if word.startswith("STRIPE_BASE_URL=")]
    return word.partition("=")[2]
