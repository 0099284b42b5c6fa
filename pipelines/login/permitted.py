"""What goes on to Dagster's web server and for whom, request by request and message by message; judged in `permits`.

What goes on is written anew from what was judged, so that nobody reads it in another way.
"""

import json
from typing import Final

from anyio.to_thread import run_sync
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipelines.login.launches import Workspace
from pipelines.login.permits import Permit, RefusedError
from pipelines.login.roles import may
from pipelines.login.sessions import PERSON, Person

GRAPHQL: Final = "/graphql"
_REPORTS: Final = "/report_asset_"
"""Where Dagster takes events of assets that others make."""
_AROUND: Final = ("connection_init", "connection_terminate", "stop")
_LARGEST: Final = 4 * 1024**2
_REFUSED: Final = 1008
_NOBODY: Final = Person("", "look")


class Permitted:
    """An ASGI application that refuses what a person may not do, and hands everything else on."""

    def __init__(self, app: ASGIApp, workspace: Workspace, *, read_only: bool = False) -> None:
        """Put the roles before an application.

        Args:
            app: what is behind them.
            workspace: who knows what there is to be started.
            read_only: whether everybody may look and nothing else, whatever their role.
        """
        self._app, self._workspace, self._read_only = app, workspace, read_only

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        known = scope.get(PERSON)
        person = known if isinstance(known, Person) else _NOBODY
        if self._read_only:
            person = Person(person.name, "look")
        permit, scope = Permit(person, self._workspace), {**scope, PERSON: person}
        if scope["type"] == "websocket":
            await self._app(scope, _listening(permit, receive, send), send)
        elif scope["method"] in {"GET", "HEAD"}:
            await self._app(scope, receive, send)
        elif scope["path"] == GRAPHQL:
            await self._ask(permit, scope, receive, send)
        elif may(person.role, "approve") and scope["path"].startswith(_REPORTS):
            await self._app(scope, receive, send)
        else:
            await PlainTextResponse("This is not for you, or there is nothing here.\n", 403)(scope, receive, send)

    async def _ask(self, permit: Permit, scope: Scope, receive: Receive, send: Send) -> None:
        body = b""
        async for chunk in Request(scope, receive).stream():
            body += chunk
            if len(body) > _LARGEST:
                await PlainTextResponse("This request is too large.\n", 413)(scope, receive, send)
                return
        try:
            judged = await run_sync(_judged, permit, body)
        except RefusedError as refused:
            await _refusal(refused)(scope, receive, send)
            return
        headers = MutableHeaders(raw=list(scope["headers"]))
        headers["content-length"], headers["content-type"] = str(len(judged)), "application/json"
        await self._app({**scope, "headers": headers.raw}, _with(judged, receive), send)


def _judged(permit: Permit, body: bytes) -> bytes:
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        raise RefusedError("This request is no JSON.") from None
    return json.dumps(permit.judged(asked)).encode()


def _refusal(refused: RefusedError) -> JSONResponse:
    """As Dagster says that it could not start a run, which its pages show; else as GraphQL says an error."""
    sentence = str(refused)
    if refused.fields:
        shown = {"__typename": "PythonError", "message": sentence, "stack": [], "errorChain": [], "causes": []}
        return JSONResponse({"data": dict.fromkeys(refused.fields, shown)})
    return JSONResponse({"data": None, "errors": [{"message": sentence}]}, 403)


def _with(body: bytes, receive: Receive) -> Receive:
    """The same request with this body."""
    is_given = False

    async def received() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return received


def _listening(permit: Permit, receive: Receive, send: Send) -> Receive:
    """Hands on what starts and stops a subscription; whatever else is said ends the connection."""

    async def received() -> Message:
        message = await receive()
        if message["type"] != "websocket.receive":
            return message
        try:
            return {"type": "websocket.receive", "text": _listened(permit, message.get("text"))}
        except RefusedError as refused:
            await send({"type": "websocket.close", "code": _REFUSED, "reason": str(refused)})
            return {"type": "websocket.disconnect", "code": _REFUSED}

    return received


def _listened(permit: Permit, text: object) -> str:
    try:
        said = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        said = None
    known = said if isinstance(said, dict) else {}
    kind = known.get("type")
    if kind == "start":
        return json.dumps({**known, "payload": permit.subscribed(known.get("payload"))})
    if kind not in _AROUND:
        raise RefusedError("Only subscriptions are asked for here.")
    return json.dumps(known)
