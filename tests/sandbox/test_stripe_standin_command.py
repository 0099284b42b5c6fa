"""The command serves a file, says where, and stops when told."""

import subprocess
import sys
from pathlib import Path

import requests


def test_the_command_serves_a_file_of_customers(tmp_path: Path) -> None:
    listed = tmp_path / "customers.json"
    listed.write_text('[{"id": "cus_1", "created": 1767323040, "email": "a@example.com"}]')
    command = [sys.executable, "-m", "sandbox.stripe_standin", "--customers", str(listed), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            words = server.stdout.readline().split()
            url, key = words[2], words[-1].rstrip(")")
            answer = requests.get(f"{url}/v1/customers", headers={"Authorization": f"Bearer {key}"}, timeout=10)
        finally:
            server.terminate()
    assert [row["email"] for row in answer.json()["data"]] == ["a@example.com"]
