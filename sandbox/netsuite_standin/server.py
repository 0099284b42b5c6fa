"""The stand-in over real HTTP: the token endpoint, the RESTlet address, and one PATCH of the REST record API.

The order of a RESTlet call is NetSuite's: login, pool, deployment, content type, size, script, answer. Faults can be
ordered before or after the script runs. A connection is closed without an answer by aborting its transport.
"""

import asyncio
import socket
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import formatdate
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.netsuite_standin import records, script
from sandbox.netsuite_standin.errors import LoginError, RequestEndedError, ScriptError
from sandbox.netsuite_standin.logins import TOKEN_PATH, Certificate, Logins, Token, check_key
from sandbox.netsuite_standin.options import Fault, Options
from sandbox.netsuite_standin.searches import STANDARD_COLUMNS, Json, SavedSearch
from sandbox.netsuite_standin.world import World

RESTLET_PATH = "/app/site/hosting/restlet.nl"
CONTENT_TYPES = frozenset({"application/json", "application/xml", "text/plain"})
"""As they are written here: NetSuite tells upper from lower case (O:section_4619215993)."""

CUSTOMER_PATH = "/services/rest/record/v1/customer/{id:int}"


@dataclass(frozen=True)
class Call:
    """One RESTlet call that came in: what it asked for, and the HTTP status it got (0: no answer)."""

    action: str
    body: Mapping[str, Json]
    status: int
    units: int


