"""One event is one POST that is taken; whatever else happens is a line in the log, soon, and shows no address."""

import json
import logging
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from resources.notify.webhook import WebhookNotifier
from tests.resources.notify.events import event
from tests.resources.raw_server import Asked, RawServer, Sent, raw_server

SECRET = "/hooks/T0/xoxb-hush"


def told(url: str, **given: float) -> WebhookNotifier:
    return WebhookNotifier(url=url, first_wait=0.01, **{"answer_seconds": 2, **given})


@contextmanager
def answers(*statuses: int) -> Iterator[RawServer]:
    """A server that answers with these, one after the other, and then with the last one for ever."""
    left = list(statuses)

    def answer(_: Asked) -> Sent:
        return Sent(status=left.pop(0) if len(left) > 1 else left[0], headers={"Location": "/elsewhere"})

    with raw_server(answer) as server:
        yield server


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    caplog.set_level(logging.WARNING, "tieout.notify")
    return lambda: [record.message for record in caplog.records if record.name == "tieout.notify"]


def test_an_event_is_posted_once_as_json_with_its_sentence(said: Callable[[], list[str]]) -> None:
    with answers(204) as server:
        told(server.url + SECRET).notify([event()])
    assert [json.loads(asked.body) for asked in server.asked] == [
        {
            "declaration": "acme",
            "job": "acme_daily",
            "run_id": "4f1c",
            "occasion": "failure",
            "at": "2026-08-31T05:31:00Z",
            "counts": {"write_plan/changes": 7},
            "plan": "a" * 64,
            "failed": ["acme__write_plan: UserError"],
            "results": "/srv/out/acme",
            "text": "acme_daily has failed in acme__write_plan: UserError (run 4f1c).",
        }
    ]
    assert said() == []


@pytest.mark.parametrize(("statuses", "posts"), [([200], 1), ([204], 1), ([503, 429, 200], 3), ([500, 202], 2)])
def test_what_may_pass_is_tried_again_until_it_is_taken(
    statuses: list[int], posts: int, said: Callable[[], list[str]]
) -> None:
    with answers(*statuses) as server:
        told(server.url + SECRET).notify([event()])
    assert [(asked.method, asked.target) for asked in server.asked] == [("POST", SECRET)] * posts
    assert said() == []


@pytest.mark.parametrize(("status", "posts"), [(503, 3), (429, 3), (404, 1), (400, 1), (302, 1), (307, 1)])
def test_what_is_not_taken_is_a_line_in_the_log(status: int, posts: int, said: Callable[[], list[str]]) -> None:
    with answers(status) as server:
        told(server.url + SECRET).notify([event()])
    assert len(server.asked) == posts
    assert said() == [f"Nobody was told that {event().sentence} The webhook answers HTTP {status}; check notify.url."]


def test_nobody_there_and_no_answer_in_time_are_lines_that_name_no_address(said: Callable[[], list[str]]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        nobody = f"http://127.0.0.1:{gone.getsockname()[1]}{SECRET}"
    told(nobody).notify([event()])
    with socket.create_server(("127.0.0.1", 0)) as silent:
        started = time.monotonic()
        told(f"http://127.0.0.1:{silent.getsockname()[1]}{SECRET}", answer_seconds=0.1).notify([event()])
    assert time.monotonic() - started < 5
    assert ["(ConnectionError)" in said()[0], "(ReadTimeout)" in said()[1]] == [True, True]
    assert not [line for line in said() if "hush" in line or "127.0.0.1" in line]
    assert "hush" not in repr(told(nobody))


def test_nothing_of_the_machine_touches_a_post(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login intruder password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    with answers(200) as server:
        told(server.url + SECRET).notify([event()])
    assert "authorization" not in server.asked[0].headers
