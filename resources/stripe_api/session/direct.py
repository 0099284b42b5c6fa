"""Connections without a proxy: kept open, each used by one thread at a time, with little around a request.

Connecting is urllib3's, with its certificates, timeouts and errors. What it does around each request after that is not
needed here, and would be a fifth of what a whole read costs; so requests go through the standard library.
"""

import http.client
import ssl
import zlib
from collections.abc import Iterator, Mapping
from email.message import Message
from queue import Empty, LifoQueue
from typing import Final

import urllib3
from urllib3 import exceptions
from urllib3.connection import HTTPConnection, HTTPSConnection

from resources.http.answer import LARGEST_ANSWER, Reply, whole_body

_CHUNK: Final = 1 << 20
_GZIP: Final = 16 + zlib.MAX_WBITS
_PLAIN: Final = http.client.HTTPConnection


class Direct:
    """The connections to one host. Safe for threads; the last one used is used first, so that few are kept awake."""

    def __init__(self, url: str, *, connect_timeout: float, read_timeout: float) -> None:
        """Open no connection yet."""
        self._url = urllib3.util.parse_url(url)
        self._connect_timeout, self._read_timeout = connect_timeout, read_timeout
        self._idle: LifoQueue[HTTPConnection] = LifoQueue()

    def send(self, method: str, target: str, headers: Mapping[str, str], body: str | None, *, seconds: float) -> Reply:
        """Send one request; the whole answer must have come within so many seconds after its head.

        Raises:
            exceptions.HTTPError: as urllib3 names what went wrong.
            AnswerTooLargeError, AnswerTooSlowError: see `whole_body`.
        """
        connection = self._connection()
        try:
            reply, may_be_kept = self._asked(connection, method, target, headers, body, seconds)
        except BaseException as error:
            connection.close()
            named = _named(error, target)
            if named is None:
                raise
            raise named from error
        if may_be_kept:
            self._idle.put(connection)
        else:
            connection.close()
        return reply

    def close(self) -> None:
        """Close the connections that nobody uses."""
        while (connection := self._kept()) is not None:
            connection.close()

    def _kept(self) -> HTTPConnection | None:
        try:
            return self._idle.get_nowait()
        except Empty:
            return None

    def _connection(self) -> HTTPConnection:
        """One that is open: what the other side closed meanwhile is opened anew, before anything is sent."""
        connection = self._kept() or self._new()
        if not connection.is_connected:
            connection.close()
        return connection

    def _new(self) -> HTTPConnection:
        kind = HTTPSConnection if self._url.scheme == "https" else HTTPConnection
        return kind(str(self._url.host), self._url.port, timeout=self._connect_timeout)

    def _asked(
        self,
        connection: HTTPConnection,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: str | None,
        seconds: float,
    ) -> tuple[Reply, bool]:
        if connection.sock is None:
            self._open(connection)
        data = None if body is None else body.encode()
        _PLAIN.putrequest(connection, method, target, skip_accept_encoding=True)
        for name, value in headers.items():
            _PLAIN.putheader(connection, name, value)
        if data is not None:
            _PLAIN.putheader(connection, "Content-Length", str(len(data)))
        _PLAIN.endheaders(connection, data)
        answer = _PLAIN.getresponse(connection)
        reply = Reply(answer.status, _Headers(answer.headers), whole_body(_parts(answer), seconds=seconds))
        answer.close()
        return reply, not answer.will_close

    def _open(self, connection: HTTPConnection) -> None:
        connection.connect()
        if (sock := connection.sock) is not None:
            sock.settimeout(self._read_timeout)


class _Headers(Mapping[str, str]):
    """Headers by name, in any case; put into words only where they are asked for, which is hardly ever."""

    def __init__(self, message: Message) -> None:
        self._message = message

    def __getitem__(self, name: str) -> str:
        value = self._message.get(name)
        if value is None:
            raise KeyError(name)
        return str(value)

    def __iter__(self) -> Iterator[str]:
        return iter(self._message.keys())

    def __len__(self) -> int:
        return len(self._message)


def _named(error: BaseException, target: str) -> exceptions.HTTPError | None:
    """What urllib3 would call it, if it is a failure of the connection that has no such name yet."""
    match error:
        case TimeoutError():
            return exceptions.ReadTimeoutError(None, target, "no answer in time")  # type: ignore[arg-type]
        case ssl.SSLError():
            return exceptions.SSLError(error)
        case zlib.error():
            return exceptions.DecodeError(error)
        case OSError() | http.client.HTTPException():
            return exceptions.ProtocolError("the connection broke", error)
        case _:
            return None


def _parts(answer: http.client.HTTPResponse) -> Iterator[bytes]:
    """The body as it arrives, unpacked. Raises HTTPException where it ends too soon, zlib.error where it is damaged."""
    coding = answer.getheader("Content-Encoding", "").strip().lower()
    raw = iter(lambda: answer.read1(_CHUNK), b"")
    if coding in {"gzip", "x-gzip"}:
        unpacking = zlib.decompressobj(_GZIP)
        for part in raw:
            yield unpacking.decompress(part, LARGEST_ANSWER + 1)
        if not unpacking.eof:
            _see_that_it_is_whole(answer)
            raise zlib.error("cut short")
    elif coding in {"", "identity"}:
        yield from raw
    else:
        raise zlib.error(f"packed as {coding[:40]}")
    _see_that_it_is_whole(answer)


def _see_that_it_is_whole(answer: http.client.HTTPResponse) -> None:
    if answer.length:
        raise http.client.IncompleteRead(b"", answer.length)
