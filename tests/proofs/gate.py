"""A way to a server that can be closed: who comes then is let in, and gets no answer."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final, Self
from urllib.parse import urlsplit

_CHUNK: Final = 65_536


class Gate:
    """Passes bytes on to a server on loopback, as long as it is open."""

    def __init__(self, url: str) -> None:
        """`url` is the server's; `self.url` takes its place."""
        self._to = urlsplit(url)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._is_closed, self._arrived = threading.Event(), threading.Event()
        self._held: list[socket.socket] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._let_in, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    @contextmanager
    def closed(self) -> Iterator[threading.Event]:
        """Answer nobody who comes while the body runs; gives what is set when the first one has come."""
        self._arrived.clear()
        self._is_closed.set()
        try:
            yield self._arrived
        finally:
            self._is_closed.clear()
            while self._held:
                self._held.pop().close()

    def _let_in(self) -> None:
        with suppress(OSError):
            while True:
                came, _ = self._listener.accept()
                if self._is_closed.is_set():
                    self._held.append(came)
                    self._arrived.set()
                else:
                    threading.Thread(target=self._pass_on, args=(came,), daemon=True).start()

    def _pass_on(self, came: socket.socket) -> None:
        with came, socket.create_connection((str(self._to.hostname), int(self._to.port or 0))) as server:
            back = threading.Thread(target=_pump, args=(server, came), daemon=True)
            back.start()
            _pump(came, server)
            back.join()


def _pump(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while data := one.recv(_CHUNK):
            other.sendall(data)
    for end in (one, other):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
