"""The way of one request through the stand-in: access, limits, faults, idempotency, the endpoint, the wire.

Every request is written into a log with the number of effects it had, which is how a test proves that each effect
happened once, whatever broke on the way.
"""

import asyncio
import gzip
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from operator import itemgetter
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from sandbox.stripe_standin.access import admit
from sandbox.stripe_standin.endpoints import Call, Endpoint, Endpoints
from sandbox.stripe_standin.faults import Fault, Faults
from sandbox.stripe_standin.idempotency import IdempotencyKeys
from sandbox.stripe_standin.limits import Limits, lock_timeout, too_many
from sandbox.stripe_standin.options import StandInOptions
from sandbox.stripe_standin.wire import Answer, Refusal, read_form
from sandbox.stripe_standin.world import StripeWorld

_COMPRESSED_FROM: Final = 1_000


@dataclass(frozen=True)
class Logged:
    """One request as it went: `status` 0 means that no answer arrived."""

    method: str
    path: str
    query: str
    account: str
    idempotency_key: str | None
    status: int
    effects: int
    request_id: str
    replayed: bool
    fault: str | None


@dataclass
class _Passage:
    """What is known of a request while it passes."""

    request_id: str
    answers: int
    """How many requests had been answered when it came."""
    account: str = ""
    fault: Fault | None = None
    effects: int = 0


