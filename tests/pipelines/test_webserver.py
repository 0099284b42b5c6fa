"""How the web server is started: what it believes of proxies, and where it lets nobody sign in."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send

from pipelines.webserver import served
from tests.in_process import command, lay_out
from tests.pipelines.login.asgi import scope
from tests.test_bad_input import EXPORTS

FORWARDED = {"x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https"}


@pytest.mark.parametrize(
    ("proxies", "client"), [([], "127.0.0.1"), (["127.0.0.1"], "203.0.113.9"), (["10.0.0.0/24"], "127.0.0.1")]
)
def test_who_asked_is_said_by_a_declared_proxy_and_by_nobody_else(proxies: Sequence[str], client: str) -> None:
    seen: list[str] = []

    async def app(asked: Scope, _: Receive, __: Send) -> None:
        seen.append(asked["client"][0])

    async def nothing(*_: object) -> dict[str, str]:
        return {}

    config = served(app, proxies)
    config.load()
    asyncio.run(config.loaded_app({**scope("http", "GET", "/", FORWARDED), "scheme": "http"}, nothing, nothing))
    assert seen == [client]


def test_nobody_signs_in_over_an_open_line(tmp_path: Path) -> None:
    lay_out(tmp_path, EXPORTS)
    people = tmp_path / "people"
    people.write_text("Ada:look:$argon2id$x\n")
    people.chmod(0o600)
    (tmp_path / "ui.yaml").write_text("people: people\n")
    ended = command(
        tmp_path,
        "webserver",
        *("--workspace", str(tmp_path / "workspace.yaml"), "--host", "192.0.2.1"),
        environment={"TIEOUT_UI_SETTINGS": str(tmp_path / "ui.yaml")},
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("✗ People would sign in at 192.0.2.1 over an open line: ")


@pytest.mark.parametrize("module", ["ui", "webserver"])
def test_settings_that_are_wrong_are_said_before_anything_starts(tmp_path: Path, module: str) -> None:
    lay_out(tmp_path, EXPORTS)
    (tmp_path / "ui.yaml").write_text("people: people\nidle_minutes: none\n")
    arguments = ("--workspace", str(tmp_path / "workspace.yaml")) if module == "webserver" else ()
    ended = command(tmp_path, module, *arguments, environment={"TIEOUT_UI_SETTINGS": str(tmp_path / "ui.yaml")})
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (1, "", 1)
    assert ended.stderr.startswith(f"✗ {tmp_path / 'ui.yaml'}, line 2: idle_minutes: ")
