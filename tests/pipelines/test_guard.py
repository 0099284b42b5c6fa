"""What the guard lets through to Dagster's web server, and what it refuses; in a browser: `tests/test_ui.py`."""

import asyncio

import pytest
from starlette.types import Message, Receive, Scope, Send

from pipelines.guard import Guard

JSON = {"content-type": "application/json"}
HERE = {"origin": "http://127.0.0.1:3000"}


def scope(method: str, path: str, headers: dict[str, str], host: str | None = "127.0.0.1:3000") -> Scope:
    path, _, query = path.partition("?")
    named = {**({} if host is None else {"host": host}), **headers}
    return {
        "type": "websocket" if method == "WS" else "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in named.items()],
    }


async def _dagster(_: Scope, __: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-security-policy", b"its own")]})
    await send({"type": "http.response.body", "body": b"dagster"})


def answer(asked: Scope, guard: Guard | None = None) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        if asked["type"] == "http":
            await asyncio.Event().wait()  # nobody leaves before the answer
        return {"type": "websocket.connect"}

    asyncio.run((guard or Guard(_dagster))(asked, receive, send))
    return sent


def status(asked: Scope, guard: Guard | None = None) -> int:
    first = answer(asked, guard)[0]
    return int(first["status"] if "status" in first else first["code"])


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/", {}),
        ("HEAD", "/", {}),
        ("GET", "/runs?q=1", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}),
        ("GET", "/static/a.js", {"sec-fetch-site": "same-origin", "sec-fetch-mode": "no-cors"}),
        ("GET", "/graphql", {"accept": "text/html"}),
        ("POST", "/graphql", {**JSON, **HERE, "sec-fetch-site": "same-origin"}),
        ("POST", "/graphql", {**JSON, "content-type": "application/json; charset=utf-8"}),
        ("POST", "/report_asset_materialization/a", JSON),
        ("WS", "/graphql", HERE),
    ],
)
def test_what_its_own_pages_and_programs_ask_is_handed_on(method: str, path: str, headers: dict[str, str]) -> None:
    assert status(scope(method, path, headers)) == 200


@pytest.mark.parametrize(
    ("method", "path", "headers", "expected"),
    [
        ("GET", "/graphql?query=mutation{x}", {}, 405),
        ("GET", "/graphql/?query={x}", {}, 405),
        ("HEAD", "/graphql?query={x}", {}, 405),
        ("GET", "/logs/a", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}, 403),
        ("GET", "/logs/a", {"sec-fetch-site": "same-site", "sec-fetch-mode": "cors"}, 403),
        ("POST", "/graphql", {**JSON, "origin": "http://evil.example"}, 403),
        ("POST", "/graphql", {**JSON, "origin": "null"}, 403),
        ("POST", "/graphql", {**JSON, "origin": "http://127.0.0.1:3001"}, 403),
        ("POST", "/graphql", {**JSON, "origin": "http://localhost:3000"}, 403),
        ("POST", "/graphql", {**JSON, **HERE, "sec-fetch-site": "same-site"}, 403),
        ("POST", "/graphql", {**JSON, "sec-fetch-site": "cross-site"}, 403),
        ("POST", "/graphql?query=mutation{x}", HERE, 415),
        ("POST", "/graphql", {**HERE, "content-type": "text/plain"}, 415),
        ("POST", "/graphql", {**HERE, "content-type": "text/plain; application/json"}, 415),
        ("POST", "/graphql", {**HERE, "content-type": "application/x-www-form-urlencoded"}, 415),
        ("POST", "/graphql", {**HERE, "content-type": "application/graphql"}, 415),
        ("POST", "/report_asset_materialization/a", HERE, 415),
        ("OPTIONS", "/graphql", {"origin": "http://evil.example"}, 405),
        ("PUT", "/graphql", {**JSON, **HERE}, 405),
        ("WS", "/graphql", {}, 1008),
        ("WS", "/graphql", {"origin": "http://evil.example"}, 1008),
        ("WS", "/graphql", {"origin": "null"}, 1008),
        ("WS", "/graphql", {"origin": "http://127.0.0.1:3001"}, 1008),
    ],
)
def test_what_only_another_page_would_ask_is_refused(
    method: str, path: str, headers: dict[str, str], expected: int
) -> None:
    assert status(scope(method, path, headers)) == expected


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:3000", "127.0.0.1", "[::1]:3000", "[::1]"])
def test_names_of_loopback_are_its_own(host: str) -> None:
    assert status(scope("GET", "/", {}, host)) == 200


@pytest.mark.parametrize(
    "host",
    [
        None,
        "",
        "evil.example",
        "evil.example:3000",
        "127.0.0.1.evil.example",
        "127.0.0.1:3000@evil.example",
        "10.0.0.5",
    ],
)
def test_any_other_name_is_refused_for_everything(host: str | None) -> None:
    for method, expected in (("GET", 403), ("POST", 403), ("WS", 1008)):
        assert status(scope(method, "/", {**JSON, "origin": f"http://{host}"}, host)) == expected


def test_two_names_are_refused() -> None:
    asked = scope("GET", "/", {})
    asked["headers"].append((b"host", b"localhost"))
    assert status(asked) == 403


def test_names_that_are_set_are_its_own_too_behind_https_as_well() -> None:
    guard = Guard(_dagster, ["Tieout.example"])
    for origin in ("https://tieout.example", "http://tieout.example"):
        assert status(scope("POST", "/graphql", {**JSON, "origin": origin}, "tieout.example"), guard) == 200
    assert status(scope("GET", "/", {}, "other.example"), guard) == 403


@pytest.mark.parametrize("host", ["localhost", "evil.example"])
def test_every_answer_carries_the_headers(host: str) -> None:
    [start, *_] = answer(scope("GET", "/", {}, host))
    headers = [(name.decode(), value.decode()) for name, value in start["headers"]]
    assert ("x-content-type-options", "nosniff") in headers
    assert ("x-frame-options", "DENY") in headers
    assert ("referrer-policy", "same-origin") in headers
    policies = [value for name, value in headers if name == "content-security-policy"]
    assert "frame-ancestors 'none'" in policies[-1]
    assert policies[:-1] == (["its own"] if host == "localhost" else [])
