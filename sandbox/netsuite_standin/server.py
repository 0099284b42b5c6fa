"""The stand-in over real HTTP: the token endpoint, the RESTlet address, and one PATCH of the REST record API.

Which calls do not reach the script is in `admission`, what goes wrong on demand, before or after the script runs, in
`faults`, the forms of answers are in `wire`, and what people open in a browser is in `visitors`.
"""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.netsuite_standin import engine, records
from sandbox.netsuite_standin.admission import refusal
from sandbox.netsuite_standin.cabinet import Script
from sandbox.netsuite_standin.caller import Caller
from sandbox.netsuite_standin.errors import LoginError, RequestEndedError, ScriptError
from sandbox.netsuite_standin.faults import DROPPED, Faults, abortable, answer_of, drop
from sandbox.netsuite_standin.filters import Json
from sandbox.netsuite_standin.logins import TOKEN_PATH, Certificate, Logins, Token, check_key
from sandbox.netsuite_standin.options import Fault, Options
from sandbox.netsuite_standin.script import Host
from sandbox.netsuite_standin.searches import STANDARD_COLUMNS, SavedSearch
from sandbox.netsuite_standin.serving import dated
from sandbox.netsuite_standin.visitors import Visitors
from sandbox.netsuite_standin.wire import as_error, as_json, as_problem, is_json, parameters, rows_of, thrown
from sandbox.netsuite_standin.world import World
from sandbox.serving import Server

RESTLET_PATH = "/app/site/hosting/restlet.nl"
CUSTOMER_PATH = "/services/rest/record/v1/customer/{id:int}"


@dataclass(frozen=True)
class Call:
    """One RESTlet call that came in: what it asked for, and the HTTP status it got (0: no answer)."""

    action: str
    body: Mapping[str, Json]
    status: int
    units: int