class Gateway:
    """The ASGI application behind every path."""

    def __init__(
        self, world: StripeWorld, options: StandInOptions, wires: Mapping[tuple[str, int], asyncio.Transport]
    ) -> None:
        """Serve a world. `wires` are the open connections by peer address, needed to break them."""
        self.log: list[Logged] = []
        self.faults = Faults()
        self._world, self._options, self._wires = world, options, wires
        self._endpoints = Endpoints(options)
        self._limits = Limits(options)
        self._keys = IdempotencyKeys(world.clock)
        self._numbers = count(1)
        self._lock = threading.Lock()
        self._answered, self._answers = asyncio.Condition(), 0

    def forget_keys(self) -> None:
        """Forget the idempotency keys that were answered, as after a day."""
        self._keys.forget_answered()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or break its connection if its fault says so."""
        request = Request(scope, receive)
        body = await request.body()
        passage = _Passage(f"req_{next(self._numbers):014d}", self._answers)
        answer = await self._answer(request, body, passage)
        broken = passage.fault is not None and passage.fault.kind == "reset"
        self._write_log(request, passage, answer, broken=broken)
        async with self._answered:
            self._answers += 1
            self._answered.notify_all()
        wire = self._wires[scope["client"]]
        if broken:
            wire.abort()
            await asyncio.sleep(0.01)
        elif passage.fault is not None and passage.fault.kind == "truncated":
            await self._send_half(request, answer, send)
            wire.close()
        else:
            await self._send(request, answer, send)

    async def _answer(self, request: Request, body: bytes, passage: _Passage) -> Answer:
        try:
            endpoint, customer = self._endpoints.find(request.method, request.url.path)
            key, passage.account = admit(self._world, request.headers, endpoint)
            with self._limits.admit(passage.account, endpoint.name, livemode=key.livemode):
                passage.fault = self.faults.strike(request.method, request.url.path, request.url.query)
                return await self._pass(request, body, passage, (endpoint, customer, key.livemode))
        except Refusal as refusal:
            answer = refusal.answer()
            named = {} if refusal.code == "lock_timeout" else {"Request-Id": passage.request_id}
            return Answer(answer.status, answer.body, {**answer.headers, **named})

    async def _pass(
        self, request: Request, body: bytes, passage: _Passage, target: tuple[Endpoint, str, bool]
    ) -> Answer:
        fault = passage.fault
        if fault is not None and not fault.after_effect:
            _refuse_early(fault)
        if fault is not None and fault.kind == "reset" and not fault.after_effect:
            return Answer(0, b"")
        answer = await self._idempotently(request, body, passage, target)
        passage.effects = answer.effects
        headers = {**answer.headers, "Request-Id": passage.request_id}
        if "stripe-version" in request.headers:
            headers["Stripe-Version"] = request.headers["stripe-version"]
        if fault is not None and fault.kind == "late" and fault.after_effect:
            await self._another_answer(passage)
        return Answer(answer.status, answer.body, headers, answer.effects)

    async def _idempotently(
        self, request: Request, body: bytes, passage: _Passage, target: tuple[Endpoint, str, bool]
    ) -> Answer:
        endpoint, customer, livemode = target
        text = body.decode() if request.method == "POST" else request.url.query
        pairs = parse_qsl(text, keep_blank_values=True)
        params = read_form(pairs)
        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        book = self._world.book(passage.account, livemode=livemode)
        other = self._world.book(passage.account, livemode=not livemode)
        call = Call(book, customer, params, key, other)
        if key is None:
            return await self._run(endpoint, call, passage)
        scope = f"{passage.account} {livemode}"
        replay = self._keys.begin(
            scope, key, f"{request.url.path} {sorted(pairs, key=itemgetter(0))}", passage.request_id
        )
        if replay is not None:
            return Answer(replay.status, replay.body, {**replay.headers, "Idempotency-Key": key})
        try:
            answer = await self._run(endpoint, call, passage)
        except Refusal:
            self._keys.forget(scope, key)
            raise
        self._keys.keep(scope, key, answer)
        return Answer(answer.status, answer.body, {**answer.headers, "Idempotency-Key": key}, answer.effects)

    async def _run(self, endpoint: Endpoint, call: Call, passage: _Passage) -> Answer:
        fault = passage.fault
        await asyncio.sleep(self._options.latency)
        if fault is not None and fault.kind == "late" and not fault.after_effect:
            await self._another_answer(passage)
        answer = endpoint.run(call)
        if fault is None or fault.kind != "server_error" or not fault.after_effect:
            return answer
        failed = _server_error(fault).answer()
        return Answer(failed.status, failed.body, failed.headers, answer.effects)

    async def _another_answer(self, passage: _Passage) -> None:
        async with self._answered:
            await self._answered.wait_for(lambda: self._answers > passage.answers)

    def _write_log(self, request: Request, passage: _Passage, answer: Answer, *, broken: bool) -> None:
        line = Logged(
            method=request.method,
            path=request.url.path,
            query=request.url.query,
            account=passage.account,
            idempotency_key=request.headers.get("idempotency-key"),
            status=0 if broken else answer.status,
            effects=passage.effects,
            request_id=passage.request_id,
            replayed="Idempotent-Replayed" in answer.headers,
            fault=passage.fault.kind if passage.fault else None,
        )
        with self._lock:
            self.log.append(line)

    async def _send(self, request: Request, answer: Answer, send: Send) -> None:
        headers, body = self._encoded(request, answer)
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _send_half(self, request: Request, answer: Answer, send: Send) -> None:
        headers, body = self._encoded(request, answer)
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})

    def _encoded(self, request: Request, answer: Answer) -> tuple[list[tuple[bytes, bytes]], bytes]:
        body, headers = answer.body, {"Content-Type": "application/json", **answer.headers}
        accepted = "gzip" in request.headers.get("accept-encoding", "")
        if self._options.gzip and accepted and len(body) >= _COMPRESSED_FROM:
            body, headers["Content-Encoding"] = gzip.compress(body, compresslevel=1), "gzip"
        headers["Content-Length"] = str(len(body))
        return [(name.lower().encode(), value.encode()) for name, value in headers.items()], body


def _refuse_early(fault: Fault) -> None:
    match fault.kind:
        case "rate_limited":
            raise too_many(fault.reason, fault.retry_after)
        case "lock_timeout":
            raise lock_timeout()
        case "server_error":
            raise _server_error(fault)
        case "reset" | "truncated" | "late":
            return


def _server_error(fault: Fault) -> Refusal:
    headers = {} if fault.should_retry is None else {"Stripe-Should-Retry": str(fault.should_retry).lower()}
    return Refusal(fault.status, "An unknown error occurred.", type_="api_error").with_headers(headers)
