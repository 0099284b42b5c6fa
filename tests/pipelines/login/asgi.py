"""An ASGI application asked in this process, over HTTP and by a websocket, as a browser asks it."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Scope

HERE = "http://127.0.0.1:3000"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Headers
    body: bytes

    @property
    def cookie(self) -> str:
        """What a browser sends from now on."""
        return "; ".join(each.partition(";")[0] for each in self.headers.getlist("set-cookie"))


def scope(kind: str, method: str, path: str, headers: Mapping[str, str], address: str = "127.0.0.1") -> Scope:
    path, _, query = path.partition("?")
    named = {"host": "127.0.0.1:3000", **headers}
    return {
        "type": kind,
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in named.items()],
        "client": (address, 4000),
    }


def ask(app: ASGIApp, asked: Scope, body: bytes = b"") -> Answer:
    """Ask once."""
    sent: list[Message] = []
    given: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if not given:
            await asyncio.Event().wait()  # nobody leaves before the answer
        return given.pop()

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(_called(app, asked, receive, send))
    started, *parts = sent
    return Answer(started["status"], Headers(raw=started["headers"]), b"".join(part["body"] for part in parts))


async def _called(app: ASGIApp, *arguments: object) -> None:
    await app(*arguments)  # type: ignore[arg-type]


def get(app: ASGIApp, path: str, cookie: str = "", **headers: str) -> Answer:
    named = {"accept": "text/html", **({"cookie": cookie} if cookie else {}), **headers}
    return ask(app, scope("http", "GET", path, named))


def graphql(app: ASGIApp, cookie: str, query: str, variables: object = None, **headers: str) -> Answer:
    named = {"content-type": "application/json", "origin": HERE, **({"cookie": cookie} if cookie else {}), **headers}
    body = json.dumps({"query": query, "variables": variables}).encode()
    return ask(app, scope("http", "POST", "/graphql", {k: v for k, v in named.items() if v}), body)


def post_form(
    app: ASGIApp, path: str, fields: Mapping[str, str], cookie: str = "", origin: str = HERE, address: str = "127.0.0.1"
) -> Answer:
    named = {"content-type": "application/x-www-form-urlencoded", "cookie": cookie, "origin": origin}
    asked = scope("http", "POST", path, {k: v for k, v in named.items() if v}, address)
    return ask(app, asked, urlencode(fields).encode())


def listen(app: ASGIApp, cookie: str, said: Sequence[object], origin: str = HERE) -> list[Message]:
    """Open a websocket, say these, and give what was sent back."""
    sent: list[Message] = []
    given: list[Message] = [{"type": "websocket.connect"}]
    given += [{"type": "websocket.receive", "text": json.dumps(each)} for each in said]

    async def receive() -> Message:
        return given.pop(0) if given else {"type": "websocket.disconnect", "code": 1000}

    async def send(message: Message) -> None:
        sent.append(message)

    named = {"origin": origin, **({"cookie": cookie} if cookie else {})}
    asyncio.run(_called(app, scope("websocket", "GET", "/graphql", named), receive, send))
    return sent