class NetsuiteStandIn:
    """A NetSuite account on a loopback port, for the length of a `with`.

    Example:
        >>> with NetsuiteStandIn(World()) as netsuite:
        ...     netsuite.url.startswith("http://127.0.0.1:")
        True
    """

    def __init__(
        self,
        world: World,
        options: Options | None = None,
        searches: Sequence[SavedSearch] = (SavedSearch(columns=STANDARD_COLUMNS),),
        port: int = 0,
    ) -> None:
        self.world = world
        self.options = options or Options()
        self.searches = {search.id: search for search in searches}
        self.logins = Logins(self.options)
        self.calls: list[Call] = []
        self.most_at_once = 0
        self.tokens_issued = 0
        self._login_faults = 0
        self._faults: list[_Ordered] = []
        self._running = 0
        self._source = script.RESTLET.read_text(encoding="utf-8")
        self._socket = socket.create_server(("127.0.0.1", port))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._server = _Server(
            uvicorn.Config(
                self._app(), log_level="critical", ws="none", http="h11", timeout_graceful_shutdown=1, date_header=False
            )
        )
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.should_exit = self._server.force_exit = True
        self._thread.join()
        self._socket.close()

    def fail(self, fault: Fault) -> None:
        """Order a fault. Faults of the same moment come in the order in which they were ordered."""
        self._faults.append(_Ordered(fault, fault.skip, fault.times))

    def fail_logins(self, times: int) -> None:
        """Let the token endpoint answer 503 as often."""
        self._login_faults = times

    def register_certificate(self, client_id: str, certificate_id: str, public_pem: str, until: float = 1e12) -> None:
        """Map a certificate to an integration, as an administrator does on the client credentials page.

        Raises:
            ValueError: a key of a kind or length that NetSuite does not take.
        """
        check_key(public_pem)
        self.logins.certificates[certificate_id] = Certificate(client_id, public_pem, until)

    def register_token(self, consumer: tuple[str, str], token: tuple[str, str]) -> None:
        """Make an access token (id and secret) for an integration (consumer key and secret)."""
        self.logins.tokens[token[0]] = Token(consumer[0], consumer[1], token[1])

    def calls_of(self, action: str) -> list[Call]:
        """Give the calls of one action, in the order in which they ended."""
        return [call for call in self.calls if call.action == action]

    def serve_until_stopped(self) -> None:
        """Serve in this thread until a signal comes."""
        self._server.run([self._socket])

    # ---- the three addresses -----------------------------------------------------------------------------------------

    async def _token(self, request: Request) -> Response:
        if self._login_faults:
            self._login_faults -= 1
            return PlainTextResponse("<html>Service Unavailable</html>", 503)
        form = dict(parse_qsl((await request.body()).decode()))
        if request.headers.get("content-type") != "application/x-www-form-urlencoded":
            return _json({"error": "invalid_request"}, 400)
        try:
            token = await run_in_threadpool(self.logins.issue, form)
        except LoginError as error:
            realm = {"WWW-Authenticate": f'Basic realm="{self.options.account}"'} if error.status == 401 else {}  # noqa: PLR2004
            return _json({"error": error.oauth_error}, error.status, realm)
        self.tokens_issued += 1
        seconds: Json = (
            str(self.options.token_seconds) if self.options.expires_in_as_text else self.options.token_seconds
        )
        return _json({"access_token": token, "expires_in": seconds, "token_type": "Bearer"}, 200)

    async def _restlet(self, request: Request) -> Response:
        body = await request.body()
        try:
            parsed: Json = orjson.loads(body)
        except orjson.JSONDecodeError:
            parsed = None
        asked = parsed if isinstance(parsed, dict) else {}
        action = str(asked.get("action", ""))
        self._running += 1
        self.most_at_once = max(self.most_at_once, self._running)
        try:
            return await self._admitted(request, body, action, asked)
        finally:
            self._running -= 1

    async def _admitted(self, request: Request, body: bytes, action: str, asked: Mapping[str, Json]) -> Response:
        fault = self._due(action)
        host = script.Host(self.world, self.options, self.searches)
        response = _answer_of(fault) or self._refused(request, body)
        if response is None and fault in {"reset", "silence"}:
            await self._drop(request, at_once=fault == "reset")
            response = Response(status_code=500)
        elif response is None:
            started = time.monotonic()
            response = await run_in_threadpool(self._run, request, body, host)
            await asyncio.sleep(max(0.0, self.options.latency - (time.monotonic() - started)))
            if fault == "lost":
                await self._drop(request, at_once=True)
        status = 0 if fault in {"reset", "silence", "lost"} else response.status_code
        self.calls.append(Call(action, asked, status, host.used))
        return response

    async def _patch(self, request: Request) -> Response:
        try:
            self.logins.check(request.headers.get("authorization", ""), request.method, str(request.url))
        except LoginError:
            return _problem(401, "INVALID_LOGIN", "Invalid login attempt.")
        if self._running >= self.options.concurrency:
            return _problem(429, "CONCURRENCY_LIMIT_EXCEEDED", "Concurrent request limit exceeded. Request blocked.")
        changes = await request.json()
        await asyncio.sleep(self.options.latency)
        names = {"externalId": "externalid"}
        values = {names.get(name, name): str(value) for name, value in changes.items()}
        try:
            loaded = records.load(self.world, request.path_params["id"])
            records.save(self.world, loaded, values, ignore_mandatory=True)
        except ScriptError as error:
            if error.code == "RCRD_DSNT_EXIST":
                return _problem(404, "NONEXISTENT_ID", "Record does not exist.")
            return _problem(400, "USER_ERROR", f"Error while accessing a resource. {error.message}.")
        return Response(status_code=204, headers={"Location": str(request.url)})

    # ---- steps of a call ---------------------------------------------------------------------------------------------

    def _refused(self, request: Request, body: bytes) -> Response | None:
        try:
            self.logins.check(request.headers.get("authorization", ""), request.method, str(request.url))
        except LoginError as error:
            return self._not_let_in(error)
        if self._running > self.options.concurrency:
            return _error(400, "SSS_REQUEST_LIMIT_EXCEEDED", "Request limit exceeded.")
        return self._misaddressed(request) or self._unusable(request, body)

    def _misaddressed(self, request: Request) -> Response | None:
        message = "That Suitelet is invalid, disabled, or no longer exists."
        query = request.query_params
        named = (self.options.script, self.options.deployment)
        if (query.get("script"), query.get("deploy")) not in {named, self.options.numbers}:
            return _error(400, "SSS_INVALID_SCRIPTLET_ID", message)
        if not self.options.in_audience:
            status, code = self.options.outside
            return _error(status, code, "You do not have privileges to view this page.")
        return None if self.options.released else _error(400, self.options.unreleased_code, message)

    def _unusable(self, request: Request, body: bytes) -> Response | None:
        if body and request.method in {"GET", "DELETE"}:
            return _error(400, "INVALID_REQUEST", "A GET or DELETE request takes no body.")
        if request.method in {"POST", "PUT"} and request.headers.get("content-type") not in CONTENT_TYPES:
            return _error(415, "UNSUPPORTED_MEDIA_TYPE", "Invalid content type.")
        if len(body) > self.options.most_bytes:
            return _error(400, "SSS_FILE_CONTENT_SIZE_EXCEEDED", "The request is larger than 10 MB.")
        return None

    def _not_let_in(self, error: LoginError) -> Response:
        realm = (
            f'realm="{self.options.account}", error="{error.oauth_error}", error_description="Invalid login attempt."'
        )
        headers = {"WWW-Authenticate": f"Bearer {realm}"}
        return _error(self.options.refused_login, "INVALID_LOGIN_ATTEMPT", "Invalid login attempt.", headers)

    def _run(self, request: Request, body: bytes, host: script.Host) -> Response:
        is_json = request.headers.get("content-type") == "application/json"
        try:
            parsed = _parameters(request, body, is_json=is_json)
            answered = script.run(self._source, request.method.lower(), parsed, host)
        except ValueError:
            return _error(400, "INVALID_REQUEST", "The body cannot be read as its content type says.")
        except RequestEndedError as error:
            return _error(400, error.code, error.message)
        except ScriptError as error:
            if error.code == "METHOD_NOT_ALLOWED":
                return _error(405, error.code, error.message)
            return _error(400, error.code, self._thrown(error))
        return self._answered(answered, is_json=is_json)

    def _answered(self, answered: Json, *, is_json: bool) -> Response:
        if isinstance(answered, str) == is_json:
            message = "Invalid data format. You should return what was asked for."
            return _error(400, "INVALID_RETURN_DATA_FORMAT", message)
        response = _json(answered, 200) if is_json else PlainTextResponse(str(answered))
        if len(response.body) > self.options.most_bytes:
            return _error(400, "SSS_FILE_CONTENT_SIZE_EXCEEDED", "The answer is larger than 10 MB.")
        return response

    def _thrown(self, error: ScriptError) -> str:
        if not self.options.nested_errors:
            return error.message
        thrown = {"type": "error.SuiteScriptError", "name": error.code, "message": error.message, "stack": []}
        return orjson.dumps(thrown).decode()

    # ---- faults ------------------------------------------------------------------------------------------------------

    def _due(self, action: str) -> str | None:
        for ordered in self._faults:
            if ordered.fault.action not in {None, action}:
                continue
            if ordered.skip:
                ordered.skip -= 1
                continue
            ordered.times -= 1
            if not ordered.times:
                self._faults.remove(ordered)
            return ordered.fault.kind
        return None

    async def _drop(self, request: Request, *, at_once: bool) -> None:
        """Close the connection without an answer, or wait until the caller has lost patience."""
        if at_once:
            request.scope["tieout.abort"]()
        while (await request.receive())["type"] != "http.disconnect":
            pass

    def _app(self) -> ASGIApp:
        inner = Starlette(
            routes=[
                Route(TOKEN_PATH, self._token, methods=["POST"]),
                Route(RESTLET_PATH, self._restlet, methods=["GET", "POST", "PUT", "DELETE"]),
                Route(CUSTOMER_PATH, self._patch, methods=["PATCH"]),
            ]
        )

        def dated(send: Send) -> Send:
            async def send_with_date(message: Message) -> None:
                if message["type"] == "http.response.start":
                    MutableHeaders(scope=message)["Date"] = formatdate(self.options.clock(), usegmt=True)
                await send(message)

            return send_with_date

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            transport = getattr(getattr(send, "__self__", None), "transport", None)
            if transport is not None:
                scope["tieout.abort"] = transport.abort
            await inner(scope, receive, dated(send))

        return app


