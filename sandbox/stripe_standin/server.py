"""Runs the stand-in: in a thread on a free port for tests, or in the foreground for a person."""

import asyncio
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from sandbox.serving import Server
from sandbox.stripe_standin import portal
from sandbox.stripe_standin.faults import Fault
from sandbox.stripe_standin.gateway import Gateway, Logged
from sandbox.stripe_standin.options import StandInOptions
from sandbox.stripe_standin.world import StripeWorld

_BACKLOG = 256


class StripeStandIn:
    """The stand-in in a thread of its own, over real HTTP on a free port of the loopback interface.

    >>> with StripeStandIn(StripeWorld()) as server:
    ...     server.url.startswith("http://127.0.0.1:")
    True
    """

    def __init__(self, world: StripeWorld, options: StandInOptions | None = None, *, port: int = 0) -> None:
        """Prepare to serve a world; it starts on entering the context. Port 0 is any that is free."""
        self.world, self._port = world, port
        self._wires: dict[tuple[str, int], asyncio.Transport] = {}
        self._gateway = Gateway(world, options or StandInOptions(), self._wires)
        self._socket = socket.socket()

    @property
    def url(self) -> str:
        """The base address, without a slash at its end."""
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    @property
    def log(self) -> list[Logged]:
        """Every request so far, in the order in which they were answered."""
        return list(self._gateway.log)

    @property
    def effects(self) -> int:
        """How many objects all requests changed."""
        return sum(line.effects for line in self.log)

    def fault(self, fault: Fault) -> None:
        """Let a fault wait for its requests."""
        self._gateway.faults.add(fault)

    def clear(self) -> None:
        """Forget the faults and the log; the world stays."""
        self._gateway.faults.clear()
        self._gateway.log.clear()

    def forget_keys(self) -> None:
        """Forget the idempotency keys that were answered, as after a day."""
        self._gateway.forget_keys()

    def __enter__(self) -> Self:
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", self._port))
        self._socket.listen(_BACKLOG)
        self._server = Server(_config(self.world, self._gateway, self._wires))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join()
        self._socket.close()


def serve(
    world: StripeWorld,
    options: StandInOptions | None = None,
    *,
    port: int = 8421,
    ready: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve a world on loopback in the foreground, until interrupted. `ready` is told the address; port 0 is any."""
    wires: dict[tuple[str, int], asyncio.Transport] = {}
    gateway = Gateway(world, options or StandInOptions(), wires)
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(_BACKLOG)
        ready(f"http://127.0.0.1:{listener.getsockname()[1]}")
        Server(_config(world, gateway, wires)).run(sockets=[listener])


def _config(world: StripeWorld, gateway: Gateway, wires: dict[tuple[str, int], asyncio.Transport]) -> uvicorn.Config:
    class _Wire(H11Protocol):
        """Knows its connection, so that a fault can break it."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._peer = transport.get_extra_info("peername")
            wires[self._peer] = transport

        def connection_lost(self, exc: Exception | None) -> None:
            wires.pop(self._peer, None)
            super().connection_lost(exc)

    async def session(request: Request) -> Response:
        return portal.page(world, request)

    app = Starlette(routes=[Route("/p/session/{token}", session), Route("/{rest:path}", gateway)])
    return uvicorn.Config(app, http=_Wire, lifespan="off", log_level="critical", access_log=False)