class NetsuiteStandIn:
    """A NetSuite account on a loopback port, for the length of a `with`. `script` is what its RESTlet runs.

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
        self.busy_seconds = 0.0
        self.tokens_issued = 0
        self.script = Script.shipped()
        self._faults = Faults()
        self._running = 0
        self._socket = socket.create_server(("127.0.0.1", port))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.visitors = Visitors(self.world, self.options, self.url, self._in_the_pool)
        self._server = Server(
            uvicorn.Config(
                self._app(),
                log_level="critical",
                ws="none",
                http="h11",
                timeout_graceful_shutdown=1,
                date_header=False,
                server_header=False,
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
        self._faults.order(fault)

    def fail_logins(self, times: int) -> None:
        """Let the token endpoint answer 503 as often."""
        self._faults.order_for_logins(times)

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
        if (down := self._faults.of_login()) is not None:
            return down
        form = dict(parse_qsl((await request.body()).decode()))
        if request.headers.get("content-type") != "application/x-www-form-urlencoded":
            return as_json({"error": "invalid_request"}, 400)
        try:
            token = await run_in_threadpool(self.logins.issue, form)
        except LoginError as error:
            realm = {"WWW-Authenticate": f'Basic realm="{self.options.account}"'} if error.status == 401 else {}  # noqa: PLR2004
            return as_json({"error": error.oauth_error}, error.status, realm)
        self.tokens_issued += 1
        whole = self.options.token_seconds
        seconds: Json = str(whole) if self.options.expires_in_as_text else whole
        return as_json({"access_token": token, "expires_in": seconds, "token_type": "Bearer"}, 200)

    async def _restlet(self, request: Request) -> Response:
        body = await request.body()
        try:
            parsed: Json = orjson.loads(body)
        except orjson.JSONDecodeError:
            parsed = None
        asked = parsed if isinstance(parsed, dict) else {}
        action = str(asked.get("action", ""))
        with self._in_the_pool():
            return await self._admitted(request, body, action, asked)

    @contextmanager
    def _in_the_pool(self) -> Iterator[bool]:
        """Take a place in the account's pool; gives whether there was one left."""
        self._running += 1
        self.most_at_once, came = max(self.most_at_once, self._running), time.monotonic()
        try:
            yield self._running <= self.options.concurrency
        finally:
            self._running -= 1
            self.busy_seconds += time.monotonic() - came

    async def _admitted(self, request: Request, body: bytes, action: str, asked: Mapping[str, Json]) -> Response:
        fault = self._faults.due(action)
        caller = Caller(permissions=self.options.permissions, address=self.url)
        host = Host(self.world, self.options, self.searches, caller)
        response = answer_of(fault, request) or refusal(request, body, self.options, self.logins, self._running)
        if response is None and fault in {"reset", "silence"}:
            await drop(request, at_once=fault == "reset")
            response = Response(status_code=500)
        elif response is None:
            started = time.monotonic()
            await asyncio.sleep(self.options.latency)  # calls of the same moment all come in before a script runs
            response = await run_in_threadpool(self._run, request, body, host)
            takes = self.options.latency + self.options.row_latency * rows_of(asked, response)
            await asyncio.sleep(max(0.0, started + takes - time.monotonic()))
            if fault == "lost":
                await drop(request, at_once=True)
        status = 0 if fault in DROPPED else response.status_code
        self.calls.append(Call(action, asked, status, host.used))
        return response

    async def _patch(self, request: Request) -> Response:
        try:
            self.logins.check(request.headers.get("authorization", ""), request.method, str(request.url))
        except LoginError:
            return as_problem(401, "INVALID_LOGIN", "Invalid login attempt.")
        if self._running >= self.options.concurrency:
            return as_problem(429, "CONCURRENCY_LIMIT_EXCEEDED", "Concurrent request limit exceeded. Request blocked.")
        changes = await request.json()
        await asyncio.sleep(self.options.latency)
        names = {"externalId": "externalid"}
        values = {names.get(name, name): str(value) for name, value in changes.items()}
        try:
            loaded = records.load(self.world, request.path_params["id"])
            records.save(self.world, loaded, values, ignore_mandatory=True)
        except ScriptError as error:
            if error.code == "RCRD_DSNT_EXIST":
                return as_problem(404, "NONEXISTENT_ID", "Record does not exist.")
            return as_problem(400, "USER_ERROR", f"Error while accessing a resource. {error.message}.")
        return Response(status_code=204, headers={"Location": str(request.url)})

    def _run(self, request: Request, body: bytes, host: Host) -> Response:
        try:
            answered = engine.run(self.script, request.method.lower(), parameters(request, body), host)
        except ValueError:
            return as_error(request, 400, "INVALID_REQUEST", "The body cannot be read as its content type says.")
        except RequestEndedError as error:
            return as_error(request, 400, error.code, error.message)
        except ScriptError as error:
            if error.code == "METHOD_NOT_ALLOWED":
                return as_error(request, 405, error.code, error.message)
            return as_error(request, 400, error.code, thrown(error, nested=self.options.nested_errors))
        return self._answered(request, answered)

    def _answered(self, request: Request, answered: Json) -> Response:
        if isinstance(answered, str) == is_json(request):
            message = "Invalid data format. You should return what was asked for."
            return as_error(request, 400, "INVALID_RETURN_DATA_FORMAT", message)
        response = as_json(answered) if is_json(request) else PlainTextResponse(str(answered))
        if len(response.body) > self.options.most_bytes:
            return as_error(request, 400, "SSS_FILE_CONTENT_SIZE_EXCEEDED", "The answer is larger than 10 MB.")
        return response

    def _app(self) -> ASGIApp:
        inner = Starlette(
            routes=[
                Route(TOKEN_PATH, self._token, methods=["POST"]),
                Route(RESTLET_PATH, self._restlet, methods=["GET", "POST", "PUT", "DELETE"]),
                Route(CUSTOMER_PATH, self._patch, methods=["PATCH"]),
                *self.visitors.routes,
            ]
        )

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await inner(scope, receive, dated(send, self.options.clock))

        return abortable(app)
