"""`make sandbox` serves both stand-ins, and tells another terminal how to reach them."""

import shlex
import subprocess
import sys
from itertools import takewhile
from pathlib import Path

import requests


def test_the_command_serves_both_and_keeps_the_environment_for_another_terminal(tmp_path: Path) -> None:
    kept = tmp_path / "state" / "sandbox.env"
    command = [sys.executable, "-m", "sandbox", "--environment", str(kept)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        printed = "".join(takewhile(lambda line: not line.startswith("# In another terminal"), server.stdout))
        words = [word.partition("=") for word in shlex.split(printed) if word != "export"]
        environment = {name: value for name, _, value in words}
        key = {"Authorization": f"Bearer {environment['STRIPE_API_KEY']}"}
        stripe = requests.get(f"{environment['STRIPE_BASE_URL']}/v1/customers", headers=key, timeout=10)
        netsuite = requests.get(environment["NETSUITE_BASE_URL"], timeout=10)
        server.terminate()
    assert stripe.status_code == 200
    assert len(stripe.json()["data"]) == 10
    assert netsuite.status_code == 404  # it is there, and has no page at this address
    assert kept.read_text() == printed
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.parent.stat().st_mode & 0o777 == 0o700
