"""What `make ui` says before anything starts, and of settings that are wrong; what it serves: `tests/test_ui.py`."""

import socket
from pathlib import Path

import pytest

from assets.next_step.forms import ui
from pipelines.ui import told_at
from resources.storage.folders import Folders
from tests.in_process import command, lay_out
from tests.test_bad_input import EXPORTS


def test_a_port_that_is_taken_is_said_before_anything_starts(tmp_path: Path) -> None:
    lay_out(tmp_path, EXPORTS)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = command(tmp_path, "ui", environment={"PORT": port})
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith(f"✗ Port {port} on 127.0.0.1 cannot be used (Address already in use)")
    assert ended.stderr.count("\n") == 1
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"PORT": "http"}, "✗ PORT is 'http'; expected a number from 1 to 65535."),
        ({"PORT": "70000"}, "✗ PORT is '70000'; expected a number from 1 to 65535."),
        ({"TIEOUT_UI_HOSTS": "a.example, http://b"}, "✗ TIEOUT_UI_HOSTS holds 'http://b'; expected names of hosts"),
    ],
)
def test_a_wrong_setting_is_a_sentence(tmp_path: Path, environment: dict[str, str], said: str) -> None:
    lay_out(tmp_path, EXPORTS)
    ended = command(tmp_path, "ui", environment=environment)
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (1, "", 1)
    assert ended.stderr.startswith(said)


def test_links_lead_to_the_port_at_which_it_is_served_while_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PORT", "TIEOUT_UI_URL"):
        monkeypatch.delenv(name, raising=False)
    with told_at(Folders(tmp_path, tmp_path, tmp_path), "3001"):
        assert ui(tmp_path) == "http://127.0.0.1:3001"
        monkeypatch.setenv("TIEOUT_UI_URL", "https://tieout.example/")
        assert ui(tmp_path) == "https://tieout.example"
        monkeypatch.delenv("TIEOUT_UI_URL")
    assert ui(tmp_path) == "http://127.0.0.1:3000"
    monkeypatch.setenv("PORT", "3002")
    assert ui(tmp_path) == "http://127.0.0.1:3002"