class _Server(uvicorn.Server):
    """Looks ten times as often whether it is to stop, as a test run starts and stops hundreds."""

    async def main_loop(self) -> None:
        while not self.should_exit:  # noqa: ASYNC110  set by other threads and by signals
            await asyncio.sleep(0.01)


@dataclass
class _Ordered:
    fault: Fault
    skip: int
    times: int


def _answer_of(fault: str | None) -> Response | None:
    """Give the answer that a fault has instead of the script's, if it is of that kind."""
    limit = "Request limit exceeded."
    answers = {
        "limit": _error(400, "SSS_REQUEST_LIMIT_EXCEEDED", limit),
        "busy": _error(429, "CONCURRENCY_LIMIT_EXCEEDED", limit),
        "unavailable": PlainTextResponse("<html>Service Unavailable</html>", 503),
        "error": _error(500, "UNEXPECTED_ERROR", "An unexpected error occurred. Error ID: k2x"),
        "garbage": PlainTextResponse("<html>Maintenance</html>", 200),
        "redirect": Response(status_code=302, headers={"Location": "https://example.com/elsewhere"}),
    }
    return answers.get(fault or "")


def _parameters(request: Request, body: bytes, *, is_json: bool) -> Json:
    """What a script is given: of a GET or DELETE the query, all of it text; else the body as its content type says."""
    if request.method in {"GET", "DELETE"}:
        return dict(request.query_params)
    given: Json = orjson.loads(body) if is_json else body.decode()
    return given


def _json(value: Json, status: int, headers: Mapping[str, str] | None = None) -> Response:
    return Response(orjson.dumps(value), status, dict(headers or {}), "application/json")


def _error(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """The error of a RESTlet, spaced as it was seen on the wire."""
    told = [orjson.dumps(text).decode() for text in (code, message)]
    body = f'{{"error" : {{"code" : {told[0]}, "message" : {told[1]}}}}}'
    return Response(body, status, dict(headers or {}), "application/json")


def _problem(status: int, code: str, message: str) -> Response:
    """The error of the REST record API (O:section_156570709583)."""
    details: Json = [{"detail": message, "o:errorCode": code}]
    return _json({"title": "Error", "status": status, "o:errorDetails": details}, status)
