"""Faults on demand: which requests they hit, how often, and what they look like on the wire.

A connection is closed without an answer by aborting its transport, which `abortable` puts within reach.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.netsuite_standin.options import Fault, FaultKind
from sandbox.netsuite_standin.wire import as_error

DROPPED = frozenset({"reset", "silence", "lost"})
"""The faults after which there is no answer."""


class Faults:
    """The faults that were ordered and are still to come, for calls of the script and for logins."""

    def __init__(self) -> None:
        self._calls: list[_Ordered] = []
        self._logins = 0

    def order(self, fault: Fault) -> None:
        """Order a fault. Faults of the same moment come in the order in which they were ordered."""
        self._calls.append(_Ordered(fault, fault.skip, fault.times))

    def order_for_logins(self, times: int) -> None:
        """Let the token endpoint be unavailable as often."""
        self._logins = times

    def clear(self) -> None:
        """Forget what was ordered and has not come yet."""
        self._calls.clear()
        self._logins = 0

    def due(self, action: str) -> FaultKind | None:
        """Say what goes wrong with a call of `action`, and use it up."""
        for ordered in self._calls:
            if ordered.fault.action not in {None, action}:
                continue
            if ordered.skip:
                ordered.skip -= 1
                continue
            ordered.times -= 1
            if not ordered.times:
                self._calls.remove(ordered)
            return ordered.fault.kind
        return None

    def of_login(self) -> Response | None:
        """Give the answer of an unavailable token endpoint, if that was ordered, and use it up."""
        if not self._logins:
            return None
        self._logins -= 1
        return unavailable()


@dataclass
class _Ordered:
    fault: Fault
    skip: int
    times: int


_ERRORS: Final[Mapping[str, tuple[int, str, str]]] = {
    "limit": (400, "SSS_REQUEST_LIMIT_EXCEEDED", "Request limit exceeded."),
    "busy": (429, "CONCURRENCY_LIMIT_EXCEEDED", "Request limit exceeded."),
    "error": (500, "UNEXPECTED_ERROR", "An unexpected error occurred. Error ID: k2x"),
}


def unavailable() -> Response:
    """Make the answer of a server that is down."""
    return PlainTextResponse("<html>Service Unavailable</html>", 503)


def answer_of(kind: FaultKind | None, request: Request) -> Response | None:
    """Give the answer that a fault has instead of the script's, if it is of that kind."""
    match kind:
        case "limit" | "busy" | "error":
            return as_error(request, *_ERRORS[kind])
        case "unavailable":
            return unavailable()
        case "garbage":
            return PlainTextResponse("<html>Maintenance</html>", 200)
        case "redirect":
            return Response(status_code=302, headers={"Location": "https://example.com/elsewhere"})
        case _:
            return None


async def drop(request: Request, *, at_once: bool) -> None:
    """Close the connection without an answer, or wait until the caller has lost patience."""
    if at_once:
        request.scope["tieout.abort"]()
    while (await request.receive())["type"] != "http.disconnect":
        pass


def abortable(inner: ASGIApp) -> ASGIApp:
    """Let an application's requests abort their connection: `drop` does."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        transport = getattr(getattr(send, "__self__", None), "transport", None)
        if transport is not None:
            scope["tieout.abort"] = transport.abort
        await inner(scope, receive, send)

    return app
