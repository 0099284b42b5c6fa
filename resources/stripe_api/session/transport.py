"""One request and its answer: over the declared address and proxy, and nothing else that the machine has set up.

libcurl carries it, with less than half of the CPU that a client in Python takes for a page. No redirect is followed,
and neither `~/.netrc` nor a proxy of the environment is asked. An answer has a limit in size and in time. What it means
is not decided here.
"""

import ssl
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

import pycurl
import stripe
from requests.structures import CaseInsensitiveDict

from resources.http.answer import LARGEST_ANSWER, Reply
from resources.stripe_api.session.account import StripeAccount
from resources.stripe_api.session.retry import Kind, TransientFailure

Options = Sequence[tuple[int, int | str]]
"""What libcurl is told: an option's number, and its value."""


class Wire:
    """The connections to one address, for reads and for writes. Safe for threads.

    A handle of libcurl keeps its connection; the last one used is used first, so that few are kept awake.
    """

    def __init__(self, account: StripeAccount) -> None:
        """Open no connection yet."""
        self._options = options_of(account)
        self._idle: deque[pycurl.Curl] = deque()

    def send(self, method: str, url: str, headers: Mapping[str, str], body: str | None = None) -> Reply:
        """Send one request to a whole address. Raises TransientFailure if no whole answer comes back."""
        try:
            curl = self._idle.pop()
        except IndexError:
            curl = pycurl.Curl()
        try:
            return self._sent(curl, method, url, headers, body)
        finally:
            self._idle.append(curl)

    def close(self) -> None:
        """Close the connections."""
        while self._idle:
            self._idle.pop().close()

    def _sent(self, curl: pycurl.Curl, method: str, url: str, headers: Mapping[str, str], body: str | None) -> Reply:
        curl.reset()
        prepare(curl, self._options, headers)
        received = Received(curl)
        curl.setopt(pycurl.URL, url)
        if body is not None:
            curl.setopt(pycurl.POSTFIELDS, body.encode())
        curl.setopt(pycurl.CUSTOMREQUEST, method)
        try:
            curl.perform()
        except pycurl.error as error:
            raise received.failure(int(error.args[0])) from None
        return received.reply()


class SdkTransport(stripe.HTTPClient):
    """Carries what Stripe's SDK sends over our wire. `check` sees each reply before the SDK does, and may raise."""

    name = "pycurl"

    def __init__(self, wire: Wire, check: Callable[[Reply], None]) -> None:
        """Use a wire that somebody else closes."""
        super().__init__()
        self._wire, self._check = wire, check

    def request(  # type: ignore[override] # the base class has one parameter more, which it never gives
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: str | None = None
    ) -> tuple[str, int, Mapping[str, str]]:
        """Send one request; see the base class."""
        reply = self._wire.send(method.upper(), url, headers or {}, post_data)
        self._check(reply)
        return reply.body.decode(), reply.status, reply.headers

    def close(self) -> None:
        """Close nothing: the wire is not ours."""


class Received:
    """An answer while it arrives on a handle, unpacked."""

    def __init__(self, curl: pycurl.Curl) -> None:
        """Take what the next transfer of a handle brings."""
        self._curl = curl
        self._head: list[bytes] = []
        self._parts: list[bytes] = []
        self._size = 0
        curl.setopt(pycurl.HEADERFUNCTION, self._head.append)
        curl.setopt(pycurl.WRITEFUNCTION, self._take)

    def reply(self) -> Reply:
        """The answer, once it is whole."""
        return Reply(self._curl.getinfo(pycurl.RESPONSE_CODE), self._headers(), b"".join(self._parts))

    def failure(self, code: int) -> TransientFailure:
        """Put a failure of the connection, by libcurl's number, into words of ours: libcurl's may name the proxy."""
        if self._is_too_large:
            return TransientFailure(f"its answer is larger than {LARGEST_ANSWER >> 20} MB", passes=False)
        if code in {pycurl.E_PEER_FAILED_VERIFICATION, pycurl.E_SSL_CACERT_BADFILE}:
            return TransientFailure("its certificate cannot be trusted", passes=False)
        if self._curl.getinfo(pycurl.HTTP_CONNECTCODE) >= _REFUSED:
            return TransientFailure("the proxy refuses the connection", passes=False)
        if code == pycurl.E_OPERATION_TIMEDOUT and not self._curl.getinfo(pycurl.PRETRANSFER_TIME):
            return TransientFailure("no connection in time", kind="unreachable")
        words, kind = _WORDS.get(code, ("the connection broke", "silent"))
        return TransientFailure(words, kind=kind)

    @property
    def _is_too_large(self) -> bool:
        return self._size > LARGEST_ANSWER

    def _take(self, part: bytes) -> int | None:
        """Keep a part; a number other than its length ends the transfer."""
        self._size += len(part)
        if self._is_too_large:
            return -1
        self._parts.append(part)
        return None

    def _headers(self) -> Mapping[str, str]:
        """The headers, whatever comes before the last status line left out."""
        found: CaseInsensitiveDict[str] = CaseInsensitiveDict()
        for line in self._head:
            name, colon, value = line.decode("latin-1").partition(":")
            if colon:
                found[name] = value.strip()
            elif name.startswith("HTTP/"):
                found.clear()
        return found


def prepare(curl: pycurl.Curl, options: Options, headers: Mapping[str, str]) -> None:
    """Give a new handle what is the same for every request of its kind."""
    for option, value in options:
        curl.setopt(option, value)
    curl.setopt(pycurl.HTTPHEADER, [f"{name}: {value}" for name, value in headers.items()])


def options_of(account: StripeAccount) -> Options:
    """What is the same for every request. An empty proxy is none: not even that of the environment."""
    known = ssl.get_default_verify_paths()
    certificates = [(pycurl.CAINFO, known.cafile), (pycurl.CAPATH, known.capath)]
    proxy = urlsplit("" if account.proxy is None else account.proxy.get_secret_value())
    login = [(pycurl.PROXYUSERPWD, f"{proxy.username}:{proxy.password or ''}")] if proxy.username else []
    return [
        (pycurl.NOSIGNAL, 1),
        (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1),
        (pycurl.ACCEPT_ENCODING, "gzip"),
        (pycurl.CONNECTTIMEOUT_MS, int(account.connect_timeout * 1_000)),
        (pycurl.TIMEOUT_MS, int(account.read_timeout * 1_000)),
        (pycurl.PROXY, f"{proxy.scheme}://{proxy.netloc.rpartition('@')[2]}" if proxy.scheme else ""),
        (pycurl.NOPROXY, ""),
        *login,
        *((option, path) for option, path in certificates if path),
    ]


_REFUSED: Final = 300
_WORDS: Final[Mapping[int, tuple[str, Kind]]] = {
    pycurl.E_COULDNT_RESOLVE_PROXY: ("the name of the proxy is unknown", "unreachable"),
    pycurl.E_COULDNT_RESOLVE_HOST: ("the name of the host is unknown", "unreachable"),
    pycurl.E_COULDNT_CONNECT: ("the connection is refused", "unreachable"),
    pycurl.E_SSL_CONNECT_ERROR: ("no secure connection is made", "unreachable"),
    pycurl.E_OPERATION_TIMEDOUT: ("no whole answer in time", "silent"),
    pycurl.E_BAD_CONTENT_ENCODING: ("its answer is damaged", "unusable"),
    pycurl.E_WRITE_ERROR: ("its answer is damaged", "unusable"),
}
"""What can fail on the way, by libcurl's number."""
